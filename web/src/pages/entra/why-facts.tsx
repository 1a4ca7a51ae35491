// What decides where somebody stands, as labels and words: scope, groups, filter, marks, evidence, link.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { GroupPath, Why } from '../../../../src/contract/api-why.ts';
import { sv } from '../../../../src/i18n/sv.ts';
import { paths } from '../../paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { useFormat } from '../../ui/format.ts';
import classes from './history.module.css';

type Fact = readonly [label: string, value: ReactNode];

export function useWhyFacts(organisationId: string, why: Why): Fact[] {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const { scope, deleted, held, ignored, link, kept } = why;
  const evidence = useEvidence();
  const lines = (...texts: (string | null)[]) => <Lines texts={texts} />;
  return [
    [
      t(($) => $.why.facts.rule),
      lines(
        scope.rule === 'all'
          ? t(($) => $.why.facts.ruleAll)
          : t(($) => $.why.facts.ruleGroups, { count: why.chosenGroups }),
        deleted !== null
          ? null
          : scope.isIn
            ? t(($) => $.why.facts.inSince, { moment: moment(scope.since) })
            : t(($) => $.why.facts.outSince, { moment: moment(scope.since) }),
      ),
    ],
    [t(($) => $.why.facts.path), scope.rule === 'groups' ? <Ways key="ways" why={why} /> : null],
    ...why.goneGroups.map((group): Fact => [
      t(($) => $.why.facts.goneGroup),
      t(($) => $.why.facts.goneGroupText, { group: group.name, moment: moment(group.since) }),
    ]),
    [t(($) => $.why.facts.filter), useFilter(scope)],
    [
      t(($) => $.why.facts.deleted),
      deleted &&
        lines(
          `${t(($) => $.review.gone[deleted.reason])}. ${t(($) => $.why.facts.deletedSince, { moment: moment(deleted.since) })}`,
          evidence(deleted.evidence),
        ),
    ],
    [
      t(($) => $.why.facts.held),
      held &&
        lines(
          t(($) => $.why.facts.heldText, {
            moment: moment(held.since),
            reason: t(($) => $.review.gone[held.reason]).toLocaleLowerCase('sv'),
          }),
          evidence(held.evidence),
          held.decision === null || held.decidedBy === null
            ? null
            : held.decision === 'waiting'
              ? t(($) => $.why.facts.heldWaiting, { name: held.decidedBy })
              : t(($) => $.why.facts.heldDismissed, { name: held.decidedBy }),
        ),
    ],
    [
      t(($) => $.why.facts.ignored),
      ignored &&
        lines(
          ignored.by === null
            ? t(($) => $.why.facts.ignoredAt, { moment: moment(ignored.at) })
            : t(($) => $.why.facts.ignoredBy, { moment: moment(ignored.at), name: ignored.by }),
          t(($) => $.why.facts.ignoredReason, { reason: ignored.reason ?? t(($) => $.review.noReason) }),
        ),
    ],
    [
      t(($) => $.why.facts.link),
      link === null ? (
        t(($) => $.why.facts.noLink)
      ) : (
        <div key="link" className={classes.lines}>
          <AppLink to={paths.user(organisationId, link.appUser.id)}>{link.appUser.displayName}</AppLink>
          <span>
            {link.by === null
              ? t(($) => $.why.facts.linkAt, { moment: moment(link.at) })
              : t(($) => $.why.facts.linkBy, { moment: moment(link.at), name: link.by })}
          </span>
        </div>
      ),
    ],
    [
      t(($) => $.why.facts.kept),
      kept && t(($) => $.why.facts.keptBy, { moment: moment(kept.at), name: kept.by ?? '–' }),
    ],
    [
      t(($) => $.why.facts.candidatesTitle),
      why.candidates === 0 ? null : t(($) => $.why.facts.candidates, { count: why.candidates }),
    ],
    [
      t(($) => $.why.facts.read),
      lines(
        t(($) => $.why.facts.readFirst, { moment: moment(why.firstSeenAt) }),
        why.readAt === null ? null : t(($) => $.why.facts.readLast, { moment: moment(why.readAt) }),
      ),
    ],
    [t(($) => $.why.facts.id), <code key="id">{why.person.id}</code>],
  ];
}

function Lines({ texts }: { texts: readonly (string | null)[] }) {
  return <div className={classes.lines}>{texts.map((text) => text !== null && <span key={text}>{text}</span>)}</div>;
}

function useFilter({ isGuest, isDisabled, includeGuests, includeDisabled }: Why['scope']): ReactNode {
  const { t } = useTranslation();
  if (!isGuest && !isDisabled) return t(($) => $.why.facts.filterNone);
  return (
    <Lines
      texts={[
        isGuest ? (includeGuests ? t(($) => $.why.facts.guestIn) : t(($) => $.why.facts.guestOut)) : null,
        isDisabled ? (includeDisabled ? t(($) => $.why.facts.disabledIn) : t(($) => $.why.facts.disabledOut)) : null,
      ]}
    />
  );
}

function useEvidence(): (evidence: string | null) => string | null {
  const { t } = useTranslation();
  return (evidence) => {
    const known = (Object.keys(sv.review.gone.evidence) as (keyof typeof sv.review.gone.evidence)[]) // its own keys
      .find((one) => one === evidence);
    return known === undefined
      ? null
      : t(($) => $.why.facts.evidence, { evidence: t(($) => $.review.gone.evidence[known]) });
  };
}

/** Each way from a chosen group down to the person. */
function Ways({ why: { paths: ways, groups, chosenGroups, scope, person } }: { why: Why }) {
  const { t } = useTranslation();
  const { list } = useFormat();
  if (ways.length > 0) return ways.map((way) => <Way key={way.groups[0]?.id} way={way} person={person.displayName} />);
  if (scope.outReason !== 'left_groups') return null;
  return (
    <div className={classes.lines}>
      <span>{t(($) => $.why.facts.noPath, { count: chosenGroups })}</span>
      <span>
        {groups.length === 0
          ? t(($) => $.why.facts.memberOfNone)
          : t(($) => $.why.facts.memberOf, { groups: list(groups) })}
      </span>
    </div>
  );
}

function Way({ way, person }: { way: GroupPath; person: string }) {
  return (
    <ol className={classes.way}>
      {way.groups.map(({ id, name }) => (
        <li key={id}>{name}</li>
      ))}
      <li>{person}</li>
    </ol>
  );
}
