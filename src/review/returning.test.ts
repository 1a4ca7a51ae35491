// Returning people (F32): a new entry in Entra of somebody who was linked and is gone. Proposed, moved by a click, and taken back.
import { beforeEach, expect, test } from 'vitest';
import { useWorld, type Org } from '../../test/factories.ts';
import { defaultMappings } from '../contract/settings.ts';
import { undo } from '../sync/undo.ts';
import { getReviewCounts } from './counts.ts';
import { listReview } from './lists.ts';
import { listReturning, moveLinks } from './returning.ts';

const world = await useWorld();
const { store } = world.emulator;
beforeEach(() => store.faults.clear());

/** Anna, linked, then gone from Entra. */
async function leave(org: Org, person: Record<string, string | string[]> = {}, purge = false) {
  const { id: objectId } = org.addPerson({ displayName: 'Anna', mail: 'anna@a.example', ...person });
  await org.run();
  const appUserId = await org.addAppUser({ displayName: 'Anna' });
  await org.link(objectId, appUserId);
  await org.run();
  store.deleteUser(org.tenantId, objectId);
  if (purge) store.purge(org.tenantId, objectId);
  await org.run();
  return { objectId, appUserId };
}

async function proposed(org: Org) {
  const { items } = await listReturning(world, org.actor, { limit: 50 });
  return items.map(({ person, appUser, from, reasons }) => ({
    objectId: person.id,
    appUserId: appUser.id,
    from: `${from.displayName} ${from.reason}`,
    reasons,
  }));
}

const links = async (org: Org) => {
  const { rows } = await world.admin.query<{ object_id: string; app_user_id: string }>(
    'select object_id, app_user_id from link where organisation_id = $1',
    [org.id],
  );
  return rows.map((row) => ({ objectId: row.object_id, appUserId: row.app_user_id }));
};

test('F32: who is created anew with the same address is available and not linked; the old entry stays, and the link is proposed to move', async () => {
  const org = await world.connect();
  const old = await leave(org);
  const { id: objectId } = org.addPerson({ displayName: 'Anna Berg', mail: 'ANNA@a.example' });
  await org.run();
  expect(await links(org)).toEqual([old]);
  expect(await proposed(org)).toEqual([
    { objectId, appUserId: old.appUserId, from: 'Anna deleted', reasons: ['same_email'] },
  ]);
  expect(await getReviewCounts(world, org.actor)).toMatchObject({ returning: 1, available: 1, gone: 1 });
});

test('one click moves the link (I7, I8): the app user keeps id and history, fields follow at once, and the deed names both entries', async () => {
  const org = await world.connect();
  const old = await leave(org, {}, true);
  const { id: objectId } = org.addPerson({ displayName: 'Anna Berg', mail: 'anna@a.example' });
  await org.run();
  const pair = { objectId, appUserId: old.appUserId };
  expect(await moveLinks(world, org.actor, { pairs: [pair] })).toEqual({ done: 1, refused: [] });
  expect(await links(org)).toEqual([pair]);
  expect((await org.fieldsOf(old.appUserId))['displayName']).toBe('Anna Berg');
  const { rows } = await world.admin.query<{ id: string; pairs: unknown; actor_id: string }>(
    `select id, detail -> 'pairs' as pairs, actor_id from audit_event where organisation_id = $1 and action = 'link.moved'`,
    [org.id],
  );
  expect(rows).toMatchObject([{ actor_id: org.actor.appUserId, pairs: [{ ...pair, fromObjectId: old.objectId }] }]);
  expect(await proposed(org)).toEqual([]);
  expect(await getReviewCounts(world, org.actor)).toMatchObject({ returning: 0, available: 0, gone: 0, linked: 1 });
  const history = await world.admin.query<{ after: string }>(
    `select after from field_change where app_user_id = $1 and field = 'displayName' order by id desc limit 1`,
    [old.appUserId],
  );
  expect(history.rows).toEqual([{ after: 'Anna Berg' }]);

  // Taken back, also after runs, and that taken back again.
  await org.run();
  const undone = await undo(world, org.actor, { kind: 'deed', id: rows[0]?.id ?? '', overwrite: [] });
  expect(undone).toMatchObject({ links: 2, leftAlone: 0 });
  expect(await links(org)).toEqual([old]);
  expect((await org.fieldsOf(old.appUserId))['displayName']).toBe('Anna');
  const { items } = await listReview(world, org.actor, { list: 'gone', kept: 'without', limit: 10 });
  expect(items).toMatchObject([{ appUser: { id: old.appUserId }, gone: { reason: 'purged' } }]);
  expect(await undo(world, org.actor, { kind: 'undo', id: undone.undoId, overwrite: [] })).toMatchObject({ links: 2 });
  expect(await links(org)).toEqual([pair]);
});

test.each([
  ['employee number', { employeeId: 'E7' }, { employeeId: 'e7', mail: 'other@a.example' }, 'same_employee_id'],
  ['user name', { userPrincipalName: 'anna.b@a.example' }, { userPrincipalName: 'Anna.B@a.example', mail: 'other@a.example' }, 'same_upn'],
  ['alias', {}, { mail: 'other@a.example', proxyAddresses: ['SMTP:other@a.example', 'smtp:anna@a.example'] }, 'same_alias'],
] as const)('recognised by the %s', async (_, before, after, reason) => {
  const org = await world.connect({
    mappings: [...defaultMappings, { source: 'employeeId', target: 'employeeId', write: 'always', empty: 'keep' }],
  });
  const old = await leave(org, before, true);
  const given: Record<string, unknown> = after;
  const { id: objectId } = org.addPerson({ displayName: 'Ny', ...given });
  await org.run();
  expect(await proposed(org)).toMatchObject([{ objectId, appUserId: old.appUserId, reasons: [reason] }]);
}); // prettier-ignore

test('also who left the scope; nobody is proposed for a person who is here, or for one who was ignored', async () => {
  const org = await world.connect();
  const off = org.addPerson({ displayName: 'Bo', mail: 'bo@a.example' });
  const here = org.addPerson({ displayName: 'Cia', mail: 'cia@a.example' });
  await org.run();
  const ids = [await org.addAppUser({ displayName: 'Bo' }), await org.addAppUser({ displayName: 'Cia' })] as const;
  await org.link(off.id, ids[0]);
  await org.link(here.id, ids[1]);
  store.updateUser(org.tenantId, off.id, { accountEnabled: false });
  const [again, double] = [org.addPerson({ mail: 'bo@a.example' }), org.addPerson({ mail: 'cia@a.example' })];
  await org.run();
  expect(await proposed(org)).toMatchObject([{ objectId: again.id, appUserId: ids[0], from: 'Bo disabled' }]);
  const refusals = await moveLinks(world, org.actor, {
    pairs: [
      { objectId: double.id, appUserId: ids[1] },
      { objectId: here.id, appUserId: ids[0] },
    ],
  });
  expect(refusals.done).toBe(0);
  expect(refusals.refused.map(({ code }) => code)).toEqual(['not_gone', 'not_available']);
  await world.admin.query('insert into ignored (organisation_id, tenant_id, object_id) values ($1, $2, $3)', [
    org.id, org.tenantId, again.id,
  ]); // prettier-ignore
  expect(await proposed(org)).toEqual([]);
});

test('two new entries for one person, and two clicks at once: one moves, and the other is told', async () => {
  const org = await world.connect();
  const old = await leave(org);
  const [one, two] = [org.addPerson({ mail: 'anna@a.example' }), org.addPerson({ mail: 'anna@a.example' })];
  await org.run();
  expect(await proposed(org)).toHaveLength(2);
  const results = await Promise.all(
    [one, two].map(({ id }) => moveLinks(world, org.actor, { pairs: [{ objectId: id, appUserId: old.appUserId }] })),
  );
  expect(results.map(({ done }) => done).toSorted((a, b) => a - b)).toEqual([0, 1]);
  expect(results.flatMap(({ refused }) => refused.map(({ code }) => code))).toEqual(['not_gone']);
  expect(await links(org)).toHaveLength(1);
});

test('at 20,000 people with 2,000 gone the page answers at once', async () => {
  const org = await world.connect();
  await org.run();
  await world.admin.query(
    `insert into directory_user (organisation_id, connection_id, object_id, user_principal_name, mail, display_name, account_enabled,
       user_type, employee_id, aliases, in_scope, generation, deleted_at, deleted_reason, deleted_evidence)
     select $1, $2, gen_random_uuid(), 'p' || n || '@b.example', 'p' || (case when n > 18000 then n - 18000 else n end) || '@b.example', 'P' || n, true, 'Member', n::text,
       array['p' || n || '@b.example', 'q' || n || '@b.example'], true, 1,
       case when n <= 2000 then now() end, case when n <= 2000 then 'deleted' end, case when n <= 2000 then 'deleted_items' end
     from generate_series(1, 20000) n`,
    [org.id, org.connectionId],
  );
  await world.admin.query(
    `with d as (select *, gen_random_uuid() as app_user_id from directory_user where organisation_id = $1 and deleted_at is not null),
       a as (insert into app_user (organisation_id, id, fields) select $1, app_user_id, jsonb_build_object('displayName', display_name) from d)
     insert into link (organisation_id, connection_id, object_id, app_user_id) select $1, connection_id, object_id, app_user_id from d`,
    [org.id],
  );
  await world.admin.query('analyze directory_user, app_user, link');
  const before = performance.now();
  const page = await listReturning(world, org.actor, { limit: 50 });
  const took = performance.now() - before;
  expect([page.items.length, page.next !== null]).toEqual([50, true]);
  expect(page.items[0]?.reasons).toContain('same_email');
  expect(took).toBeLessThan(5000);
}, 120_000);
