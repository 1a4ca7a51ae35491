// Exceptions from the rules of fields: while one stands nothing of Entra's is written to the field, and it ends by itself.
import { beforeEach, expect, test } from 'vitest';
import { useWorld, type Org } from '../../test/factories.ts';
import { newId } from '../base/ids.ts';
import { defaultMappings } from '../contract/settings.ts';
import { link, unlink } from '../review/link.ts';
import { decideHeld } from '../sync/decide-held.ts';
import { getHeld } from '../sync/held.ts';
import { undo } from '../sync/undo.ts';
import { updateAppUser } from './app-users.ts';
import { endException, makeException } from './field-exceptions.ts';
import { getAppUser } from './read-app-user.ts';

const world = await useWorld();
const { store } = world.emulator;
beforeEach(() => store.faults.clear());

const until = null;

async function follow(org: Org, name = 'Anna') {
  const { id: objectId } = org.addPerson({ displayName: name });
  await org.run();
  const appUserId = await org.addAppUser({ displayName: 'Före' });
  await org.link(objectId, appUserId);
  await org.run();
  return { objectId, appUserId };
}

const nameOf = async (org: Org, appUserId: string) => (await org.fieldsOf(appUserId))['displayName'];
const except = (org: Org, id: string, more: { until?: string | null; ownerId?: string } = {}) =>
  makeException(world, org.actor, { id, field: 'displayName', reason: 'Artistnamn', until, ...more });

test('as long as it stands no run writes the field, others follow, and a person edits it; ended by hand, the next run writes Entra’s value', async () => {
  const org = await world.connect();
  const { objectId, appUserId } = await follow(org);
  const made = await except(org, appUserId);
  expect(made.exceptions).toEqual([
    { field: 'displayName', owner: { id: org.actor.appUserId, displayName: 'Ada Admin' }, reason: 'Artistnamn', until },
  ]);
  expect(made.syncedFields).not.toContain('displayName');
  expect(made.syncedFields).toContain('firstName');
  await updateAppUser(world, org.actor, {
    id: appUserId,
    version: made.version,
    fields: { displayName: 'Anna Stjärna' },
  });
  store.updateUser(org.tenantId, objectId, { displayName: 'Anna Ny', givenName: 'Annika' });
  expect(await org.run()).toMatchObject({ counts: { changedFields: 1 } });
  await org.set({ mappings: defaultMappings });
  expect(await org.run()).toMatchObject({ counts: { changedFields: 0 } });
  expect(await org.fieldsOf(appUserId)).toMatchObject({ displayName: 'Anna Stjärna', firstName: 'Annika' });
  const ended = await endException(world, org.actor, { id: appUserId, field: 'displayName' });
  expect([ended.exceptions, ended.syncedFields.includes('displayName')]).toEqual([[], true]);
  // Nothing has changed in Entra, and the person is looked at all the same.
  expect(await org.run()).toMatchObject({ counts: { changedFields: 1 } });
  expect(await nameOf(org, appUserId)).toBe('Anna Ny');
  const { rows } = await world.admin.query<{ action: string; reason: string }>(
    `select action, detail ->> 'reason' as reason from audit_event where organisation_id = $1 and action like 'exception.%' order by id`,
    [org.id],
  );
  expect(rows).toEqual([
    { action: 'exception.made', reason: 'Artistnamn' },
    { action: 'exception.ended', reason: 'Artistnamn' },
  ]);
});

test('it stands through its last day in the organisation’s time zone, by the clock of the database, and then ends by itself', async () => {
  const org = await world.connect();
  const { objectId, appUserId } = await follow(org);
  const { rows } = await world.admin.query<{ today: string }>(
    `select (now() at time zone 'Europe/Stockholm')::date::text as today`,
  );
  const today = rows[0]?.today ?? '';
  await except(org, appUserId, { until: today });
  store.updateUser(org.tenantId, objectId, { displayName: 'Anna Ny' });
  await org.run();
  expect(await nameOf(org, appUserId)).toBe('Anna');
  const ends = await world.admin.query<{ ends: string }>(
    `select ((ends_at at time zone 'Europe/Stockholm') - interval '1 day')::text as ends from field_exception where organisation_id = $1`,
    [org.id],
  );
  expect(ends.rows).toEqual([{ ends: `${today} 00:00:00` }]);
  await world.admin.query(`update field_exception set ends_at = now() where organisation_id = $1`, [org.id]);
  expect((await getAppUser(world, org.actor, { id: appUserId })).exceptions).toEqual([]);
  await org.run();
  expect(await nameOf(org, appUserId)).toBe('Anna Ny');
  const left = await world.admin.query('select from field_exception where organisation_id = $1', [org.id]);
  expect(left.rowCount).toBe(0);
});

test('one that ends while the person is gone is remembered until they are back', async () => {
  const org = await world.connect();
  const { objectId, appUserId } = await follow(org);
  await except(org, appUserId);
  store.updateUser(org.tenantId, objectId, { displayName: 'Anna Ny', accountEnabled: false });
  await org.run();
  await endException(world, org.actor, { id: appUserId, field: 'displayName' });
  await org.run();
  expect(await nameOf(org, appUserId)).toBe('Anna');
  store.updateUser(org.tenantId, objectId, { accountEnabled: true });
  await org.run();
  expect(await nameOf(org, appUserId)).toBe('Anna Ny');
});

test('no linking and no approval writes it, and what is held for it is asked about no more; undoing puts back what one asks for', async () => {
  const org = await world.connect();
  const { objectId, appUserId } = await follow(org);
  await world.admin.query(
    `insert into held_change (organisation_id, connection_id, app_user_id, field, before, after, run_id)
     values ($1, $2, $3, 'displayName', 'Anna', 'Anna Ny', $4)`,
    [org.id, org.connectionId, appUserId, newId()],
  );
  expect((await getHeld(world, org.actor)).held?.fields).toMatchObject([{ field: 'displayName' }]);
  await except(org, appUserId);
  expect((await getHeld(world, org.actor)).held).toBeNull();
  const key = `c:${appUserId}:displayName`;
  expect(await decideHeld(world, org.actor, { decision: 'approve', rows: [key] })).toMatchObject({ done: 0 });
  store.updateUser(org.tenantId, objectId, { displayName: 'Anna Ny', givenName: 'Annika' });
  const run = await org.run();
  await unlink(world, org.actor, { appUserIds: [appUserId] });
  await link(world, org.actor, { pairs: [{ objectId, appUserId }] });
  expect(await org.fieldsOf(appUserId)).toMatchObject({ displayName: 'Anna', firstName: 'Annika' });
  expect(await undo(world, org.actor, { kind: 'run', id: run.id, overwrite: [] })).toMatchObject({ fields: 1 });
});

test('refused: a field that is not coupled, a day that is past, an owner who is nobody, a person who is nobody, and to end what does not stand', async () => {
  const org = await world.connect();
  const { appUserId: id } = await follow(org);
  const refusal = (path: string) => ({ code: 'invalid_input', detail: { fields: [{ path }] } });
  const given = { id, reason: 'x', until };
  await expect(makeException(world, org.actor, { ...given, field: 'city' })).rejects.toMatchObject(refusal('field'));
  await expect(except(org, id, { until: '2020-01-01' })).rejects.toMatchObject(refusal('until'));
  await expect(except(org, id, { ownerId: newId() })).rejects.toMatchObject(refusal('ownerId'));
  await expect(except(org, newId())).rejects.toMatchObject({ code: 'not_found' });
  await expect(endException(world, org.actor, { id, field: 'displayName' })).rejects.toMatchObject({
    code: 'not_found',
  });
});
