// The two things that Graph lets an application do to what is deleted: bring it back, or delete it for good.
// https://learn.microsoft.com/graph/api/directory-deleteditems-restore
import type { DirectoryGroup, DirectoryUser } from '../model.ts';
import { StoreError } from '../store/input.ts';
import { badRequest, denied, notFound } from './graph-error.ts';
import type { Caller } from './permissions.ts';
import { write } from './properties.ts';
import type { Kind } from './properties.ts';
import type { GraphContext, GraphRequest, Written } from './request.ts';

/** Who may do what; for good, an application may delete people only. */
const NEEDED: Record<'restore' | 'purge', Record<Kind, readonly string[]>> = {
  restore: { user: ['User.DeleteRestore.All', 'User.ReadWrite.All'], group: ['Group.ReadWrite.All'] },
  purge: { user: ['User.DeleteRestore.All'], group: [] },
};

/** It comes back as it was, and a restored person under their own user name. */
export function restoreDeleted(graph: GraphContext, { caller, path }: GraphRequest): Written {
  const { kind, object } = found(graph, caller, path[2] ?? '', 'restore');
  const { tenant } = caller;
  try {
    const back =
      kind === 'user' ? graph.store.restoreUser(tenant.id, object.id) : graph.store.restoreGroup(tenant.id, object.id);
    const context = `${graph.publicUrl}/v1.0/$metadata#directoryObjects/$entity`;
    const written = write(kind, back, null);
    return { status: 200, body: { '@odata.context': context, '@odata.type': `#microsoft.graph.${kind}`, ...written } };
  } catch (error) {
    // Somebody else has the user name now.
    if (error instanceof StoreError && error.reason === 'nameTaken') throw badRequest(error.message);
    throw error;
  }
}

export function purgeDeleted(graph: GraphContext, { caller, path }: GraphRequest): Written {
  const { object } = found(graph, caller, path[2] ?? '', 'purge');
  graph.store.purge(caller.tenant.id, object.id);
  return { status: 204, body: null };
}

/** A stranger learns of nobody, so permission comes before existence. */
function found(
  graph: GraphContext,
  caller: Caller,
  id: string,
  what: keyof typeof NEEDED,
): { kind: Kind; object: DirectoryUser | DirectoryGroup } {
  const { tenant } = caller;
  graph.store.purgeExpired(tenant);
  const kinds = (['user', 'group'] as const).filter((kind) =>
    NEEDED[what][kind].some((role) => caller.roles.has(role)),
  );
  if (kinds.length === 0) throw denied();
  const key = id.toLowerCase();
  const user = tenant.users.get(key);
  const object = user ?? tenant.groups.get(key);
  if (object === undefined || object.deletedAt === null) throw notFound(id);
  const kind = user === undefined ? 'group' : 'user';
  // An application needs a directory role of its own for administrators; none has one here.
  if (!kinds.includes(kind) || (user !== undefined && user.roles.length > 0)) throw denied();
  return { kind, object };
}
