// *Gränser*: from when on a run is held. Numbers and shares, each with what it means in words, and Samsyn's own beside it.
import { Button, NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getBrakeLimits, saveBrakeLimits } from '../../../../src/contract/api-held.ts';
import { getReviewCounts } from '../../../../src/contract/api-review.ts';
import { defaultBrakeLimits, type BrakeLimits } from '../../../../src/contract/brake.ts';
import { routeQuery, useCall } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { LeaveGuard } from '../../forms/leave-guard.tsx';
import { paths } from '../../paths.ts';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { useFormat } from '../../ui/format.ts';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Say } from '../../ui/say.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { tell } from '../../ui/told.ts';
import { usePeopleCrumbs } from '../people/people-header.tsx';
import { Crumbs } from '../shell/crumbs.tsx';
import classes from './entra.module.css';
import {
  draftOf,
  isSameDraft,
  isShare,
  isWholeDraft,
  limitKeys,
  limitsOf,
  problemOf,
  useLimitWords,
  type LimitKey,
  type LimitName,
  type LimitsDraft,
} from './limits-draft.ts';
import looks from './trust.module.css';

export function EntraLimits() {
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const found = useQuery(routeQuery(getBrakeLimits, { params: { organisationId } }));
  const crumbs = usePeopleCrumbs(
    { label: t(($) => $.settings.title), to: paths.entraOverview(organisationId) },
    { label: t(($) => $.held.limits.title) },
  );
  return (
    <>
      <Crumbs items={crumbs} />
      {found.isPending && <Loading />}
      {found.isError && found.data === undefined && (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      )}
      {found.data !== undefined && <Form organisationId={organisationId} saved={found.data.limits} />}
    </>
  );
}

function Form({ organisationId, saved }: { organisationId: string; saved: BrakeLimits }) {
  const { t } = useTranslation();
  const [base, setBase] = useState(() => draftOf(saved));
  const [draft, setDraft] = useState(base);
  const save = useCall(saveBrakeLimits, {
    onSuccess: ({ limits }) => {
      setBase(draftOf(limits));
      setDraft(draftOf(limits));
      tell(t(($) => $.held.limits.saved));
    },
  });
  const isChanged = !isSameDraft(draft, base);
  const isDefault = isSameDraft(draft, draftOf(defaultBrakeLimits));
  const limits = isWholeDraft(draft) ? limitsOf(draft) : null;
  const reason = isChanged
    ? limits === null
      ? t(($) => $.held.limits.problem)
      : undefined
    : t(($) => $.held.limits.nothingChanged);
  return (
    <>
      <LeaveGuard isChanged={isChanged} />
      <PageHeader
        title={t(($) => $.held.limits.title)}
        lead={t(($) => $.held.limits.lead)}
        actions={
          <>
            <DisabledReason reason={isDefault ? t(($) => $.held.limits.resetDisabled) : undefined}>
              <Button variant="default" onClick={() => setDraft(draftOf(defaultBrakeLimits))}>
                {t(($) => $.held.limits.reset)}
              </Button>
            </DisabledReason>
            <DisabledReason reason={reason}>
              <Button
                loading={save.isPending}
                onClick={() => limits !== null && save.mutate({ params: { organisationId }, body: limits })}
              >
                {t(($) => $.held.limits.save)}
              </Button>
            </DisabledReason>
          </>
        }
      />
      <div className={`${classes.stack} ${classes.below}`}>
        {save.isError && <ErrorState error={save.error} />}
        {limits !== null && <Warning limits={limits} />}
        <Nobody organisationId={organisationId} />
        <div className={looks.limits}>
          {(['gone', 'remaining', 'changed', 'emptied'] as const).map((name) => (
            <Limit key={name} organisationId={organisationId} name={name} draft={draft} onChange={setDraft} />
          ))}
        </div>
      </div>
    </>
  );
}

/** Limits that hold nothing, or everything. */
function Warning({ limits }: { limits: BrakeLimits }) {
  const { t } = useTranslation();
  const { gone, remaining } = limits;
  if (gone.share >= 0.5 && gone.max >= 10_000 && remaining.share <= 0.5) {
    return (
      <Say tone="hold" title={t(($) => $.held.limits.offTitle)} live>
        {t(($) => $.held.limits.off)}
      </Say>
    );
  }
  if (gone.max === 0 || (gone.count === 0 && gone.share === 0)) {
    return (
      <Say tone="info" title={t(($) => $.held.limits.strictTitle)} live>
        {t(($) => $.held.limits.strict)}
      </Say>
    );
  }
  return null;
}

function Nobody({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  const linked = useQuery(routeQuery(getReviewCounts, { params: { organisationId } })).data?.linked;
  return linked === 0 && <Say tone="info" title={t(($) => $.held.limits.nobody)} />;
}

interface LimitProps {
  organisationId: string;
  name: LimitName;
  draft: LimitsDraft;
  onChange: (draft: LimitsDraft) => void;
}

const standard = draftOf(defaultBrakeLimits);

/** One of the four, with what the numbers come to for this organisation. */
function Limit({ organisationId, name, draft, onChange }: LimitProps) {
  const { t, i18n } = useTranslation();
  const { number } = useFormat();
  const { labelOf, problemWords, wordsOf } = useLimitWords(organisationId);
  const keys: readonly LimitKey[] = limitKeys[name];
  const isWhole = keys.every((key) => problemOf(draft, key) === undefined);
  return (
    <Sheet title={t(($) => $.held.limits[name].title)} lead={t(($) => $.held.limits[name].text)}>
      <div className={looks.inputs}>
        {keys.map((key) => {
          const problem = problemOf(draft, key);
          const value = Number(standard[key]);
          return (
            <NumberInput
              key={key}
              label={labelOf(key)}
              description={
                draft[key] === value
                  ? t(($) => $.held.limits.isDefault)
                  : t(($) => $.held.limits.wasDefault, {
                      value: isShare(key) ? t(($) => $.held.limits.percent, { value }) : number(value),
                    })
              }
              value={draft[key]}
              onChange={(next) => onChange({ ...draft, [key]: next })}
              suffix={isShare(key) ? ' %' : ''}
              allowNegative={false}
              decimalScale={isShare(key) ? 1 : 0}
              decimalSeparator={i18n.language === 'en' ? '.' : ','}
              thousandSeparator={i18n.language === 'en' ? ',' : ' '}
              hideControls
              inputMode="decimal"
              error={problem === undefined ? undefined : problemWords(problem, draft)}
            />
          );
        })}
      </div>
      <p className={looks.words}>{isWhole && wordsOf(name, limitsOf(draft))}</p>
    </Sheet>
  );
}
