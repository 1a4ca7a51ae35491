// Clashes in a run: addresses and numbers that would be two people's are cases, and never a failed run (F34, F35).
import { beforeEach, expect, test } from 'vitest';
import { useWorld, type Org } from '../../test/factories.ts';
import { defaultMappings, type Mapping } from '../contract/settings.ts';
import { inOrganisation } from '../db/transaction.ts';
import { dropClashes } from './clashes.ts';
import { listRunIssues } from './list-runs.ts';
import { listPreviewRows } from './previews.ts';
import { executeRun } from './execute-run.ts';
import { startPreview } from './start-preview.ts';

const world = await useWorld();
const { store } = world.emulator;
beforeEach(() => store.faults.clear());

const numbers: Mapping[] = [
  ...defaultMappings,
  { source: 'mobilePhone', target: 'mobile', write: 'always', empty: 'keep' },
  { source: 'businessPhones', target: 'phone', write: 'always', empty: 'keep' },
  { source: 'employeeId', target: 'employeeId', write: 'always', empty: 'keep' },
];

/** Linked people who follow Entra, by name, each with the address `<name>@a.example`. */
async function follow(org: Org, ...names: string[]) {
  const people = names.map((name) => ({ name, ...org.addPerson({ displayName: name, mail: `${name}@a.example` }) }));
  await org.run();
  const followed = [];
  for (const { id, name } of people) {
    const appUserId = await org.addAppUser({ displayName: name });
    await org.link(id, appUserId);
    followed.push({ objectId: id, appUserId });
  }
  await org.run();
  return followed as [(typeof followed)[number], (typeof followed)[number], ...typeof followed]; // tests name two or more
}

async function cases(org: Org, runId: string) {
  const { items } = await listRunIssues(world, org.actor, { id: runId, limit: 50 });
  return items.map(({ code, subject, otherName, field }) => `${code} ${field}: ${subject}, ${otherName}`);
}

const value = async (org: Org, appUserId: string, field = 'email') => (await org.fieldsOf(appUserId))[field];

test('F35: an address that is taken by an app user without a link is skipped for that user, all else applies, and the case names both', async () => {
  const org = await world.connect();
  const [anna] = await follow(org, 'anna', 'bo');
  await org.addAppUser({ displayName: 'Oskar', email: 'TAKEN@a.example' });
  store.updateUser(org.tenantId, anna.objectId, { mail: 'taken@a.example', givenName: 'Annika' });
  const run = await org.run();
  expect(run).toMatchObject({ state: 'ok', counts: { issues: 1, changedFields: 1 } });
  expect(await cases(org, run.id)).toEqual(['email_taken email: anna, Oskar']);
  expect(await org.fieldsOf(anna.appUserId)).toMatchObject({ email: 'anna@a.example', firstName: 'Annika' });
});

test('F35: also an address that somebody signs in by; the case comes each run, and ends when the other one lets go', async () => {
  const org = await world.connect();
  const [anna] = await follow(org, 'anna', 'bo');
  const other = await org.addAppUser({ displayName: 'Oskar' }, 'oskar@a.example');
  store.updateUser(org.tenantId, anna.objectId, { mail: 'Oskar@a.example' });
  for (let run = 1; run <= 2; run += 1) {
    expect(await cases(org, (await org.run()).id)).toEqual(['email_taken email: anna, Oskar']);
  }
  await world.admin.query('update app_user set sign_in_email = null where id = $1', [other]);
  expect(await org.run()).toMatchObject({ counts: { issues: 0, changedFields: 1 } });
  expect(await value(org, anna.appUserId)).toBe('Oskar@a.example');
});

test('F34: two who swap their addresses, and three who pass them round, do not clash', async () => {
  const org = await world.connect();
  const people = await follow(org, 'a', 'b', 'c', 'd', 'e');
  for (const [from, to] of [
    [0, 'b'],
    [1, 'a'],
    [2, 'd'],
    [3, 'e'],
    [4, 'c'],
  ] as const) {
    store.updateUser(org.tenantId, people[from]?.objectId ?? '', { mail: `${to}@a.example` });
  }
  expect(await org.run()).toMatchObject({ state: 'ok', counts: { issues: 0, changedFields: 5 } });
  expect(await value(org, people[0].appUserId)).toBe('b@a.example');
  expect(await value(org, people[1].appUserId)).toBe('a@a.example');
});

test('who would get what a blocked one was to give away is blocked too, however long the line', async () => {
  const org = await world.connect();
  const people = await follow(org, 'a', 'b', 'c', 'd');
  await org.addAppUser({ displayName: 'Oskar', email: 'last@a.example' });
  for (const [index, to] of ['b', 'c', 'd', 'last'].entries()) {
    store.updateUser(org.tenantId, people[index]?.objectId ?? '', { mail: `${to}@a.example` });
  }
  const run = await org.run();
  expect(await cases(org, run.id)).toEqual([
    'email_taken email: a, b', 'email_taken email: b, c', 'email_taken email: c, d', 'email_taken email: d, Oskar',
  ]); // prettier-ignore
  expect(run.counts.changedFields).toBe(0);
});

test('two who would get the same address at once: neither does; another way to write the own one is no clash', async () => {
  const org = await world.connect();
  const [a, b, c] = await follow(org, 'a', 'b', 'c');
  store.updateUser(org.tenantId, a.objectId, { mail: 'new@a.example' });
  store.updateUser(org.tenantId, b.objectId, { mail: 'new@a.example' });
  store.updateUser(org.tenantId, c?.objectId ?? '', { mail: 'C@a.example' });
  const run = await org.run();
  expect(await cases(org, run.id)).toEqual(['email_taken email: a, b', 'email_taken email: b, a']);
  expect(await value(org, c?.appUserId ?? '')).toBe('C@a.example');
});

test('numbers: mobile and phone together, however they are written, and the employee number', async () => {
  const org = await world.connect({ mappings: numbers });
  const [anna, bo] = await follow(org, 'anna', 'bo');
  await org.addAppUser({ displayName: 'Oskar', phone: '+46 8 123 45 67', employeeId: 'X17' });
  store.updateUser(org.tenantId, anna.objectId, { mobilePhone: '+46 (8) 123-45 67', employeeId: 'x17' });
  // The same number twice is nothing where it is one person's.
  store.updateUser(org.tenantId, bo.objectId, { mobilePhone: '+46 70 1', businessPhones: ['+46701'] });
  const run = await org.run();
  expect((await cases(org, run.id)).toSorted()).toEqual([
    'number_taken employeeId: anna, Oskar',
    'number_taken mobile: anna, Oskar',
  ]);
  expect(await org.fieldsOf(bo.appUserId)).toMatchObject({ mobile: '+46 70 1', phone: '+46701' });
});

test('a preview shows clashes and changes nothing', async () => {
  const org = await world.connect();
  const [anna] = await follow(org, 'anna', 'bo');
  await org.addAppUser({ displayName: 'Oskar', email: 'taken@a.example' });
  store.updateUser(org.tenantId, anna.objectId, { mail: 'taken@a.example' });
  const preview = await startPreview({ ...world.deps, db: world.db }, org.actor, {});
  await executeRun(world.deps, { organisationId: org.id, runId: preview.id }, new AbortController().signal);
  const { items } = await listPreviewRows(world, org.actor, { id: preview.id, limit: 50 });
  expect(items).toMatchObject([{ kind: 'clash', reason: 'email_taken', displayName: 'anna', after: 'Oskar' }]);
  expect(await value(org, anna.appUserId)).toBe('anna@a.example');
});

test('many who would get one number, or pass addresses on in a long line, are no more work than two', async () => {
  const org = await world.connect();
  const { id: runId } = await org.run();
  await world.admin.query(
    `with a as (
       insert into app_user (organisation_id, id, fields)
       select $1, gen_random_uuid(), jsonb_build_object('displayName', 'P' || n, 'email', n || '@a.example') from generate_series(1, 4000) n
       returning id, fields)
     insert into planned_change (organisation_id, run_id, app_user_id, field, before, after)
     select $1, $2::uuid, id, 'mobile', null, '+46 8 1' from a
     union all
     -- The first one's is taken by the administrator below, so each of the line is blocked by the one before.
     select $1, $2, id, 'email', fields ->> 'email', (split_part(fields ->> 'email', '@', 1)::int - 1) || '@a.example' from a`,
    [org.id, runId],
  );
  await org.addAppUser({ displayName: 'Oskar', email: '0@a.example' });
  const before = performance.now();
  const { organisationId, connectionId } = { organisationId: org.id, connectionId: org.connectionId };
  const dropped = await inOrganisation(
    world.db,
    org.id,
    (tx) => dropClashes(tx, { organisationId, connectionId, runId }),
    { role: 'samsyn_sync', joinsWholeTables: true },
  );
  expect(dropped).toBe(8000);
  expect(performance.now() - before).toBeLessThan(10_000);
});
