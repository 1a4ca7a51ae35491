// The history of real deeds: a run, a link, a creation from Entra, an edit by hand, and something taken back. Folded, it gives what
// the people are today (I23), and each change says why it was made (I24).
import { expect, test } from 'vitest';
import { useWorld } from '../../test/factories.ts';
import { present } from '../base/assert.ts';
import type { HistoryChange } from '../contract/api-history.ts';
import { defaultMappings } from '../contract/settings.ts';
import { updateAppUser } from '../people/app-users.ts';
import { listChanges, readChanges } from '../people/history-changes.ts';
import { readAppUser } from '../people/read-app-user.ts';
import { inOrganisation } from '../db/transaction.ts';
import { createFromDirectory } from '../review/create.ts';
import { undo } from './undo.ts';

const world = await useWorld();
const { store } = world.emulator;

test('I23 I24 the history of runs, links, creations, edits and undoing folds to what the people are, and says why of each', async () => {
  const org = await world.connect({
    mappings: [...defaultMappings, { source: 'jobTitle', target: 'jobTitle', write: 'always', empty: 'clear' }],
  });
  const linked = org.addPerson({ displayName: 'Länkad', jobTitle: 'Säljare' });
  const created = org.addPerson({ displayName: 'Skapad', jobTitle: 'Tekniker' });
  await org.run();
  const first = await createFromDirectory(world, org.actor, { objectIds: [linked.id, created.id] });
  expect(first.done).toBe(2);
  const idOf = async (objectId: string) => {
    const { rows } = await world.admin.query<{ app_user_id: string }>(
      'select app_user_id from link where object_id = $1',
      [objectId],
    );
    return present(rows[0], 'linked').app_user_id;
  };
  const [a, b] = [await idOf(linked.id), await idOf(created.id)];
  // Linked anew, so that a link writes what Entra says by then.
  await world.admin.query('delete from link where object_id = $1', [linked.id]);
  store.updateUser(org.tenantId, linked.id, { jobTitle: 'Chef' });
  await org.run();
  await org.link(linked.id, a);
  store.updateUser(org.tenantId, created.id, { jobTitle: null, displayName: 'Skapad Om' });
  const run = await org.run();
  expect(run).toMatchObject({ state: 'ok', counts: { changedFields: 2 } });
  const { version } = await inOrganisation(world.db, org.id, (tx) => readAppUser(tx, org.id, a));
  await updateAppUser(world, org.actor, { id: a, version, fields: { office: 'Umeå' } });
  await undo(world, org.actor, { kind: 'run', id: run.id, overwrite: [] });

  const changes: HistoryChange[] = [];
  for await (const change of readChanges(world, org.actor, {})) changes.unshift(change);
  const folded = new Map<string, string | null>();
  for (const { person, field, before, after } of changes) {
    const key = `${person.id} ${field}`;
    expect(folded.get(key) ?? null, key).toBe(before);
    folded.set(key, after);
  }
  for (const id of [a, b]) {
    const fields = Object.entries(await org.fieldsOf(id));
    const told = [...folded].filter(([key, value]) => key.startsWith(id) && value !== null);
    expect(new Map(told)).toEqual(new Map(fields.map(([field, value]) => [`${id} ${field}`, value])));
  }
  const why = (id: string, field: string) =>
    changes
      .filter((one) => one.person.id === id && one.field === field)
      .map(({ cause, after }) => `${cause}: ${after}`);
  expect(why(a, 'jobTitle')).toEqual(['create: Säljare', 'link: Chef']);
  expect(why(a, 'office')).toEqual(['edit: Umeå']);
  expect(why(b, 'jobTitle')).toEqual(['create: Tekniker', 'run: null', 'undo: Tekniker']);
  // By the run only what the run did.
  const ofRun = await listChanges(world, org.actor, { runId: run.id, limit: 50 });
  expect(new Set(ofRun.items.map(({ cause }) => cause))).toEqual(new Set(['run']));
});
