import { describe, expect, test } from 'vitest';
import { useWorld, type Org } from '../../test/factories.ts';
import { present } from '../base/assert.ts';
import { defaultMappings, type Mapping } from '../contract/settings.ts';
import { inOrganisation } from '../db/transaction.ts';
import { applyPlannedFields } from '../people/apply-fields.ts';
import { listRunChanges, listRunIssues } from './list-runs.ts';

const world = await useWorld();
const { store } = world.emulator;

const coupled = (source: Mapping['source'], target: Mapping['target'], more: Partial<Mapping> = {}): Mapping => ({
  source,
  target,
  write: 'always',
  empty: 'keep',
  ...more,
});

/** Somebody in Entra, read and linked to an app user with these fields. */
async function linked(org: Org, person: Record<string, string> = {}, fields: Record<string, string> = {}) {
  const { id: objectId } = org.addPerson(person);
  const appUserId = await org.addAppUser({ displayName: 'Någon', ...fields });
  await org.run();
  await org.link(objectId, appUserId);
  // Long ago: who was linked just now is looked at by the next run in any case.
  await world.admin.query(`update link set linked_at = now() - interval '1 hour' where organisation_id = $1`, [org.id]);
  return { objectId, appUserId };
}

async function history(org: Org, appUserId: string) {
  const { rows } = await world.admin.query<{
    field: string;
    before: string | null;
    after: string | null;
    run_id: string | null;
    actor_id: string | null;
  }>(
    'select field, before, after, run_id, actor_id from field_change where organisation_id = $1 and app_user_id = $2 order by id',
    [org.id, appUserId],
  );
  return rows;
}

describe('fields of linked people', () => {
  test('I23, I24, F33: mapped fields follow Entra, each with a line of history: before, after and the run', async () => {
    const org = await world.connect();
    const { objectId, appUserId } = await linked(org, { displayName: 'Maria Ström', surname: 'Ström' });
    const old = await org.fieldsOf(appUserId);
    store.updateUser(org.tenantId, objectId, { displayName: 'Maria Lind', surname: 'Lind' });
    store.updateUser(org.tenantId, objectId, { userPrincipalName: 'maria.lind@nytt.example' });
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', counts: { changedUsers: 1, changedFields: 2, issues: 0 } });
    expect(await org.fieldsOf(appUserId)).toEqual({ ...old, displayName: 'Maria Lind', lastName: 'Lind' });
    const lines = (await history(org, appUserId)).filter((line) => line.run_id !== null);
    expect(lines).toEqual([
      { field: 'displayName', before: 'Maria Ström', after: 'Maria Lind', run_id: run.id, actor_id: null },
      { field: 'lastName', before: 'Ström', after: 'Lind', run_id: run.id, actor_id: null },
    ]);
    const shown = await listRunChanges(world, org.actor, { id: run.id, limit: 50 });
    expect(shown.items.map(({ field, before, after }) => [field, before, after])).toEqual([
      ['displayName', 'Maria Ström', 'Maria Lind'],
      ['lastName', 'Ström', 'Lind'],
    ]);
    const { rows } = await world.admin.query('select object_id, app_user_id from link where organisation_id = $1', [
      org.id,
    ]);
    expect(rows).toEqual([{ object_id: objectId, app_user_id: appUserId }]);
  });

  test('I2, I3, I4: nothing of an app user but mapped fields changes: not other fields, sign-in, permissions or account', async () => {
    const org = await world.connect();
    const { objectId, appUserId } = await linked(
      org,
      {},
      { department: 'Egen', mobile: '070-1', 'custom:ort': 'Umeå' },
    );
    await world.admin.query(
      `update app_user set sign_in_email = 'kvar@bolag.example', permissions = '{users_and_teams}' where id = $1`,
      [appUserId],
    );
    const read = async () =>
      (await world.admin.query('select * from app_user where id = $1', [appUserId])).rows[0] as Record<string, unknown>;
    const before = await read();
    store.updateUser(org.tenantId, objectId, {
      mail: 'ny.adress@bolag.example', department: 'Entra', mobilePhone: '070-2', displayName: 'Ny',
    }); // prettier-ignore
    await org.run();
    const after = await read();
    const own = ['fields', 'updated_at', 'version', 'display_name', 'email_key', 'search_text'];
    const rest = (row: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !own.includes(name)));
    expect(rest(after)).toEqual(rest(before));
    expect(await org.fieldsOf(appUserId)).toMatchObject({
      email: 'ny.adress@bolag.example', department: 'Egen', mobile: '070-1', 'custom:ort': 'Umeå',
    }); // prettier-ignore
  });

  test('nobody who is not linked is written, however alike they are', async () => {
    const org = await world.connect();
    const person = org.addPerson({ mail: 'lik@bolag.example', displayName: 'Lik' });
    const appUserId = await org.addAppUser({ displayName: 'Lika', email: 'lik@bolag.example' });
    await org.run();
    store.updateUser(org.tenantId, person.id, { displayName: 'Olik' });
    await org.run();
    expect(await org.fieldsOf(appUserId)).toEqual({ displayName: 'Lika', email: 'lik@bolag.example' });
    expect(await history(org, appUserId)).toEqual([]);
  });

  test('I5, F36: a value that is emptied in Entra stays in the app, unless its rule is to clear it', async () => {
    const org = await world.connect({
      mappings: [
        ...defaultMappings,
        coupled('department', 'department'),
        coupled('jobTitle', 'jobTitle', { empty: 'clear' }),
        coupled('city', 'city', { empty: 'clear', write: 'when_empty' }),
      ],
    });
    const { objectId, appUserId } = await linked(org, { department: 'Drift', jobTitle: 'Chef', city: 'Luleå' });
    store.updateUser(org.tenantId, objectId, { department: null, jobTitle: null, city: null, mail: null });
    const run = await org.run();
    expect(run.counts).toMatchObject({ changedUsers: 1, changedFields: 1 });
    const fields = await org.fieldsOf(appUserId);
    expect(fields).toMatchObject({ department: 'Drift', city: 'Luleå' });
    expect(fields['email']).toBeDefined();
    expect(fields).not.toHaveProperty('jobTitle');
    expect((await history(org, appUserId)).at(-1)).toMatchObject({
      field: 'jobTitle',
      before: 'Chef',
      after: null,
      run_id: run.id,
    });
  });

  test('a field that is only filled when empty keeps what a person wrote', async () => {
    const org = await world.connect({
      mappings: [
        coupled('department', 'department', { write: 'when_empty' }),
        coupled('city', 'city', { write: 'when_empty' }),
      ],
    });
    const { objectId, appUserId } = await linked(org, { department: 'Entra', city: 'Luleå' }, { department: 'Vår' });
    expect(await org.fieldsOf(appUserId)).toMatchObject({ department: 'Vår', city: 'Luleå' });
    store.updateUser(org.tenantId, objectId, { department: 'Entra 2', city: 'Kiruna' });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { changedUsers: 0 } });
    expect(await org.fieldsOf(appUserId)).toMatchObject({ department: 'Vår', city: 'Luleå' });
  });

  test('F34: two who swap e-mail addresses both have the other one after one run', async () => {
    const org = await world.connect();
    const [one, two] = [await linked(org, { mail: 'ett@x.example' }), await linked(org, { mail: 'tva@x.example' })];
    store.updateUser(org.tenantId, one.objectId, { mail: 'tva@x.example' });
    store.updateUser(org.tenantId, two.objectId, { mail: 'ett@x.example' });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { changedUsers: 2, changedFields: 2 } });
    expect((await org.fieldsOf(one.appUserId))['email']).toBe('tva@x.example');
    expect((await org.fieldsOf(two.appUserId))['email']).toBe('ett@x.example');
  });

  test('F36: a value that the app cannot hold is an issue of the run, its field stays, and the others follow', async () => {
    const org = await world.connect({
      mappings: [...defaultMappings, coupled('jobTitle', 'jobTitle', { empty: 'clear' })],
    });
    const { objectId, appUserId } = await linked(org, { jobTitle: 'Chef' });
    for (const [length, mail] of [
      [1025, 'inte en adress'],
      [5000, 'a@b.example,evil@x.example'],
    ] as const) {
      store.updateUser(org.tenantId, objectId, { jobTitle: 'x'.repeat(length), displayName: `Namn ${length}`, mail });
      const run = await org.run();
      expect(run).toMatchObject({ state: 'ok', counts: { issues: 2, changedFields: 1 } });
      const fields = await org.fieldsOf(appUserId);
      expect(fields).toMatchObject({ jobTitle: 'Chef', displayName: `Namn ${length}` });
      expect(fields['email']).toMatch(/^person/);
      const { items } = await listRunIssues(world, org.actor, { id: run.id, limit: 50 });
      expect(items.map(({ code, field, subject }) => `${code} ${field} ${subject}`).toSorted()).toEqual([
        `value_invalid email Namn ${length}`,
        `value_too_long jobTitle Namn ${length}`,
      ]);
    }
  });

  test('F36, T20: names, addresses and numbers that no index can hold stop nobody else', async () => {
    const long = Array.from({ length: 1024 }, (_, index) => String.fromCodePoint(0x4e00 + index * 17)).join('');
    const org = await world.connect({ mappings: [...defaultMappings, coupled('streetAddress', 'employeeId')] });
    const { objectId, appUserId } = await linked(org);
    const person = { displayName: long, streetAddress: long, employeeId: long, mail: `${long}@x.example` };
    store.updateUser(org.tenantId, objectId, person);
    org.addPerson({ ...person, userPrincipalName: `${long}@y.example` });
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', counts: { people: 2, newPeople: 1, changedFields: 0, issues: 3 } });
    const { items } = await listRunIssues(world, org.actor, { id: run.id, limit: 50 });
    expect(items.map(({ code, field }) => `${code} ${field}`).toSorted()).toEqual([
      'value_too_long displayName', 'value_too_long email', 'value_too_long employeeId',
    ]); // prettier-ignore
    expect((await org.fieldsOf(appUserId))['displayName']).toMatch(/^Person/);
  });

  test('F36: control characters never reach the app', async () => {
    const org = await world.connect({ mappings: [...defaultMappings, coupled('jobTitle', 'jobTitle')] });
    const { objectId, appUserId } = await linked(org);
    store.updateUser(org.tenantId, objectId, { jobTitle: 'Che\u0000f\u0007\r\növer\ud800' });
    expect(await org.run()).toMatchObject({ state: 'ok' });
    expect((await org.fieldsOf(appUserId))['jobTitle']).toBe('Chef över\ufffd');
  });

  test('F36: what the app could not hold when linking is told by each run until it is mended, though nothing else changed', async () => {
    const org = await world.connect();
    const { id: objectId } = org.addPerson({ mail: 'inte en adress' });
    const appUserId = await org.addAppUser({ displayName: 'Någon' });
    await org.run();
    await org.link(objectId, appUserId);
    expect(await org.run()).toMatchObject({ mode: 'incremental', counts: { issues: 1 } });
    await world.admin.query(`update link set linked_at = now() - interval '1 hour' where organisation_id = $1`, [
      org.id,
    ]);
    expect(await org.run()).toMatchObject({ mode: 'incremental', counts: { issues: 1 } });
    store.updateUser(org.tenantId, objectId, { mail: 'en@adress.example' });
    expect(await org.run()).toMatchObject({ counts: { issues: 0, changedFields: 1 } });
    expect(await org.run()).toMatchObject({ counts: { issues: 0, changedFields: 0 } });
  });

  test('a newly coupled field is filled for everybody who is linked, without anybody changing in Entra', async () => {
    const org = await world.connect({ mappings: [coupled('department', 'department'), coupled('city', 'city')] });
    const { appUserId } = await linked(org, { department: 'Drift', city: 'Luleå' });
    await org.set({ mappings: [coupled('department', 'office'), coupled('city', 'city')] });
    expect(await org.run()).toMatchObject({
      state: 'ok',
      mode: 'incremental',
      counts: { changedUsers: 1, changedFields: 1 },
    });
    expect(await org.fieldsOf(appUserId)).toMatchObject({ office: 'Drift' });
  });
});

describe("a manager's name", () => {
  const mappings = [...defaultMappings, coupled('manager', 'manager', { empty: 'clear' })];

  test('comes along, and follows when the manager changes or changes name', async () => {
    const org = await world.connect({ mappings });
    const [first, second] = [
      org.addPerson({ displayName: 'Första Chefen' }),
      org.addPerson({ displayName: 'Andra Chefen' }),
    ];
    const { objectId, appUserId } = await linked(org);
    store.setManager(org.tenantId, objectId, first.id);
    await org.run();
    expect((await org.fieldsOf(appUserId))['manager']).toBe('Första Chefen');
    store.updateUser(org.tenantId, first.id, { displayName: 'Första Gifta' });
    await org.run();
    expect((await org.fieldsOf(appUserId))['manager']).toBe('Första Gifta');
    store.setManager(org.tenantId, objectId, second.id);
    await org.run();
    expect((await org.fieldsOf(appUserId))['manager']).toBe('Andra Chefen');
    store.setManager(org.tenantId, objectId, null);
    await org.run();
    expect(await org.fieldsOf(appUserId)).not.toHaveProperty('manager');
  });

  test('is cleared by its rule when the manager is deleted, whether the manager was linked or not', async () => {
    const org = await world.connect({ mappings });
    const manager = await linked(org, { displayName: 'Länkad Chef' });
    const other = org.addPerson({ displayName: 'Olänkad Chef' });
    const [one, two] = [await linked(org), await linked(org)];
    store.setManager(org.tenantId, one.objectId, manager.objectId);
    store.setManager(org.tenantId, two.objectId, other.id);
    await org.run();
    expect((await org.fieldsOf(two.appUserId))['manager']).toBe('Olänkad Chef');
    store.deleteUser(org.tenantId, manager.objectId);
    store.deleteUser(org.tenantId, other.id);
    expect(await org.run()).toMatchObject({ mode: 'incremental', counts: { changedUsers: 2 } });
    expect(await org.fieldsOf(one.appUserId)).not.toHaveProperty('manager');
    expect(await org.fieldsOf(two.appUserId)).not.toHaveProperty('manager');
  });
});

describe('who acts while a run goes on', () => {
  test('F65: a field that a person changed since it was planned is left as the person wrote it', async () => {
    const org = await world.connect();
    const { appUserId } = await linked(org);
    const run = await org.run();
    const plan = [
      [appUserId, 'displayName', 'Ett gammalt värde', 'Från Entra'],
      [appUserId, 'lastName', (await org.fieldsOf(appUserId))['lastName'], 'Nytt'],
    ];
    for (const row of plan) {
      await world.admin.query('insert into planned_change values ($1, $2, $3, $4, $5, $6)', [org.id, run.id, ...row]);
    }
    const key = { organisationId: org.id, runId: run.id };
    const applied = await inOrganisation(world.db, org.id, (tx) => applyPlannedFields(tx, key), {
      role: 'samsyn_sync',
    });
    expect(applied).toEqual({ users: 1, fields: 1 });
    expect(await org.fieldsOf(appUserId)).toMatchObject({ lastName: 'Nytt' });
    expect((await org.fieldsOf(appUserId))['displayName']).not.toBe('Från Entra');
  });

  test('who is linked while a run commits has the new values after the next run at the latest', async () => {
    const org = await world.connect();
    const { id: objectId } = org.addPerson({ displayName: 'Gammalt' });
    const appUserId = await org.addAppUser({ displayName: 'Någon' });
    await org.run();
    store.updateUser(org.tenantId, objectId, { displayName: 'Nytt' });
    // A link that saw the generation before and commits after the run.
    const [linkedNow, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const linking = inOrganisation(world.db, org.id, async (tx) => {
      const values = {
        organisation_id: org.id,
        connection_id: org.connectionId,
        object_id: objectId,
        app_user_id: appUserId,
      };
      await tx.insertInto('link').values(values).execute();
      linkedNow.resolve();
      await commit.promise;
    });
    await linkedNow.promise;
    expect(await org.run()).toMatchObject({ state: 'ok' });
    commit.resolve();
    await linking;
    expect(await org.fieldsOf(appUserId)).toEqual({ displayName: 'Någon' });
    await org.run();
    expect((await org.fieldsOf(appUserId))['displayName']).toBe('Nytt');
    expect(present((await history(org, appUserId)).at(-1), 'there is history').run_id).not.toBeNull();
  });
});
