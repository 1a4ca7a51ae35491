// *Hantera användare*: one list at a time, and what an administrator does with the people on it.
import { Switch } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { selectionMax } from '../../../../src/contract/common.ts';
import { getReviewCounts, listReview, type ReviewRow } from '../../../../src/contract/api-review.ts';
import { reviewLists, type ReviewList } from '../../../../src/contract/situations.ts';
import { routePages, routeQuery } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { useSearchParam } from '../../search.ts';
import { ListBar } from '../../table/list-bar.tsx';
import { ListTable } from '../../table/list-table.tsx';
import { useDensity } from '../../table/use-density.ts';
import { useSelection } from '../../table/use-selection.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { EntraFrame } from './entra-frame.tsx';
import classes from './entra.module.css';
import { HeldBanner } from './held-banner.tsx';
import { isOpenRun, useLatestRun } from './latest-run.ts';
import { accountFilterOf, AccountSelect, NoSuchAccounts } from './review-account.tsx';
import { ReviewBulk } from './review-bulk.tsx';
import { useReviewColumns } from './review-columns.tsx';
import { rowId, rowName, useDeed, type Deed, type DeedResult } from './review-deed.ts';
import { ReviewDialog } from './review-dialog.tsx';
import { firstList, ListChips, ReviewEmpty } from './review-lists.tsx';
import { ReviewPick, type PickWhat } from './review-pick.tsx';
import { ReviewResult } from './review-result.tsx';
import type { Ask } from './review-row.tsx';
import { ReturningPeople } from './returning-people.tsx';
import { RunProgress } from './run-progress.tsx';
import { SyncNow } from './sync-now.tsx';
import { useKnownRows } from './use-known-rows.ts';

export function EntraUsers() {
  const { id: organisationId } = useMembership();
  return (
    <EntraFrame actions={<SyncNow organisationId={organisationId} />}>
      <Lists organisationId={organisationId} />
    </EntraFrame>
  );
}

function Lists({ organisationId }: { organisationId: string }) {
  const [wanted, setWanted] = useSearchParam('list');
  const counts = useQuery(routeQuery(getReviewCounts, { params: { organisationId } }));
  const run = useLatestRun(organisationId);
  const list = reviewLists.find((one) => one === wanted);
  const first = counts.data === undefined ? undefined : firstList(counts.data);
  useEffect(() => {
    if (list === undefined && first !== undefined) setWanted(first);
  }, [list, first, setWanted]);
  if (counts.isError && counts.data === undefined) {
    return <ErrorState error={counts.error} onRetry={() => void counts.refetch()} />;
  }
  if (list === undefined) return <Loading />;
  return (
    <div className={classes.stack}>
      {isOpenRun(run) && <RunProgress run={run} />}
      <HeldBanner organisationId={organisationId} />
      <List key={list} organisationId={organisationId} list={list} />
    </div>
  );
}

// Where one looks for who is new, and for who is gone.
const mayReturn: ReadonlySet<ReviewList> = new Set(['suggested', 'available', 'gone']);

type Asked = { deed: Deed; skipped: number } | { pick: PickWhat; row: ReviewRow };

function List({ organisationId, list }: { organisationId: string; list: ReviewList }) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParam('q');
  const [kept, setKept] = useSearchParam('kept');
  const [accountText, setAccount] = useSearchParam('account');
  const isKept = list === 'gone' && kept === 'only';
  const account = list === 'app_only' ? undefined : accountFilterOf(accountText);
  const counts = useQuery(routeQuery(getReviewCounts, { params: { organisationId } })).data;
  const query = {
    ...(search === '' ? {} : { search }),
    ...(isKept ? { kept: 'only' as const } : {}),
    ...(account === undefined ? {} : { account }),
  };
  const pages = useInfiniteQuery(routePages(listReview, { params: { organisationId, list }, query }));
  const density = useDensity();
  const selection = useSelection();
  const known = useKnownRows(pages.data?.rows, (row) => rowId(list, row));
  const chosen = [...selection.ids].flatMap((id) => known.get(id) ?? []);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [result, setResult] = useState<DeedResult | null>(null);
  /** The question that the deed under way was the answer to. */
  const begunFrom = useRef<Asked | null>(null);
  const region = useRef<HTMLElement>(null);

  const deed = useDeed(organisationId, (done, outcome) => {
    // Another question may have been opened meanwhile: it stays.
    setAsked((open) => (open === begunFrom.current ? null : open));
    setResult(outcome);
    for (const row of done.rows) {
      const id = rowId(list, row);
      if (selection.has(id)) selection.toggle(id);
    }
    // The button that was pressed has gone with its row: the keyboard goes on at the list.
    setTimeout(() => {
      if (document.activeElement === document.body) region.current?.focus({ preventScroll: true });
    }, focusAfterMilliseconds);
  });
  const begin = (next: Deed) => {
    begunFrom.current = asked;
    setResult(null);
    deed.mutate(next);
  };
  const open = (next: Asked) => {
    deed.reset();
    setAsked(next);
  };
  const ask: Ask = (what, row, isSure = false) => {
    if (what === 'choose' || what === 'linkTo' || what === 'linkPerson') return open({ pick: what, row });
    const next = { what, rows: [row], list };
    return isSure ? begin(next) : open({ deed: next, skipped: 0 });
  };
  const single = deed.isPending && asked === null ? deed.variables.rows[0] : undefined;
  const columns = useReviewColumns({
    organisationId,
    list,
    isKept,
    busyId: single === undefined ? null : rowId(list, single),
    onAsk: ask,
  });
  const total = pages.data?.total ?? 0;
  return (
    <>
      <ListChips organisationId={organisationId} current={list} counts={counts} search={search} />
      <p className={classes.lead}>{t(($) => $.review.lead[list])}</p>
      {mayReturn.has(list) && (counts?.returning ?? 0) > 0 && <ReturningPeople organisationId={organisationId} />}
      {deed.isError && asked === null && <ErrorState error={deed.error} />}
      {result !== null && <ReviewResult result={result} onClose={() => setResult(null)} />}
      <section ref={region} tabIndex={-1} className={classes.region} aria-label={t(($) => $.review.list[list])}>
        <Sheet flush>
          <ListBar
            search={{
              label: t(($) => $.review.search),
              placeholder: t(($) => $.review.searchHint),
              value: search,
              onSearch: setSearch,
            }}
            filters={
              <>
                {list !== 'app_only' && (
                  <AccountSelect
                    value={account}
                    onChange={(chosenAccount) => {
                      selection.clear();
                      setAccount(chosenAccount ?? '');
                    }}
                  />
                )}
                {list === 'gone' && (
                  <Switch
                    size="sm"
                    label={t(($) => $.review.gone.onlyKept)}
                    checked={isKept}
                    onChange={(event) => {
                      selection.clear();
                      setKept(event.currentTarget.checked ? 'only' : '');
                    }}
                  />
                )}
              </>
            }
            count={
              pages.data === undefined
                ? undefined
                : pages.data.totalIsCapped
                  ? t(($) => $.review.countMany, { count: total })
                  : t(($) => $.review.count, { count: total })
            }
            density={density}
            selection={selection}
            bulkActions={
              <ReviewBulk
                list={list}
                isKept={isKept}
                chosen={chosen}
                onAsk={(what, rows, skipped) => open({ deed: { what, rows, list }, skipped })}
              />
            }
          />
          {selection.isFull && <p className={classes.full}>{t(($) => $.review.full, { count: selectionMax })}</p>}
          <ListTable
            label={t(($) => $.review.list[list])}
            pages={pages}
            columns={columns}
            idOf={(row) => rowId(list, row)}
            nameOf={rowName}
            search={search}
            density={density[0]}
            cards
            {...(list === 'app_only' ? {} : { selection })}
            empty={
              account === undefined ? (
                <ReviewEmpty organisationId={organisationId} list={list} isKept={isKept} counts={counts} />
              ) : (
                <NoSuchAccounts />
              )
            }
          />
        </Sheet>
      </section>
      <p className={classes.foot}>{t(($) => $.review.foot[list])}</p>
      <p className={classes.foot}>
        <AppLink to={paths.entraWhy(organisationId, search === '' ? {} : { q: search })}>
          {t(($) => $.why.missing)}
        </AppLink>
      </p>
      {asked !== null && 'deed' in asked && (
        <ReviewDialog
          deed={asked.deed}
          skipped={asked.skipped}
          busy={deed.isPending}
          error={deed.error}
          onConfirm={begin}
          onClose={() => setAsked(null)}
        />
      )}
      {asked !== null && 'pick' in asked && (
        <ReviewPick
          what={asked.pick}
          organisationId={organisationId}
          row={asked.row}
          busy={deed.isPending}
          error={deed.error}
          onPick={({ row, appUserId }) => begin({ what: 'link', rows: [row], list, appUserId })}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

// A dialog that closes hands the keyboard back to its button first.
const focusAfterMilliseconds = 250;
