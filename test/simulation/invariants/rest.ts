// When the directory is still and everything was read: the mirror is the directory, and links, lists and fields are what the model says
// (I11, I15, I18).
import { fieldKey, type Held } from '../model-deeds.ts';
import type { Row, Snapshot } from '../snapshot.ts';
import { holds } from '../violation.ts';
import type { Organisation } from '../world.ts';
import { fieldsOf } from './people.ts';

export function checkRest(organisation: Organisation, now: Snapshot, step: number, isOff: boolean): void {
  const { model } = organisation;
  const name = organisation.name;
  const id = (row: Row): string => String(row['object_id']);
  const same = (what: string, is: readonly string[], wanted: Iterable<string>): void => {
    const [one, other] = [[...is].toSorted().join(), [...wanted].toSorted().join()];
    holds(one === other, 'I11', () => `${name}: ${what} are ${one}, and should be ${other}`);
  };
  same(
    'links',
    now.link.map((row) => `${id(row)}>${String(row['app_user_id'])}`),
    [...model.links()].map((pair) => pair.join('>')),
  );
  same('ignored', now.ignored.map(id), model.ignored());
  same(
    'app users',
    now.app_user.map((row) => `${String(row['id'])} ${row['removed_at'] === null ? 'here' : 'removed'}`),
    [...model.appUsers()].map(([user, removed]) => `${user} ${removed ? 'removed' : 'here'}`),
  );
  if (isOff) return;
  const held = heldOf(now);
  const here = now.directory_user.filter((row) => row['deleted_at'] === null);
  const inScope = new Set(here.filter((row) => row['in_scope'] === true).map(id));
  const scope = model.scope(held);
  for (const one of scope.must) holds(inScope.has(one), 'I11', () => `${name}: ${one} should be in scope`);
  for (const one of inScope) holds(scope.may.has(one), 'I11', () => `${name}: ${one} should not be in scope`);
  for (const row of here) checkAttributes(organisation, now, row, step);
  checkGone(organisation, now, held, inScope);
  checkUsers(organisation, now, held);
}

/** I11: field by field for what is coupled. */
function checkAttributes({ model, name }: Organisation, now: Snapshot, row: Row, step: number): void {
  const attributes = row['attributes'] as Record<string, string>; // a column of jsonb
  for (const mapping of now.attribute_mapping) {
    const source = String(mapping['source']);
    if (source === 'manager') continue;
    const wanted = model.sourceValues(String(row['object_id']), source, step, step);
    const value = attributes[source] ?? '';
    holds(
      wanted.has(value),
      'I11',
      () =>
        `${name}: the mirror has ${source} "${value}" of ${String(row['object_id'])}, Entra ${[...wanted].map((one) => `"${one}"`).join(' or ')}`,
    );
  }
}

function checkGone({ model, name }: Organisation, now: Snapshot, held: Held, inScope: ReadonlySet<string>): void {
  const gone = model.gone(held);
  const rows = new Map(now.directory_user.map((row) => [String(row['object_id']), row]));
  const listed = now.link.map((row) => String(row['object_id'])).filter((object) => !inScope.has(object));
  for (const [object, { sure }] of gone)
    holds(!sure || listed.includes(object), 'I18', () => `${name}: ${object} should be listed as gone`);
  for (const object of listed) {
    const wanted = gone.get(object);
    const row = rows.get(object);
    const reason = row?.['deleted_at'] === null ? row['out_reason'] : row?.['deleted_reason'];
    if (wanted === undefined) return holds(false, 'I18', () => `${name}: ${object} is listed as gone and is not`);
    // Whichever is true; and who was purged may have been seen in the recycle bin last.
    const reasons: ReadonlySet<unknown> = wanted.reasons;
    holds(
      reasons.has(reason),
      'I18',
      () => `${name}: ${object} is listed as ${String(reason)}, and is ${[...wanted.reasons].join()}`,
    );
  }
}

function checkUsers({ model, name }: Organisation, now: Snapshot, held: Held): void {
  const targets = now.attribute_mapping.map((row) => String(row['target']));
  for (const user of now.app_user) {
    const fields = fieldsOf(user);
    for (const field of new Set([...Object.keys(fields), ...targets])) {
      const wanted = model.fieldValues(String(user['id']), field, held);
      const value = fields[field] ?? '';
      holds(
        wanted.has(value),
        'I11',
        () =>
          `${name}: ${field} of ${JSON.stringify(fields)} should be ${[...wanted].map((one) => `"${one}"`).join(' or ')}`,
      );
    }
  }
}

/** What the brake holds at this moment. */
function heldOf(now: Snapshot): Held {
  return {
    people: new Set(
      now.directory_user.filter((row) => row['held_reason'] !== null).map((row) => String(row['object_id'])),
    ),
    fields: new Set(now.held_change.map((row) => fieldKey(String(row['app_user_id']), String(row['field'])))),
  };
}
