// Reads Entra into staging: everyone at first, only what changed later. Nothing here is visible to anybody before the
// generation is switched, so a failure at any point leaves the mirror as it was.
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import { AppError } from '../contract/errors.ts';
import type { SourceAttribute } from '../contract/settings.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { GraphFailure } from '../graph/failures.ts';
import { groupsDeltaQuery } from '../graph/groups.ts';
import type { TenantReader } from '../graph/reader.ts';
import { usersOptions, type UserItem } from '../graph/users.ts';
import { confirmAbsences, StartOver } from './confirm.ts';
import { confirmGroups } from './confirm-groups.ts';
import type { ChosenGroup } from './gone-groups.ts';
import { countStaged, stageGroups, stageUsers, sweepStaging, type Pull } from './stage.ts';
import { countMirrored, getMirrorState, type MirrorKey, type MirrorState } from './state.ts';

export interface PullDeps {
  db: Database;
  clock: Clock;
}

export interface PullInput extends MirrorKey {
  reader: TenantReader;
  sources: readonly SourceAttribute[];
  /** Chosen groups; null when everybody counts, and then no group is read. */
  groups: readonly ChosenGroup[] | null;
  signal: AbortSignal;
  onProgress(progress: PullProgress): Promise<void>;
  /** Throws unless the run still holds the connection, and keeps it until the transaction ends. */
  assertHeld(tx: Tx): Promise<void>;
}

export interface PullProgress {
  mode: 'initial' | 'incremental';
  peopleRead: number;
  peopleExpected: number | null;
  groupsRead: number;
}

export interface PullResult extends Pull {
  mode: 'initial' | 'incremental';
  /** Whether staging holds every group, or only those that changed. Null: no groups were read. */
  groupsMode: 'initial' | 'incremental' | null;
  /** The generation that this round goes on from (I14). */
  fromGeneration: number;
  usersLink: string;
  usersLinkOptions: string;
  groupsLink: string | null;
  groupsLinkOptions: string;
  /** Chosen, and not found by two look-ups (F8). */
  goneGroups: readonly ChosenGroup[];
  /** Coupled, and not read: Microsoft would not give them. What the mirror knows of them stays (F10). */
  refused: readonly SourceAttribute[];
}

// Microsoft documents seven days for a delta link; a day is left for clocks and for a late night (F13).
const linkAgeMaxMs = 6 * 24 * 3600 * 1000;
// A week of nights with what changed, then one with everything.
const fullReadEveryMs = 7 * 24 * 3600 * 1000;
// Being told three times to start over in one run is a fault of the service, not of the link (F12).
const resyncsMax = 3;

/** Stages one round. Throws GraphFailure, or AppError('run_implausible' | 'run_scope_group_hidden' | 'graph_resync'). */
export async function pull(deps: PullDeps, input: PullInput): Promise<PullResult> {
  const known = await stage(deps, input, (tx) => getMirrorState(tx, input));
  const state = isFullReadDue(deps.clock, known) ? fromTheBeginning(known) : known;
  let graphRequestId: string | null = null;
  // Those of the last time are asked for again each time.
  let refused: readonly SourceAttribute[] = await findRefused(input, known.refused);
  let isAsked = false;
  for (let attempt = 0; attempt < resyncsMax; attempt += 1) {
    try {
      const sources = input.sources.filter((source) => !refused.includes(source));
      const from = attempt === 0 ? state : fromTheBeginning(state);
      return { ...(await pullOnce(deps, { ...input, sources }, from)), refused };
    } catch (error) {
      if (isRefusedQuestion(error) && !isAsked) {
        isAsked = true;
        refused = await findRefused(input, input.sources);
        if (refused.length > 0) continue;
      }
      const again = error instanceof StartOver || (error instanceof GraphFailure && error.reaction === 'resync');
      if (!again) throw error;
      if (error instanceof GraphFailure) graphRequestId = error.requestId;
    }
  }
  throw new AppError('graph_resync', graphRequestId === null ? {} : { graphRequestId });
}

async function findRefused({ reader, sources }: PullInput, among: readonly SourceAttribute[]) {
  const coupled = among.filter((source) => sources.includes(source));
  return coupled.length === 0 ? [] : reader.findRefused(coupled);
}

function isRefusedQuestion(error: unknown): boolean {
  return error instanceof GraphFailure && error.code === 'graph_request_refused' && error.status !== 404;
}

async function pullOnce(deps: PullDeps, input: PullInput, state: MirrorState): Promise<Omit<PullResult, 'refused'>> {
  const pullKey: Pull = { organisationId: input.organisationId, connectionId: input.connectionId, pullId: newId() };
  await stage(deps, input, async (tx) => {
    // A worker that was paused for long must not sweep away what its successor has staged.
    await input.assertHeld(tx);
    await sweepStaging(tx, input);
  });

  const options = usersOptions(input.sources);
  const mode =
    isUsable(deps.clock, state.usersLink, state.usersLinkAt) && state.usersLinkOptions === options
      ? 'incremental'
      : 'initial';
  const progress: PullProgress = { mode, peopleRead: 0, peopleExpected: null, groupsRead: 0 };
  let expected: number | null = null;
  if (mode === 'initial') {
    const [known, total] = await Promise.all([
      stage(deps, input, (tx) => countMirrored(tx, input)),
      input.reader.countUsers(),
    ]);
    expected = total;
    progress.peopleExpected = total ?? (known > 0 ? known : null);
  }
  await input.onProgress(progress);

  const usersLink = await pullUsers(deps, input, {
    pullKey,
    progress,
    expected,
    link: mode === 'incremental' ? state.usersLink : null,
  });
  let groupsMode: PullResult['groupsMode'] = null;
  let groupsLink: string | null = null;
  let goneGroups: readonly ChosenGroup[] = [];
  if (input.groups) {
    const isGoingOn =
      isUsable(deps.clock, state.groupsLink, state.groupsLinkAt) && state.groupsLinkOptions === groupsDeltaQuery;
    groupsMode = isGoingOn ? 'incremental' : 'initial';
    groupsLink = await pullGroups(deps, input, {
      pullKey,
      progress,
      expected: null,
      link: groupsMode === 'incremental' ? state.groupsLink : null,
    });
    goneGroups = await confirmGroups(deps, {
      ...pullKey,
      reader: input.reader,
      groups: input.groups,
      signal: input.signal,
      complete: groupsMode === 'initial',
    });
  }
  await confirmAbsences(deps, {
    ...pullKey,
    reader: input.reader,
    sources: input.sources,
    complete: mode === 'initial',
  });
  return {
    ...pullKey,
    mode,
    groupsMode,
    fromGeneration: state.generation,
    usersLink,
    usersLinkOptions: options,
    groupsLink,
    groupsLinkOptions: groupsDeltaQuery,
    goneGroups,
  };
}

/** Changes that Microsoft did not tell are healed by reading everything now and then (I15). */
function isFullReadDue(clock: Clock, { fullReadAt }: MirrorState): boolean {
  return fullReadAt !== null && clock.now().getTime() - fullReadAt.getTime() > fullReadEveryMs;
}

const fromTheBeginning = (state: MirrorState): MirrorState => ({ ...state, usersLink: null, groupsLink: null });

function isUsable(clock: Clock, link: string | null, at: Date | null): boolean {
  return link !== null && at !== null && clock.now().getTime() - at.getTime() < linkAgeMaxMs;
}

interface Round {
  pullKey: Pull;
  progress: PullProgress;
  /** How many people Graph counts; null when it was not asked, or would not say. */
  expected: number | null;
  /** Where to go on from; null reads everything. */
  link: string | null;
}

/** A full read takes the "from now" link first and then lists in pages of 999: changes made meanwhile come with the delta. */
async function pullUsers(deps: PullDeps, input: PullInput, round: Round): Promise<string> {
  const { pullKey, progress } = round;
  let link = round.link;
  if (link === null) {
    link = await input.reader.usersFromNow(input.sources);
    const isWhole = await pullInShards(deps, input, round);
    if (!isWhole) await stageListing(deps, input, round, input.reader.listUsers(input.sources, round.expected));
    if (progress.peopleRead === 0) throw new AppError('run_implausible'); // whoever consented is a user, too
  }
  // The link selects these, and beside them what the mirror keeps for itself.
  for await (const page of input.reader.usersDelta(link, input.sources)) {
    input.signal.throwIfAborted();
    await stage(deps, input, (tx) => stageUsers(tx, pullKey, page.items));
    if (round.link !== null) progress.peopleRead += page.items.length;
    if (page.items.length > 0) await input.onProgress(progress);
    if (page.deltaLink !== null) return page.deltaLink;
  }
  throw new AppError('graph_malformed'); // the reader ends a round with a link, or throws itself
}

async function stageListing(
  deps: PullDeps,
  input: PullInput,
  { pullKey, progress }: Round,
  listing: AsyncGenerator<UserItem[], void>,
): Promise<void> {
  progress.peopleRead = 0;
  for await (const items of listing) {
    input.signal.throwIfAborted();
    await stage(deps, input, (tx) => stageUsers(tx, pullKey, items));
    progress.peopleRead += items.length;
    await input.onProgress(progress);
  }
}

/**
 * Lists a large tenant in shards. True when that is proved to be everybody: as many different people came as Graph counted, before
 * or after. What came stays staged in any case: whoever is listed once more is staged as they are then.
 */
async function pullInShards(deps: PullDeps, input: PullInput, round: Round): Promise<boolean> {
  const { reader, sources } = input;
  const { expected } = round;
  if (expected === null || expected < reader.shardsFrom) return false;
  await stageListing(deps, input, round, reader.listUsersInShards(sources, expected));
  const staged = await stage(deps, input, (tx) => countStaged(tx, round.pullKey));
  const counted = await reader.countUsers();
  // People come and go while they are listed: who came in between may or may not be among them.
  return counted !== null && staged >= Math.min(expected, counted);
}

async function pullGroups(deps: PullDeps, input: PullInput, round: Round): Promise<string> {
  for await (const page of input.reader.groupsDelta(round.link)) {
    input.signal.throwIfAborted();
    await stage(deps, input, (tx) => stageGroups(tx, round.pullKey, page.items));
    round.progress.groupsRead += page.items.length;
    if (page.items.length > 0) await input.onProgress(round.progress);
    if (page.deltaLink !== null) return page.deltaLink;
  }
  throw new AppError('graph_malformed');
}

function stage<T>(deps: PullDeps, key: MirrorKey, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return inOrganisation(deps.db, key.organisationId, fn, { role: 'samsyn_sync', statementTimeoutMs: 60_000 });
}
