// The two sides of a row: the person in Entra ID, and the user in the app.
import { Tooltip } from '@mantine/core';
import { IconArrowsHorizontal } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Marked } from '../../../../src/contract/account-marks.ts';
import type { ReviewRow } from '../../../../src/contract/api-review.ts';
import { paths } from '../../paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { Person } from '../../ui/person.tsx';
import { ScreenReader } from '../../ui/screen-reader.tsx';
import { Tag } from '../../ui/tag.tsx';
import classes from './entra.module.css';
import { capital } from './run-words.ts';

export function DirectoryPerson({ row: { person }, marks = true }: { row: ReviewRow; marks?: boolean }) {
  if (person === null) return null;
  // Without an address the user name says who it is, and the mark says that there is none.
  return (
    <Person name={person.displayName} id={person.id} line={person.mail ?? person.userPrincipalName}>
      <span className={classes.name}>
        {/* Set apart: a name that turns the direction of reading would turn its marks too. */}
        <bdi>{person.displayName}</bdi>
        {marks && person.marks.map((marked) => <Mark key={marked.mark} marked={marked} />)}
      </span>
    </Person>
  );
}

/** What kind of account it is, in a word; what shows it, for who points at it and for who hears the page. */
function Mark({ marked: { mark, why } }: { marked: Marked }) {
  const { t } = useTranslation();
  const reason = t(($) => $.review.markWhy[why]);
  return (
    <Tooltip label={reason} multiline maw={320}>
      <span>
        <Tag tone={why === 'guess' ? 'info' : 'plain'}>{t(($) => $.review.mark[mark])}</Tag>
        <ScreenReader>. {reason}</ScreenReader>
      </span>
    </Tooltip>
  );
}

interface AppPersonProps {
  organisationId: string;
  appUser: { id: string; displayName: string; email: string | null };
  avatar?: boolean;
}

export function AppPerson({ organisationId, appUser, avatar = false }: AppPersonProps) {
  const { t } = useTranslation();
  return (
    <Person
      name={appUser.displayName}
      id={appUser.id}
      line={appUser.email ?? t(($) => $.review.noEmail)}
      avatar={avatar}
    >
      <AppLink to={paths.user(organisationId, appUser.id)} className={classes.plain}>
        {appUser.displayName}
      </AppLink>
    </Person>
  );
}

/** The app side of a suggestion: the one candidate, or how many there are. */
export function Candidates({ organisationId, row }: { organisationId: string; row: ReviewRow }) {
  const { t } = useTranslation();
  const [only, ...others] = row.candidates;
  return (
    <div className={classes.pair}>
      <IconArrowsHorizontal size={18} stroke={1.4} aria-hidden />
      {only !== undefined && others.length === 0 ? (
        <AppPerson organisationId={organisationId} appUser={only} />
      ) : (
        <Person
          name={t(($) => $.review.possible, { count: row.candidates.length })}
          line={row.candidates.map(({ displayName }) => displayName).join(' · ')}
          avatar={false}
        />
      )}
    </div>
  );
}

/** Why: what is the same on both sides, strongest first. */
export function Why({ row }: { row: ReviewRow }) {
  const { t } = useTranslation();
  const [only, ...others] = row.candidates;
  if (only === undefined) return null;
  if (others.length > 0) return <Tag tone="hold">{t(($) => $.review.several)}</Tag>;
  const differs = plainName(only.displayName) !== plainName(row.person?.displayName ?? '');
  const reasons = only.reasons.map((reason) => t(($) => $.review.reason[reason]));
  const words = [...reasons.slice(0, reasonsMax), ...(differs ? [t(($) => $.review.nameDiffers)] : [])];
  const isWeak = differs || only.reasons[0] === 'same_alias';
  return <Tag tone={isWeak ? 'info' : 'ok'}>{capital(words.map(lower).join(', '))}</Tag>;
}

const reasonsMax = 2;

/** Within a sentence. */
function lower(words: string): string {
  return words.charAt(0).toLocaleLowerCase('sv') + words.slice(1);
}

/** Accents and case do not make two names differ: Oğuz Işık and Oguz Isik. */
function plainName(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ı', 'i').toLocaleLowerCase('sv').trim();
}
