// Where the mirror of a connection stands: its generation, and the links from which the next rounds go on.
import { sourceAttributes, type SourceAttribute } from '../contract/settings.ts';
import type { Tx } from '../db/transaction.ts';

/** Which connection's mirror is meant. */
export interface MirrorKey {
  organisationId: string;
  connectionId: string;
}

export interface MirrorState {
  generation: number;
  usersLink: string | null;
  usersLinkOptions: string | null;
  usersLinkAt: Date | null;
  groupsLink: string | null;
  groupsLinkAt: Date | null;
  groupsLinkOptions: string | null;
  /** Attributes that Microsoft would not give in the last round. */
  refused: readonly SourceAttribute[];
  /** When everyone was last read, and not only what had changed. */
  fullReadAt: Date | null;
}

const untouched: MirrorState = {
  generation: 0,
  usersLink: null,
  usersLinkOptions: null,
  usersLinkAt: null,
  groupsLink: null,
  groupsLinkAt: null,
  groupsLinkOptions: null,
  refused: [],
  fullReadAt: null,
};

/** The state as committed; a mirror that was never read is at generation 0. */
export async function getMirrorState(tx: Tx, key: MirrorKey): Promise<MirrorState> {
  const row = await tx
    .selectFrom('mirror_state')
    .selectAll()
    .where('organisation_id', '=', key.organisationId)
    .where('connection_id', '=', key.connectionId)
    .executeTakeFirst();
  if (!row) return untouched;
  return {
    generation: Number(row.generation),
    usersLink: row.users_link,
    usersLinkOptions: row.users_link_options,
    usersLinkAt: row.users_link_at,
    groupsLink: row.groups_link,
    groupsLinkAt: row.groups_link_at,
    groupsLinkOptions: row.groups_link_options,
    refused: sourceAttributes.filter((source) => row.refused.includes(source)),
    fullReadAt: row.full_read_at,
  };
}

/** Whether people count as before though the directory says that they are gone, and nobody has decided that it is wrong (R8). */
export async function hasHeldAbsences(tx: Tx, key: MirrorKey): Promise<boolean> {
  const row = await tx
    .selectFrom('directory_user')
    .select('object_id')
    .where('organisation_id', '=', key.organisationId)
    .where('connection_id', '=', key.connectionId)
    .where('held_reason', 'is not', null)
    .where((eb) => eb.or([eb('held_decision', 'is', null), eb('held_decision', '<>', 'dismissed')]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** How many people of the tenant the mirror holds, tombstones not counted: what a run expects to read. */
export async function countMirrored(tx: Tx, key: MirrorKey): Promise<number> {
  const row = await tx
    .selectFrom('directory_user')
    .select((eb) => eb.fn.countAll<string>().as('people'))
    .where('organisation_id', '=', key.organisationId)
    .where('connection_id', '=', key.connectionId)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.people);
}
