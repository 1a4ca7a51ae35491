// A reading under way: its position, and the one way in which a page of it becomes staged. A worker that was thought dead stages
// nothing into its successor's rows: each page's transaction holds the lease.
import type { Clock } from '../base/clock.ts';
import { AppError } from '../contract/errors.ts';
import type { SourceAttribute } from '../contract/settings.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { Page } from '../graph/pages.ts';
import type { TenantReader } from '../graph/reader.ts';
import { savePosition, type Position } from './position.ts';
import type { Pull } from './stage.ts';
import type { MirrorKey } from './state.ts';

export interface PullDeps {
  db: Database;
  clock: Clock;
}

export interface PullProgress {
  mode: 'initial' | 'incremental';
  peopleRead: number;
  peopleExpected: number | null;
  groupsRead: number;
  /** It goes on where an earlier reading was stopped. */
  resumed: boolean;
}

export interface ReadingInput extends MirrorKey {
  reader: TenantReader;
  sources: readonly SourceAttribute[];
  signal: AbortSignal;
  onProgress(progress: PullProgress): Promise<void>;
  /** Throws unless the run still holds the connection, and keeps it until the transaction ends. */
  assertHeld: (tx: Tx) => Promise<void>;
}

export interface Reading {
  readonly input: ReadingInput;
  readonly pullKey: Pull;
  readonly resumed: boolean;
  /** As saved, but for what came since without any rows. */
  position: Position;
}

/** Stages what a page brought, and with it that the reading has moved. A page without rows needs no transaction. */
export async function stagePage<T>(
  deps: PullDeps,
  reading: Reading,
  page: { items: readonly T[]; moved: Partial<Position> },
  write: (tx: Tx, pull: Pull, items: readonly T[]) => Promise<void>,
): Promise<void> {
  const { input, pullKey } = reading;
  input.signal.throwIfAborted();
  const position = { ...reading.position, ...page.moved, savedAt: deps.clock.now() };
  if (page.items.length > 0) {
    await stage(deps, input, async (tx) => {
      await input.assertHeld(tx);
      await write(tx, pullKey, page.items);
      await savePosition(tx, input, position);
    });
  }
  reading.position = position;
  if (page.items.length > 0) await tell(reading);
}

/**
 * The pages of a round of changes from `link` on, each with where it leads; null is a first round. A round that was stopped is
 * followed by what has changed since it began: whoever starts a run wants what is true then.
 */
export async function* readRound<T>(
  open: (link: string | null) => AsyncGenerator<Page<T>, void>,
  link: string | null,
  wasStopped: boolean,
): AsyncGenerator<{ items: T[]; link: string }, void> {
  let isStale = wasStopped;
  let from = link;
  for (;;) {
    let end: string | null = null;
    let isNews = false;
    for await (const { items, next, deltaLink } of open(from)) {
      const leadsTo = deltaLink ?? next;
      if (leadsTo === null) break;
      isNews ||= items.length > 0;
      end = deltaLink;
      yield { items, link: leadsTo };
    }
    if (end === null) throw new AppError('graph_malformed'); // the reader ends a round with a link, or throws itself
    if (!isStale || !isNews) return;
    isStale = false;
    from = end;
  }
}

export function tell({ input, position, resumed }: Reading): Promise<void> {
  const { mode, peopleRead, peopleExpected, groupsRead } = position;
  return input.onProgress({ mode, peopleRead, peopleExpected, groupsRead, resumed });
}

export function stage<T>(deps: PullDeps, key: MirrorKey, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return inOrganisation(deps.db, key.organisationId, fn, { role: 'samsyn_sync', statementTimeoutMs: 60_000 });
}
