// The answer: where somebody stands in one sentence, what to do next, and what decides it, each with who and when.
import { useTranslation } from 'react-i18next';
import type { Why } from '../../../../src/contract/api-why.ts';
import type { ReviewList } from '../../../../src/contract/situations.ts';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Person } from '../../ui/person.tsx';
import { Say, type Tone } from '../../ui/say.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import entra from './entra.module.css';
import classes from './history.module.css';
import { PersonSyncButton } from './person-sync.tsx';
import { useWhyFacts } from './why-facts.tsx';

export function WhyAnswer({ organisationId, why }: { organisationId: string; why: Why }) {
  const { t } = useTranslation();
  const { person, link } = why;
  const place = placeOf(why);
  const name = person.displayName;
  return (
    <Sheet title={t(($) => $.why.facts.title)}>
      <div className={entra.stack}>
        <Person name={name} id={person.id} line={person.mail ?? person.userPrincipalName} large />
        <Say
          tone={tones[place]}
          title={t(($) => $.why.verdict[place], { name, user: link?.appUser.displayName ?? '', count: why.candidates })}
          action={<NextSteps organisationId={organisationId} why={why} />}
          live
        >
          {t(($) => $.why.next[place])}
        </Say>
        <Facts items={useWhyFacts(organisationId, why)} />
      </div>
    </Sheet>
  );
}

type Place = NonNullable<Why['situation']> | 'gone' | 'out';

/** Nobody has to do anything about who has no situation: gone, or out of scope. */
function placeOf({ situation, deleted }: Why): Place {
  return situation ?? (deleted === null ? 'out' : 'gone');
}

const tones: Readonly<Record<Place, Tone>> = {
  linked: 'ok',
  unlinked: 'hold',
  disputed: 'hold',
  unmatched: 'info',
  ignored: 'info',
  deleted: 'hold',
  out_of_scope: 'hold',
  gone: 'info',
  out: 'info',
};

const listOf: Readonly<Record<Place, ReviewList | null>> = {
  linked: 'linked',
  unlinked: 'suggested',
  disputed: 'suggested',
  unmatched: 'available',
  ignored: 'ignored',
  deleted: 'gone',
  out_of_scope: 'gone',
  gone: null,
  out: null,
};

function NextSteps({ organisationId, why }: { organisationId: string; why: Why }) {
  const { t } = useTranslation();
  const { person, link } = why;
  const list = listOf[placeOf(why)];
  const kept = why.kept === null ? '' : '&kept=only';
  return (
    <div className={classes.steps}>
      <PersonSyncButton organisationId={organisationId} whom={{ objectId: person.id }} name={person.displayName} />
      {list !== null && (
        <LinkButton
          size="xs"
          variant="default"
          to={`${paths.entraUsers(organisationId, list)}&q=${encodeURIComponent(person.displayName)}${kept}`}
        >
          {t(($) => $.why.go.list)}
        </LinkButton>
      )}
      {!why.scope.isIn && why.deleted === null && (
        <LinkButton size="xs" variant="default" to={paths.entraGroups(organisationId)}>
          {t(($) => $.why.go.groups)}
        </LinkButton>
      )}
      {link !== null && (
        <>
          <LinkButton size="xs" variant="default" to={paths.user(organisationId, link.appUser.id)}>
            {t(($) => $.why.go.user)}
          </LinkButton>
          <LinkButton size="xs" variant="default" to={paths.entraHistory(organisationId, { person: link.appUser.id })}>
            {t(($) => $.why.go.history)}
          </LinkButton>
        </>
      )}
    </div>
  );
}
