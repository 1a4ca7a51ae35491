// Why the brake holds, or would hold: each limit that is met in a sentence, with its numbers.
import { Trans, useTranslation } from 'react-i18next';
import type { HeldWhy as Why } from '../../../../src/contract/brake.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import classes from './trust.module.css';

export function HeldWhy({ organisationId, why }: { organisationId: string; why: readonly Why[] }) {
  const [only] = why;
  if (only === undefined) return null;
  if (why.length === 1) {
    return (
      <p>
        <Sentence organisationId={organisationId} why={only} />
      </p>
    );
  }
  return (
    <ul className={classes.why}>
      {why.map((one) => (
        <li key={`${one.limit} ${one.field ?? ''}`}>
          <Sentence organisationId={organisationId} why={one} />
        </li>
      ))}
    </ul>
  );
}

function Sentence({ organisationId, why }: { organisationId: string; why: Why }) {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  const { limit, people, peopleInWeek, of, allowed, field } = why;
  // Said only where the run by itself would have passed.
  const isWeek = limit !== 'remaining' && people <= allowed && peopleInWeek > allowed;
  const key = limit === 'remaining' ? limit : (`${limit}${isWeek ? 'Week' : ''}` as const);
  return (
    <Trans
      t={t}
      i18nKey={($) => $.held.why[key]}
      count={people}
      values={{ count: people, week: peopleInWeek, of, allowed, field: field === null ? '' : label(field) }}
      components={{ 1: <b className={classes.term} /> }}
    />
  );
}
