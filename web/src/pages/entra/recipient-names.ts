// What recipients are called: the settings hold ids of app users, the list shows names.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listRecipientChoices } from '../../../../src/contract/api-connection.ts';
import type { Recipient } from '../../../../src/contract/settings.ts';
import type { Output } from '../../api/client.ts';
import { routeQuery } from '../../api/queries.ts';

export type Choice = Output<typeof listRecipientChoices>['items'][number];

export function keyOf(recipient: Recipient): string {
  return 'email' in recipient ? recipient.email : recipient.appUserId;
}

interface RecipientNames {
  /** Undefined until it is known, null for a user who is gone. */
  personOf: (recipient: Recipient) => Choice | null | undefined;
  /** Who was chosen on this page is known already. */
  remember: (choice: Choice) => void;
}

export function useRecipientNames(organisationId: string, recipients: readonly Recipient[]): RecipientNames {
  const [remembered, setRemembered] = useState<readonly Choice[]>([]);
  const ids = recipients
    .flatMap((one) => ('appUserId' in one ? [one.appUserId] : []))
    .filter((id) => !remembered.some((one) => one.id === id))
    .toSorted();
  const { data, isPlaceholderData } = useQuery({
    ...routeQuery(listRecipientChoices, { params: { organisationId }, query: { ids: ids.join(',') } }),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
  return {
    personOf: (recipient) => {
      const id = keyOf(recipient);
      const person = [...remembered, ...(data?.items ?? [])].find((one) => one.id === id);
      return person ?? (data === undefined || isPlaceholderData ? undefined : null);
    },
    remember: (choice) => setRemembered([...remembered, choice]),
  };
}
