// Whom no run has read is looked for in Entra ID itself: at once when nobody else is found, or when one asks for it.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconUserQuestion } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import { askEntra, type UnreadPerson } from '../../../../src/contract/api-why.ts';
import { routeQuery } from '../../api/queries.ts';
import { paths } from '../../paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { useFormat } from '../../ui/format.ts';
import { Person } from '../../ui/person.tsx';
import entra from './entra.module.css';
import classes from './history.module.css';

interface WhyUnreadProps {
  organisationId: string;
  search: string;
  isAskedAtOnce: boolean;
}

export function WhyUnread({ organisationId, search, isAskedAtOnce }: WhyUnreadProps) {
  const { t } = useTranslation();
  const [isAsked, setAsked] = useState(isAskedAtOnce);
  const entraSays = useQuery({
    ...routeQuery(askEntra, { params: { organisationId }, query: { search } }),
    enabled: isAsked,
  });
  if (!isAsked) {
    return (
      <p className={`${entra.small} ${entra.fact} ${classes.ask}`}>
        {t(($) => $.why.notListed)}
        <Button size="compact-sm" variant="subtle" onClick={() => setAsked(true)}>
          {t(($) => $.why.ask)}
        </Button>
      </p>
    );
  }
  if (entraSays.isError) return <ErrorState error={entraSays.error} onRetry={() => void entraSays.refetch()} />;
  if (entraSays.data === undefined) return <output className={entra.small}>{t(($) => $.why.asking)}</output>;
  // Of those that were read the list above knows more, unless they are found here alone, by an id or an alias.
  const people = entraSays.data.items.filter((person) => !person.isRead || isAskedAtOnce);
  if (people.length === 0) {
    return isAskedAtOnce ? (
      <EmptyState icon={IconUserQuestion} title={t(($) => $.why.nothing.title, { search })}>
        {t(($) => $.why.nothing.next)}
      </EmptyState>
    ) : (
      <p className={entra.small}>{t(($) => $.why.unreadNone)}</p>
    );
  }
  return (
    <>
      <h3 className={classes.heading}>{t(($) => $.why.inEntra)}</h3>
      <ul className={classes.found} aria-label={t(($) => $.why.inEntra)}>
        {people.map((person) => (
          <li key={person.id} className={classes.unread}>
            <Person name={person.displayName} id={person.id} line={person.mail ?? person.userPrincipalName} />
            {person.isRead ? (
              <AppLink to={paths.entraWhy(organisationId, { q: search, id: person.id })}>
                {t(($) => $.why.unread.isRead)}
              </AppLink>
            ) : (
              <Reasons person={person} asked={entraSays.data} />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Reasons({ person, asked }: { person: UnreadPerson; asked: z.output<typeof askEntra.response> }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const { rule, includeGuests, includeDisabled, readAt } = asked;
  const isLeftOut = (person.isGuest && !includeGuests) || (person.isDisabled && !includeDisabled);
  return (
    <div className={`${classes.lines} ${entra.small}`}>
      <span>
        {readAt === null ? t(($) => $.why.unread.whyNever) : t(($) => $.why.unread.why, { moment: moment(readAt) })}
      </span>
      {person.isDeleted && <span>{t(($) => $.why.unread.deleted)}</span>}
      {person.isGuest && !includeGuests && <span>{t(($) => $.why.unread.guest)}</span>}
      {person.isDisabled && !includeDisabled && <span>{t(($) => $.why.unread.disabled)}</span>}
      {!isLeftOut && !person.isDeleted && rule !== null && <span>{t(($) => $.why.unread[rule])}</span>}
    </div>
  );
}
