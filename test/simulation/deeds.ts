// What a person did, read from what a commit has changed, in the words of the model.
import type { Deed, ModelMapping } from './model-deeds.ts';
import { compare, isSame, type Row, type Snapshot } from './snapshot.ts';

export function deedsOf(before: Snapshot, after: Snapshot): Deed[] {
  const deeds: Deed[] = [];
  const users = compare(before.app_user, after.app_user, ['id']);
  deeds.push(...decisionsOf(before, after));
  const links = compare(before.link, after.link, ['connection_id', 'object_id']);
  const made = new Set(users.added.map((row) => row['id']));
  const linkedNew = new Set(links.added.map((row) => row['app_user_id']));
  for (const row of users.added) {
    if (!linkedNew.has(row['id'])) deeds.push({ deed: 'addAppUser', user: String(row['id']), fields: fieldsOf(row) });
  }
  const removed = users.changed.filter((one) => one.before['removed_at'] === null && one.after['removed_at'] !== null);
  const removedIds = new Set(removed.map((one) => one.after['id']));
  for (const row of links.removed) {
    if (!removedIds.has(row['app_user_id'])) deeds.push({ deed: 'unlink', object: String(row['object_id']) });
  }
  for (const id of removedIds) deeds.push({ deed: 'remove', user: String(id) });
  for (const row of links.added) {
    const of = { object: String(row['object_id']), user: String(row['app_user_id']) };
    deeds.push(made.has(row['app_user_id']) ? { deed: 'createAppUser', ...of } : { deed: 'link', ...of });
  }
  for (const { before: was, after: is } of links.changed) {
    if (isSame(was['kept_at'], is['kept_at'])) continue;
    deeds.push({ deed: is['kept_at'] === null ? 'unkeep' : 'keep', object: String(is['object_id']) });
  }
  const ignored = compare(before.ignored, after.ignored, ['tenant_id', 'object_id']);
  for (const row of ignored.added) deeds.push({ deed: 'ignore', object: String(row['object_id']) });
  for (const row of ignored.removed) deeds.push({ deed: 'restore', object: String(row['object_id']) });
  if (!isSame(before.attribute_mapping, after.attribute_mapping))
    deeds.push({ deed: 'saveMappings', mappings: after.attribute_mapping.map(mappingOf) });
  if (
    before.connection.some((row) => row['status'] !== 'off') &&
    after.connection.every((row) => row['status'] === 'off')
  )
    deeds.push({ deed: 'turnOff' });
  return deeds;
}

/** About what the brake holds. */
function decisionsOf(before: Snapshot, after: Snapshot): Deed[] {
  const deeds: Deed[] = [];
  const people = compare(before.directory_user, after.directory_user, ['connection_id', 'object_id']);
  const object = (row: Row): string => String(row['object_id']);
  // Of whom nothing is kept, the row is gone at once.
  for (const row of people.removed)
    if (row['held_reason'] !== null) deeds.push({ deed: 'approve', object: object(row) });
  for (const { before: was, after: is } of people.changed) {
    if (was['held_reason'] !== null && is['held_reason'] === null) deeds.push({ deed: 'approve', object: object(is) });
    else if (was['held_decision'] !== 'dismissed' && is['held_decision'] === 'dismissed')
      deeds.push({ deed: 'dismiss', object: object(is) });
  }
  const changes = compare(before.held_change, after.held_change, ['connection_id', 'app_user_id', 'field']);
  const of = (row: Row) => ({ user: String(row['app_user_id']), field: String(row['field']) });
  for (const row of changes.removed) deeds.push({ deed: 'approveField', ...of(row) });
  for (const { before: was, after: is } of changes.changed)
    if (was['decision'] !== 'dismissed' && is['decision'] === 'dismissed')
      deeds.push({ deed: 'dismissField', ...of(is) });
  return deeds;
}

const fieldsOf = (row: Row): Record<string, string> => row['fields'] as Record<string, string>; // a column of jsonb

function mappingOf(row: Row): ModelMapping {
  return {
    source: String(row['source']),
    target: String(row['target']),
    write: row['write_rule'] === 'always' ? 'always' : 'when_empty',
    empty: row['empty_rule'] === 'clear' ? 'clear' : 'keep',
  };
}
