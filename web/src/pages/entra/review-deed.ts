// What an administrator does with people on a list: one call each, a word about it afterwards, and those who were refused.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import * as api from '../../../../src/contract/api-review.ts';
import type { BulkResult, ReviewRow } from '../../../../src/contract/api-review.ts';
import type { ReviewList } from '../../../../src/contract/situations.ts';
import { call } from '../../api/client.ts';
import { refresh } from '../../api/queries.ts';
import { tell } from '../../ui/told.ts';

export type DeedName = 'link' | 'unlink' | 'create' | 'ignore' | 'restore' | 'keep' | 'unkeep' | 'remove';

/** What is done to whom. The id of a row is the one that its list goes by. */
export interface Deed {
  what: DeedName;
  rows: readonly ReviewRow[];
  list: ReviewList;
  /** For `link`: the app user of each row, where it is not the only candidate. */
  appUserId?: string;
  reason?: string;
}

export interface DeedResult extends BulkResult {
  what: DeedName;
}

/** App users where the list is about app users, else Entra users. */
export function rowId(list: ReviewList, row: ReviewRow): string {
  const { person, appUser } = row;
  const isByAppUser = list === 'linked' || list === 'gone' || list === 'app_only';
  return (isByAppUser ? appUser?.id : person?.id) ?? person?.id ?? appUser?.id ?? '';
}

export function rowName(row: ReviewRow): string {
  return row.person?.displayName ?? row.appUser?.displayName ?? '';
}

/** The app user that a suggested row can be linked to without asking. */
export function onlyCandidate(row: ReviewRow): string | undefined {
  return row.candidates.length === 1 ? row.candidates[0]?.id : undefined;
}

/** `onDone` gets what was refused; the lists and counts have been read anew by then. */
export function useDeed(organisationId: string, onDone: (deed: Deed, result: DeedResult) => void) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (deed: Deed) => send(organisationId, deed),
    onSuccess: async (result, deed) => {
      const { what } = deed;
      if (result.done > 0) tell(t(($) => $.review.result[what], { count: result.done }));
      await refresh(queryClient, organisationId);
      const names = new Map(deed.rows.map((row) => [rowId(deed.list, row), rowName(row)]));
      const refused = result.refused.map((one) => ({ ...one, name: one.name || (names.get(one.id) ?? '') }));
      onDone(deed, { what, done: result.done, refused });
    },
  });
}

function send(organisationId: string, deed: Deed): Promise<BulkResult> {
  const params = { organisationId };
  const objectIds = deed.rows.flatMap((row) => row.person?.id ?? []);
  const appUserIds = deed.rows.flatMap((row) => row.appUser?.id ?? []);
  switch (deed.what) {
    case 'link':
      return call(api.link, { params, body: { pairs: deed.rows.flatMap((row) => pairOf(row, deed.appUserId)) } });
    case 'unlink':
      return call(api.unlink, { params, body: { appUserIds } });
    case 'create':
      return call(api.create, { params, body: { objectIds } });
    case 'ignore':
      return call(api.ignore, {
        params,
        body: deed.reason === undefined || deed.reason === '' ? { objectIds } : { objectIds, reason: deed.reason },
      });
    case 'restore':
      return call(api.restore, { params, body: { objectIds } });
    case 'keep':
      return call(api.keep, { params, body: { appUserIds } });
    case 'unkeep':
      return call(api.unkeep, { params, body: { appUserIds } });
    case 'remove':
      return call(api.remove, { params, body: { appUserIds } });
  }
}

function pairOf(row: ReviewRow, chosen: string | undefined): { objectId: string; appUserId: string }[] {
  const appUserId = chosen ?? onlyCandidate(row);
  if (row.person === null || appUserId === undefined) return [];
  return [{ objectId: row.person.id, appUserId }];
}
