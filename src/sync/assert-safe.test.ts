import { describe, expect, test } from 'vitest';
import { dump, mirrorTables, useWorld } from '../../test/factories.ts';
import { inOrganisation } from '../db/transaction.ts';
import { assertSafe, type Settled } from './assert-safe.ts';

const world = await useWorld();
const { store } = world.emulator;

/** A connection whose last run changed one field, and what assertSafe is told of it. */
async function settled() {
  const org = await world.connect();
  const { id: objectId } = org.addPerson({ displayName: 'Före' });
  const appUserId = await org.addAppUser({ displayName: 'Före' });
  await org.run();
  await org.link(objectId, appUserId);
  store.updateUser(org.tenantId, objectId, { displayName: 'Efter' });
  const run = await org.run();
  const { rows } = await world.admin.query<{ fence: string; generation: string }>(
    'select l.fence, m.generation from run_lease l join mirror_state m using (organisation_id, connection_id) where l.organisation_id = $1',
    [org.id],
  );
  const [row] = rows;
  const lease = { organisationId: org.id, connectionId: org.connectionId, runId: run.id, fence: Number(row?.fence) };
  const told: Settled = {
    lease,
    fromGeneration: Number(row?.generation) - 1,
    why: [],
    changedFields: 1,
    plannedGone: 0,
  };
  return { org, objectId, appUserId, run, told };
}

const check = (told: Settled) =>
  inOrganisation(world.db, told.lease.organisationId, (tx) => assertSafe(tx, told), { role: 'samsyn_sync' });
const broken = (invariant: string) =>
  expect.objectContaining({ code: 'run_unsafe', detail: { params: { invariant } } });

describe('in its own transaction a run is checked by what the rows say', () => {
  test('what a run has done is safe', async () => {
    const { told } = await settled();
    await expect(check(told)).resolves.toBeUndefined();
  });

  test('I1: by a role that may delete app users nothing is applied', async () => {
    const { told } = await settled();
    await world.admin.query('grant delete on app_user to samsyn_sync');
    await expect(check(told)).rejects.toEqual(broken('I1'));
    await world.admin.query('revoke delete on app_user from samsyn_sync');
  });

  test('I13: the generation grew by one', async () => {
    const { told } = await settled();
    await expect(check({ ...told, fromGeneration: told.fromGeneration - 1 })).rejects.toEqual(broken('I13'));
  });

  test('I22: nobody has taken the connection over', async () => {
    const { org, told } = await settled();
    await world.admin.query('update run_lease set fence = fence + 1 where organisation_id = $1', [org.id]);
    await expect(check(told)).rejects.toEqual(broken('I22'));
  });

  test('I23: each change has its line, each line its value', async () => {
    const { appUserId, told } = await settled();
    await expect(check({ ...told, changedFields: 2 })).rejects.toEqual(broken('I23'));
    await world.admin.query(`update app_user set fields = fields || '{"displayName":"Annat"}' where id = $1`, [
      appUserId,
    ]);
    await expect(check(told)).rejects.toEqual(broken('I23'));
  });

  test('I37: what is over a limit was not applied', async () => {
    const { told } = await settled();
    const numbers = { people: 1, peopleInWeek: 1, of: 1, allowed: 0 };
    await expect(check({ ...told, why: [{ limit: 'changed', field: 'displayName', ...numbers }] })).rejects.toEqual(
      broken('I37'),
    );
    await expect(
      check({ ...told, why: [{ limit: 'changed', field: 'jobTitle', ...numbers }] }),
    ).resolves.toBeUndefined();
  });

  test('a run that breaks one is rolled back whole, and fails by name', async () => {
    const { org, objectId } = await settled();
    // Somebody's trigger writes a name that no run has written down.
    await world.admin.query(`
      create function spoil() returns trigger language plpgsql as $$ begin
        new.fields = new.fields || '{"displayName":"Smyg"}'; return new; end $$;
      create trigger spoil before update on app_user for each row execute function spoil()`);
    store.updateUser(org.tenantId, objectId, { displayName: 'Ännu ett' });
    const before = await dump(world, org.id, [...mirrorTables, 'app_user', 'field_change', 'mirror_state']);
    const run = await org.run();
    await world.admin.query('drop trigger spoil on app_user; drop function spoil()');
    expect(run).toMatchObject({ state: 'failed', error: { code: 'run_unsafe', detail: 'I23' } });
    expect(await dump(world, org.id, [...mirrorTables, 'app_user', 'field_change', 'mirror_state'])).toEqual(before);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { changedFields: 1 } });
  });
});
