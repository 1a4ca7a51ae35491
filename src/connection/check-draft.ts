// Settings are looked through before they are saved, and before a preview works with them.
import type { Actor } from '../base/actor.ts';
import type { Draft } from '../contract/api-preview.ts';
import { AppError, type ErrorCode } from '../contract/errors.ts';
import { defaultMappings, type GroupsSettings, type Mapping } from '../contract/settings.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { ConnectionDeps } from './deps.ts';
import { requireConnection, type ConnectionRow } from './find-connection.ts';
import { listGoneGroups } from './gone-groups.ts';

type CheckDeps = Pick<ConnectionDeps, 'db' | 'graph'>;

// A page is waiting; two hundred groups are ten batches at most a few seconds each.
const waitSecondsMax = 10;

/** The draft as it would be saved. Throws not_connected, and what saving would throw. */
export async function checkDraft(deps: CheckDeps, actor: Actor, draft: Draft): Promise<Draft> {
  const { organisationId } = actor;
  const connection = await inOrganisation(deps.db, organisationId, async (tx) => {
    if (draft.fields) await checkMappings(tx, organisationId, draft.fields.mappings);
    return requireConnection(tx, organisationId, 'read');
  });
  if (!draft.groups) return draft;
  return { ...draft, groups: { ...draft.groups, groups: await lookUpGroups(deps, connection, draft.groups) } };
}

/** With the names that Microsoft has for them now, not those that the browser sent. One that is held as gone may stay chosen (F8). */
export async function lookUpGroups(
  deps: CheckDeps,
  row: ConnectionRow,
  input: GroupsSettings,
): Promise<{ id: string; name: string }[]> {
  const ids = new Set(input.scope === 'groups' ? input.groups.map((group) => group.id.toLowerCase()) : []);
  checkFormOfGroups(input);
  if (ids.size === 0) return [];
  const reader = deps.graph.reader(row.tenant_id, { waitSecondsMax });
  const of = { organisationId: row.organisation_id, connectionId: row.id };
  const gone = await inOrganisation(deps.db, of.organisationId, (tx) => listGoneGroups(tx, of), { readOnly: true });
  const groups: { id: string; name: string }[] = [];
  for (const id of ids) {
    const group = (await reader.getGroup(id)) ?? gone.find((one) => one.id === id);
    if (!group) throw new AppError('group_unknown', { params: { id } });
    groups.push({ id: group.id, name: group.name.slice(0, 256) });
  }
  return groups;
}

/** What can be said without asking anybody. Throws field_mapped_twice or default_field_required. */
export function checkFormOfMappings(mappings: readonly Mapping[]): void {
  const targets = new Set(mappings.map((mapping) => mapping.target));
  if (targets.size !== mappings.length)
    throw fieldError('field_mapped_twice', twice(mappings.map((mapping) => mapping.target)));
  for (const { source, target } of defaultMappings) {
    const chosen = mappings.find((mapping) => mapping.target === target);
    // The four stand always; how they write may be chosen.
    if (chosen?.source !== source) throw fieldError('default_field_required', target);
  }
}

/** The same, and throws field_unknown. */
export async function checkMappings(tx: Tx, organisationId: string, mappings: readonly Mapping[]): Promise<void> {
  checkFormOfMappings(mappings);
  const targets = mappings.map((mapping) => mapping.target);
  await requireCustomFields(tx, organisationId, targets);
}

/** Throws groups_empty. */
export function checkFormOfGroups({ scope, groups }: GroupsSettings): void {
  if (scope === 'groups' && groups.length === 0) throw new AppError('groups_empty');
}

async function requireCustomFields(tx: Tx, organisationId: string, targets: string[]): Promise<void> {
  const keys = targets.filter((target) => target.startsWith('custom:')).map((target) => target.slice('custom:'.length));
  if (keys.length === 0) return;
  const rows = await tx
    .selectFrom('custom_field')
    .select('key')
    .where('organisation_id', '=', organisationId)
    .where('key', 'in', keys)
    .execute();
  const known = new Set(rows.map((row) => row.key));
  const unknown = keys.find((key) => !known.has(key));
  if (unknown !== undefined) throw fieldError('field_unknown', `custom:${unknown}`);
}

const twice = (values: string[]): string => values.find((value, index) => values.indexOf(value) !== index) ?? '';

function fieldError(code: ErrorCode, field: string): AppError {
  return new AppError(code, { params: { field }, fields: [{ path: `mappings.${field}`, message: code }] });
}
