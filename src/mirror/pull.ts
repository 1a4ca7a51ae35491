// Reads Entra into staging: everyone at first, only what changed later. Nothing here is visible to anybody before the
// generation is switched, so a failure at any point leaves the mirror as it was; what was read is gone on with.
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import { AppError } from '../contract/errors.ts';
import type { SourceAttribute } from '../contract/settings.ts';
import { GraphFailure } from '../graph/failures.ts';
import { groupsDeltaQuery } from '../graph/groups.ts';
import { usersOptions } from '../graph/users.ts';
import { confirmAbsences, StartOver } from './confirm.ts';
import { confirmGroups } from './confirm-groups.ts';
import type { ChosenGroup } from './gone-groups.ts';
import { countTake, findPosition, isOf, readingOptions, type Position, type Wanted } from './position.ts';
import { pullGroups } from './pull-groups.ts';
import { pullPeople } from './pull-people.ts';
import { stage, tell, type PullDeps, type Reading, type ReadingInput } from './reading.ts';
import { forgetEvidence, sweepStaging, type Pull } from './stage.ts';
import { countMirrored, getMirrorState, hasHeldAbsences, type MirrorState } from './state.ts';

export interface PullInput extends ReadingInput {
  /** Chosen groups; null when everybody counts, and then no group is read. */
  groups: readonly ChosenGroup[] | null;
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

const hourMs = 3600 * 1000;
// Microsoft documents seven days for a delta link; a day is left for clocks and for a late night (F13).
const linkAgeMaxMs = 6 * 24 * hourMs;
// A week of nights with what changed, then one with everything.
const fullReadEveryMs = 7 * 24 * hourMs;
// What was found absent is asked about once more when the reading is gone on with later than that, and while absences are held no
// older reading is gone on with at all: a directory that has recovered is to be seen.
const freshMs = hourMs;
// Being told three times to start over in one run is a fault of the service, not of the link (F12).
const resyncsMax = 3;

/**
 * Stages one round, going on with the one that an earlier worker or try has left, if it is of what is wanted now.
 * Throws GraphFailure, or AppError('run_implausible' | 'run_scope_group_hidden' | 'graph_resync').
 */
export async function pull(deps: PullDeps, input: PullInput): Promise<PullResult> {
  const { known, isHeld, left } = await stage(deps, input, async (tx) => ({
    known: await getMirrorState(tx, input),
    isHeld: await hasHeldAbsences(tx, input),
    left: await findPosition(tx, input),
  }));
  const full = isHeld || isFullReadDue(deps.clock, known);
  const state = full ? fromTheBeginning(known) : known;
  const wanted: Wanted = {
    tenantId: input.reader.tenantId,
    generation: state.generation,
    sources: input.sources,
    full,
    now: deps.clock.now(),
    ...(isHeld && { ageMaxMs: freshMs }),
  };
  let from = state;
  let goingOn = left !== null && isOf(left, wanted) ? await takeUp(deps, input, left, full) : null;
  // Those of the last time are asked for again each time.
  let refused: readonly SourceAttribute[] = goingOn?.refused ?? (await findRefused(input, known.refused));
  let isAsked = false;
  let graphRequestId: string | null = null;
  for (let resyncs = 0; resyncs < resyncsMax;) {
    const resumed = goingOn !== null;
    try {
      const sources = input.sources.filter((source) => !refused.includes(source));
      const position = goingOn ?? (await begin(deps, { ...input, sources }, from, refused));
      return await read(deps, { ...input, sources }, { position, resumed, state: from });
    } catch (error) {
      goingOn = null;
      if (isRefusedQuestion(error) && !isAsked) {
        isAsked = true;
        refused = await findRefused(input, input.sources);
        if (refused.length > 0) continue;
      }
      const again = error instanceof StartOver || (error instanceof GraphFailure && error.reaction === 'resync');
      if (!again) throw error;
      // That an older link is refused is nothing that this run was told to start over for.
      if (resumed && error instanceof GraphFailure) continue;
      from = fromTheBeginning(state);
      resyncs += 1;
      if (error instanceof GraphFailure) graphRequestId = error.requestId;
    }
  }
  throw new AppError('graph_resync', graphRequestId === null ? {} : { graphRequestId });
}

async function findRefused({ reader, sources }: ReadingInput, among: readonly SourceAttribute[]) {
  const coupled = among.filter((source) => sources.includes(source));
  return coupled.length === 0 ? [] : reader.findRefused(coupled);
}

function isRefusedQuestion(error: unknown): boolean {
  return error instanceof GraphFailure && error.code === 'graph_request_refused' && error.status !== 404;
}

/** The reading that was left, as this run goes on with it. */
async function takeUp(deps: PullDeps, input: PullInput, left: Position, full: boolean): Promise<Position> {
  const pullKey: Pull = { ...keyOf(input), pullId: left.pullId };
  const isOld = deps.clock.now().getTime() - left.savedAt.getTime() > freshMs;
  await stage(deps, input, async (tx) => {
    await input.assertHeld(tx);
    await countTake(tx, input);
    if (isOld) await forgetEvidence(tx, pullKey);
  });
  const refused = left.refused.filter((source) => input.sources.includes(source));
  // Everybody is wanted, of the groups too.
  return full && left.groupsMode === 'incremental'
    ? { ...left, refused, groupsMode: null, groupsLink: null }
    : { ...left, refused };
}

/** A reading of its own. What an earlier one has left is of no use any more. */
async function begin(
  deps: PullDeps,
  input: PullInput,
  state: MirrorState,
  refused: readonly SourceAttribute[],
): Promise<Position> {
  const { reader, sources } = input;
  await stage(deps, input, async (tx) => {
    // A worker that was paused for long must not sweep away what its successor has staged.
    await input.assertHeld(tx);
    await sweepStaging(tx, input);
  });
  const goesOn = state.usersLinkOptions === usersOptions(sources);
  const link = goesOn && isUsable(deps.clock, state.usersLink, state.usersLinkAt) ? state.usersLink : null;
  const position = {
    pullId: newId(),
    tenantId: reader.tenantId,
    generation: state.generation,
    options: readingOptions(sources),
    refused,
    listLink: null,
    groupsMode: null,
    groupsLink: null,
    peopleRead: 0,
    groupsRead: 0,
    beganAt: deps.clock.now(),
    savedAt: deps.clock.now(),
    takenUp: 0,
  };
  if (link !== null) {
    const changes = { isListed: true, shards: null, counted: null, peopleExpected: null };
    return { ...position, ...changes, mode: 'incremental', usersLink: link };
  }
  const [known, counted] = await Promise.all([
    stage(deps, input, (tx) => countMirrored(tx, input)),
    reader.countUsers(),
  ]);
  const peopleExpected = counted ?? (known > 0 ? known : null);
  await input.onProgress({ mode: 'initial', peopleRead: 0, peopleExpected, groupsRead: 0, resumed: false });
  const usersLink = await reader.usersFromNow(sources);
  const shards = counted !== null && counted >= reader.shardsFrom ? {} : null;
  return { ...position, mode: 'initial', isListed: false, shards, counted, peopleExpected, usersLink };
}

interface Stand {
  position: Position;
  resumed: boolean;
  state: MirrorState;
}

async function read(deps: PullDeps, input: PullInput, { position, resumed, state }: Stand): Promise<PullResult> {
  const pullKey: Pull = { ...keyOf(input), pullId: position.pullId };
  const reading: Reading = { input, pullKey, resumed, position };
  await tell(reading);
  await pullPeople(deps, reading);
  let goneGroups: readonly ChosenGroup[] = [];
  if (input.groups) {
    const goesOn = state.groupsLinkOptions === groupsDeltaQuery;
    const link = goesOn && isUsable(deps.clock, state.groupsLink, state.groupsLinkAt) ? state.groupsLink : null;
    await pullGroups(deps, reading, link);
    goneGroups = await confirmGroups(deps, {
      ...pullKey,
      reader: input.reader,
      groups: input.groups,
      signal: input.signal,
      assertHeld: input.assertHeld,
      complete: reading.position.groupsMode === 'initial',
    });
  }
  await confirmAbsences(deps, {
    ...pullKey,
    reader: input.reader,
    sources: input.sources,
    signal: input.signal,
    assertHeld: input.assertHeld,
    complete: position.mode === 'initial',
  });
  const { usersLink, groupsLink, groupsMode } = reading.position;
  return {
    ...pullKey,
    mode: position.mode,
    groupsMode: input.groups ? groupsMode : null,
    fromGeneration: position.generation,
    usersLink,
    usersLinkOptions: usersOptions(input.sources),
    groupsLink: input.groups ? groupsLink : null,
    groupsLinkOptions: groupsDeltaQuery,
    goneGroups,
    refused: position.refused,
  };
}

const keyOf = ({ organisationId, connectionId }: ReadingInput) => ({ organisationId, connectionId });

/** Changes that Microsoft did not tell are healed by reading everything now and then (I15). */
function isFullReadDue(clock: Clock, { fullReadAt }: MirrorState): boolean {
  return fullReadAt !== null && clock.now().getTime() - fullReadAt.getTime() > fullReadEveryMs;
}

const fromTheBeginning = (state: MirrorState): MirrorState => ({ ...state, usersLink: null, groupsLink: null });

function isUsable(clock: Clock, link: string | null, at: Date | null): boolean {
  return link !== null && at !== null && clock.now().getTime() - at.getTime() < linkAgeMaxMs;
}
