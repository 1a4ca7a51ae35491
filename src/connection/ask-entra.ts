// Somebody whom no run has read is looked for in Entra ID itself, while an administrator waits: *Varför är personen (inte) här?*
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import type { askEntra as askRoute, UnreadPerson } from '../contract/api-why.ts';
import { AppError } from '../contract/errors.ts';
import { inOrganisation } from '../db/transaction.ts';
import type { TenantReader } from '../graph/reader.ts';
import type { UserItem } from '../graph/users.ts';
import type { ConnectionDeps } from './deps.ts';
import { findConnection, requireOn, type ConnectionRow } from './find-connection.ts';

type Deps = Pick<ConnectionDeps, 'db' | 'graph'>;

const waitSecondsMax = 10;
const shownMax = 20;

/** By object id also among the deleted items; by text among those who exist. Throws not_connected, and what Graph answers. */
export async function askEntra(
  deps: Deps,
  actor: Actor,
  { search }: { search: string },
): Promise<z.output<typeof askRoute.response>> {
  const { organisationId } = actor;
  const row = await inOrganisation(deps.db, organisationId, (tx) => findConnection(tx, organisationId), {
    readOnly: true,
  });
  if (!row) throw new AppError('not_connected');
  const reader = deps.graph.reader(row.tenant_id, { waitSecondsMax, before: () => requireOn(deps, row) });
  const found = await find(reader, search.trim());
  const { readAt, readIds } = await compare(deps, row, found);
  return {
    items: found.map((person) => ({ ...person, isRead: readIds.has(person.id) })),
    rule: row.scope === 'groups' || row.scope === 'all' ? row.scope : null,
    includeGuests: row.include_guests,
    includeDisabled: row.include_disabled,
    readAt: readAt?.toISOString() ?? null,
  };
}

type Found = Omit<UnreadPerson, 'isRead'>;

const objectId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function find(reader: TenantReader, search: string): Promise<Found[]> {
  if (!objectId.test(search)) return (await reader.findUsers(search, [], shownMax)).map(present);
  const id = search.toLowerCase();
  const one = (await reader.lookUpUsers([id])).get(id);
  if (one?.state === 'present') return [present(one.user)];
  if (one?.state !== 'deleted') return [];
  const nothing = { mail: null, userPrincipalName: null, isGuest: false, isDisabled: false };
  return [{ id, displayName: id, ...nothing, isDeleted: true }];
}

function present(user: UserItem): Found {
  return {
    id: user.id,
    displayName: user.displayName ?? user.userPrincipalName ?? user.id,
    mail: user.mail ?? null,
    userPrincipalName: user.userPrincipalName ?? null,
    isGuest: user.userType?.toLowerCase() === 'guest',
    isDisabled: user.accountEnabled === false,
    isDeleted: false,
  };
}

/** When the mirror was last read, and who of them stands in it. */
async function compare(
  { db }: Deps,
  { organisation_id: organisationId, id }: ConnectionRow,
  found: readonly Found[],
): Promise<{ readAt: Date | null; readIds: Set<string> }> {
  return inOrganisation(
    db,
    organisationId,
    async (tx) => {
      const state = await tx
        .selectFrom('mirror_state')
        .select('read_at')
        .where('organisation_id', '=', organisationId)
        .where('connection_id', '=', id)
        .executeTakeFirst();
      const { rows } = await sql<{ object_id: string }>`
        select object_id from directory_user
        where organisation_id = ${organisationId} and connection_id = ${id} and object_id = any(${found.map((one) => one.id)}::uuid[])
      `.execute(tx);
      return { readAt: state?.read_at ?? null, readIds: new Set(rows.map((row) => row.object_id)) };
    },
    { readOnly: true },
  );
}
