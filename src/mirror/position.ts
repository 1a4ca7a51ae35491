// Where a reading of the directory stands. It is written in the transaction of each page that is staged, so that what is in staging
// and where it goes on never differ: whoever takes the reading up, after a kill or hours of throttling, reads nothing twice.
import { sql } from 'kysely';
import { sourceAttributes, type SourceAttribute } from '../contract/settings.ts';
import type { Tx } from '../db/transaction.ts';
import { groupsDeltaQuery } from '../graph/groups.ts';
import type { ShardLinks } from '../graph/shards.ts';
import { usersOptions } from '../graph/users.ts';
import type { MirrorKey } from './state.ts';

export interface Position {
  /** Of its rows in staging. */
  pullId: string;
  tenantId: string;
  /** Of the mirror that it goes on from (I14). */
  generation: number;
  mode: 'initial' | 'incremental';
  options: string;
  /** Coupled, and not read: Microsoft would not give them (F10). */
  refused: readonly SourceAttribute[];
  /** Nobody is left to be listed; only what changed since. */
  isListed: boolean;
  /** The next page of the one list; null before its first. */
  listLink: string | null;
  /** Null when there is one list. */
  shards: ShardLinks | null;
  /** People, as Graph counted them at the beginning; null when it was not asked, or would not say. */
  counted: number | null;
  /** Where changes of people go on from: a delta link, or the next link within a round. */
  usersLink: string;
  groupsMode: 'initial' | 'incremental' | null;
  /** Null: groups are read from their beginning. */
  groupsLink: string | null;
  peopleRead: number;
  peopleExpected: number | null;
  groupsRead: number;
  beganAt: Date;
  savedAt: Date;
  /** How often it was taken up since, and got no further. */
  takenUp: number;
}

// Raised when staged rows mean something else than before: those of an earlier version are then read anew.
const stagedForm = 1;

/** What a reading asks for, and in which form it is staged: only one with the same goes on. */
export const readingOptions = (sources: readonly SourceAttribute[]): string =>
  `${stagedForm} ${usersOptions(sources)} ${groupsDeltaQuery}`;

// A reading that a night began is still gone on with by the next night, whose time is up to an hour later when the clock changes.
const ageMaxMs = 36 * 3600 * 1000;
// A link that Microsoft refuses in no words that say so, or a page that ends its reader, ends no more than so many.
const takesMax = 2;

export interface Wanted {
  tenantId: string;
  generation: number;
  sources: readonly SourceAttribute[];
  /** Everybody is to be read, and not only what changed. */
  full: boolean;
  now: Date;
  /** Instead of 36 hours. */
  ageMaxMs?: number;
}

/** Whether the reading is one of what is wanted now. Its links may still be refused: then it is begun anew. */
export function isOf(position: Position, wanted: Wanted): boolean {
  const sources = wanted.sources.filter((source) => !position.refused.includes(source));
  return (
    position.tenantId === wanted.tenantId &&
    position.generation === wanted.generation &&
    position.options === readingOptions(sources) &&
    (position.mode === 'initial' || !wanted.full) &&
    position.takenUp < takesMax &&
    // Either way: a clock that was set back says nothing of the age.
    Math.abs(wanted.now.getTime() - position.beganAt.getTime()) < (wanted.ageMaxMs ?? ageMaxMs)
  );
}

/** As committed with the last page that was staged; null when no reading of the connection was left. */
export async function findPosition(tx: Tx, key: MirrorKey): Promise<Position | null> {
  const row = await tx
    .selectFrom('pull_progress')
    .selectAll()
    .where('organisation_id', '=', key.organisationId)
    .where('connection_id', '=', key.connectionId)
    .executeTakeFirst();
  if (!row) return null;
  return {
    pullId: row.pull_id,
    tenantId: row.tenant_id,
    generation: Number(row.generation),
    mode: row.mode === 'initial' ? 'initial' : 'incremental',
    options: row.options,
    refused: sourceAttributes.filter((source) => row.refused.includes(source)),
    isListed: row.listed,
    listLink: row.list_link,
    shards: row.shards,
    counted: row.counted,
    usersLink: row.users_link,
    groupsMode: row.groups_mode === 'initial' || row.groups_mode === 'incremental' ? row.groups_mode : null,
    groupsLink: row.groups_link,
    peopleRead: row.people_read,
    peopleExpected: row.people_expected,
    groupsRead: row.groups_read,
    beganAt: row.began_at,
    savedAt: row.saved_at,
    takenUp: row.taken_up,
  };
}

/** In the transaction that stages what was read up to here. */
export async function savePosition(tx: Tx, key: MirrorKey, position: Position): Promise<void> {
  const shards = position.shards === null ? null : JSON.stringify(position.shards);
  await sql`
    insert into pull_progress as p (organisation_id, connection_id, pull_id, tenant_id, generation, mode, options, refused,
      counted, began_at, listed, list_link, shards, users_link, groups_mode, groups_link, people_read, people_expected, groups_read, saved_at)
    values (${key.organisationId}, ${key.connectionId}, ${position.pullId}, ${position.tenantId}, ${position.generation},
      ${position.mode}, ${position.options}, ${[...position.refused]}::text[], ${position.counted}, ${position.beganAt},
      ${position.isListed}, ${position.listLink}, ${shards}::jsonb, ${position.usersLink}, ${position.groupsMode},
      ${position.groupsLink}, ${position.peopleRead}, ${position.peopleExpected}, ${position.groupsRead}, ${position.savedAt})
    on conflict (organisation_id, connection_id) do update set
      listed = excluded.listed, list_link = excluded.list_link, shards = excluded.shards, users_link = excluded.users_link,
      groups_mode = excluded.groups_mode, groups_link = excluded.groups_link, people_read = excluded.people_read,
      people_expected = excluded.people_expected, groups_read = excluded.groups_read, saved_at = excluded.saved_at,
      taken_up = 0
    where p.pull_id = excluded.pull_id
  `.execute(tx);
}

/** Before its first request. */
export async function countTake(tx: Tx, key: MirrorKey): Promise<void> {
  await sql`
    update pull_progress set taken_up = taken_up + 1
    where organisation_id = ${key.organisationId} and connection_id = ${key.connectionId}
  `.execute(tx);
}

/** In the transaction that writes down what look-ups found. */
export async function noteHeadway(tx: Tx, key: MirrorKey, at: Date): Promise<void> {
  await sql`
    update pull_progress set taken_up = 0, saved_at = ${at}
    where organisation_id = ${key.organisationId} and connection_id = ${key.connectionId}
  `.execute(tx);
}
