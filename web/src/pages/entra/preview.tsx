// *Förhandsgranskning*: what a run would do. While it is worked out its progress, then a picture of it, the limits that it meets,
// every row, and the way to save exactly this.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getPreview, type Preview } from '../../../../src/contract/api-preview.ts';
import { routeQuery } from '../../api/queries.ts';
import { useMembership, useParam } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { useFormat } from '../../ui/format.ts';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Say } from '../../ui/say.tsx';
import { usePeopleCrumbs } from '../people/people-header.tsx';
import { Crumbs } from '../shell/crumbs.tsx';
import classes from './entra.module.css';
import { HeldWhy } from './held-why.tsx';
import { isOpenRun, useRunEnd } from './latest-run.ts';
import { PreviewButton } from './preview-button.tsx';
import { PreviewPicture } from './preview-picture.tsx';
import { PreviewRows } from './preview-rows.tsx';
import { PlanChanged, SavePreview, useSavePreview } from './preview-save.tsx';
import { RunCause } from './run-cause.tsx';
import { RunProgress } from './run-progress.tsx';
import { SyncButton } from './sync-now.tsx';

const pollMilliseconds = 1000;

export function EntraPreview() {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const { id: organisationId } = useMembership();
  const id = useParam('previewId');
  const preview = useQuery({
    ...routeQuery(getPreview, { params: { organisationId, id } }),
    refetchInterval: ({ state }) => isOpenRun(state.data?.run) && pollMilliseconds,
  });
  useRunEnd(organisationId, preview.data?.run);
  const { data } = preview;
  const title = data === undefined ? '…' : t(($) => $.preview.title, { moment: moment(data.run.createdAt) });
  const crumbs = usePeopleCrumbs(
    { label: t(($) => $.settings.title), to: paths.entraOverview(organisationId) },
    { label: t(($) => $.preview.crumb) },
  );
  return (
    <>
      <Crumbs items={crumbs} />
      {preview.isPending && <Loading />}
      {preview.isError && data === undefined && (
        <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
      )}
      {data !== undefined && <Found key={id} organisationId={organisationId} preview={data} title={title} />}
    </>
  );
}

interface FoundProps {
  organisationId: string;
  preview: Preview;
  title: string;
}

function Found({ organisationId, preview, title }: FoundProps) {
  const { t } = useTranslation();
  const { run, draft } = preview;
  const saving = useSavePreview(organisationId, preview);
  const tab = tabOf(preview);
  const isDone = !isOpenRun(run);
  const lead =
    draft === null
      ? t(($) => $.preview.lead)
      : draft.fields === undefined
        ? t(($) => $.preview.leadGroups)
        : draft.groups === undefined
          ? t(($) => $.preview.leadFields)
          : t(($) => $.preview.leadBoth);
  return (
    <>
      <PageHeader
        title={title}
        lead={lead}
        actions={
          <>
            {tab !== null && (
              <LinkButton to={paths.entraDraft(organisationId, tab, run.id)} variant="default">
                {t(($) => $.preview.edit)}
              </LinkButton>
            )}
            {isDone && (
              <PreviewButton
                organisationId={organisationId}
                draft={draft ?? undefined}
                label={t(($) => $.preview.again)}
              />
            )}
            {isDone && draft === null && <SyncButton organisationId={organisationId} />}
            {isDone && tab !== null && <SavePreview {...saving} />}
          </>
        }
      />
      <div className={`${classes.stack} ${classes.below}`}>
        {isOpenRun(run) && <RunProgress run={run} />}
        {isDone && run.state !== 'ok' && run.state !== 'held' && <Failed preview={preview} />}
        {saving.isPlanChanged && <PlanChanged organisationId={organisationId} draft={draft} error={saving.error} />}
        {preview.hash !== null && <Result organisationId={organisationId} preview={preview} />}
      </div>
    </>
  );
}

/** Where one goes on with the draft. Of two parts at once, which no page makes, there is no such place, and no one saving. */
function tabOf({ draft }: Preview): 'groups' | 'fields' | null {
  if (draft === null || (draft.groups !== undefined && draft.fields !== undefined)) return null;
  return draft.groups === undefined ? 'fields' : 'groups';
}

function Failed({ preview: { run } }: { preview: Preview }) {
  const { t } = useTranslation();
  const { code, ...cause } = run.error ?? {
    code: 'internal' as const,
    detail: null,
    graphRequestId: null,
    clientRequestId: null,
  };
  return (
    <Say tone="bad" title={t(($) => $.preview.failed, { title: t(($) => $.errors[code].title) })}>
      <RunCause code={code} {...cause} />
    </Say>
  );
}

function Result({ organisationId, preview }: { organisationId: string; preview: Preview }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const { counts, held, draft, isCurrent, run } = preview;
  const isNothing = counts.changed + counts.new + counts.gone + counts.returned + counts.clash === 0;
  return (
    <>
      {!isCurrent && (
        <Say tone="hold" title={t(($) => $.preview.old.title)}>
          {t(($) => $.preview.old.text, { moment: moment(run.createdAt) })}
        </Say>
      )}
      {isNothing && (
        <Say tone="ok" title={t(($) => $.preview.nothing.title)}>
          {t(($) => $.preview.nothing.text)}
        </Say>
      )}
      <PreviewPicture organisationId={organisationId} preview={preview} />
      {held.length > 0 && (
        <Say
          tone="hold"
          title={t(($) => $.preview.held.title)}
          action={
            <LinkButton to={paths.entraLimits(organisationId)} size="xs" variant="default">
              {t(($) => $.preview.held.limits)}
            </LinkButton>
          }
        >
          <HeldWhy organisationId={organisationId} why={held} />
          <p>{draft !== null && isCurrent ? t(($) => $.preview.held.approve) : t(($) => $.preview.held.rest)}</p>
        </Say>
      )}
      {!isNothing && <PreviewRows organisationId={organisationId} preview={preview} />}
    </>
  );
}
