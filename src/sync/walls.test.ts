import { describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { createJobs } from '../jobs/jobs.ts';
import { installJobs } from '../jobs/install.ts';
import { dump, useWorld, type Org } from '../../test/factories.ts';
import { inOrganisation } from '../db/transaction.ts';
import { listReview } from '../review/lists.ts';

const world = await useWorld();
const { store } = world.emulator;

async function linked(org: Org): Promise<{ objectId: string; appUserId: string }> {
  const { id: objectId } = org.addPerson();
  const appUserId = await org.addAppUser({ displayName: 'Någon' }, 'nagon@bolag.example');
  await org.run();
  await org.link(objectId, appUserId);
  return { objectId, appUserId };
}

/** Each table with an organisation in it. */
async function listTables(): Promise<string[]> {
  const { rows } = await world.admin.query<{ table_name: string }>(`
    select c.table_name from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
    where c.table_schema = 'public' and c.column_name = 'organisation_id' order by 1`);
  return rows.map((row) => row.table_name);
}

describe('organisations', () => {
  test('I33: whatever happens in one, the rows of another stay byte for byte as they were', async () => {
    const [a, b] = [await world.connect(), await world.connect()];
    const theirs = await linked(b);
    await b.run();
    const tables = await listTables();
    expect(tables).toContain('app_user');
    const before = await dump(world, b.id, tables);
    expect(before['directory_user']).toHaveLength(1);
    const ours = await linked(a);
    store.updateUser(a.tenantId, ours.objectId, { displayName: 'Nytt' });
    await a.run();
    store.deleteUser(a.tenantId, ours.objectId);
    await a.run();
    store.faults.add({ match: { path: '/v1.0/' }, answer: { status: 403 } });
    expect(await a.run()).toMatchObject({ state: 'failed' });
    store.faults.clear();
    store.updateUser(b.tenantId, theirs.objectId, { displayName: 'Bara deras' });
    await a.run();
    expect(await dump(world, b.id, tables)).toEqual(before);
  });

  test('two who read the same tenant one after the other share nothing', async () => {
    const a = await world.connect();
    const { objectId, appUserId } = await linked(a);
    await world.admin.query(`update connection set status = 'off', turned_off_at = now() where id = $1`, [
      a.connectionId,
    ]);
    const before = await dump(world, a.id, await listTables());
    const b = await world.connect({ tenantId: a.tenantId });
    await b.run();
    const list = await listReview(world, b.actor, { list: 'available', kept: 'without', limit: 50 });
    expect(list.items.map((row) => row.person?.id)).toEqual([objectId]);
    store.updateUser(a.tenantId, objectId, { displayName: 'Nytt' });
    await b.run();
    expect(await dump(world, a.id, await listTables())).toEqual(before);
    expect((await a.fieldsOf(appUserId))['displayName']).not.toBe('Nytt');
  });

  test('T10, I32: within the transactions of a run no row of another organisation is seen or written', async () => {
    const [a, b] = [await world.connect(), await world.connect()];
    const { appUserId } = await linked(b);
    await inOrganisation(
      world.db,
      a.id,
      async (tx) => {
        for (const table of [
          'app_user',
          'directory_user',
          'mirror_state',
          'link',
          'connection',
          'sync_run',
          'run_lease',
        ]) {
          const { rows } = await sql<{ rows: number }>`
            select count(*)::int as rows from ${sql.table(table)} where organisation_id = ${b.id}`.execute(tx);
          expect(rows, table).toEqual([{ rows: 0 }]);
        }
        const { numAffectedRows } = await sql`update app_user set fields = '{}' where id = ${appUserId}`.execute(tx);
        expect(Number(numAffectedRows ?? 0)).toBe(0);
      },
      { role: 'samsyn_sync' },
    );
    const foreign = sql`
      insert into field_change (organisation_id, app_user_id, field, after) values (${b.id}, ${appUserId}, 'city', 'x')`;
    await expect(
      inOrganisation(world.db, a.id, (tx) => foreign.execute(tx), { role: 'samsyn_sync' }),
    ).rejects.toMatchObject({
      code: '42501',
    });
  });
});

describe('what a run may do (I1, I2, I7)', () => {
  const forbidden: [string, string][] = [
    ['make an app user', `insert into app_user (organisation_id, id) values ($org, gen_random_uuid())`],
    ['delete an app user', `delete from app_user where id = $user`],
    ['remove an app user', `update app_user set removed_at = now() where id = $user`],
    ['change who signs in', `update app_user set account_id = null where id = $user`],
    ['change the sign-in address', `update app_user set sign_in_email = 'x@y.example' where id = $user`],
    ['change permissions', `update app_user set permissions = '{users_and_teams}' where id = $user`],
    ['empty the table', `truncate app_user cascade`],
    [
      'link',
      `insert into link (organisation_id, connection_id, object_id, app_user_id) values ($org, $org, $user, $user)`,
    ],
    ['unlink', `delete from link where app_user_id = $user`],
    ['move a link', `update link set object_id = gen_random_uuid() where app_user_id = $user`],
    ['ignore', `insert into ignored (organisation_id, tenant_id, object_id) values ($org, $org, $user)`],
    ['stop ignoring', `delete from ignored where object_id = $user`],
    ['rewrite history', `update field_change set after = 'x' where app_user_id = $user`],
    ['delete history', `delete from field_change where app_user_id = $user`],
    ['rewrite the audit trail', `update audit_event set action = 'x'`],
    ['turn off', `update connection set turned_off_at = now() where organisation_id = $org`],
    ['change settings', `update connection set scope = 'all' where organisation_id = $org`],
    ['read a session', `select from auth_session`],
    ['read a password', `select password from auth_account`],
  ];
  test.each(forbidden)('its role may not %s', async (_what, statement) => {
    const org = await world.connect();
    const appUserId = await org.addAppUser({ displayName: 'Någon' });
    const text = statement.replaceAll('$org', `'${org.id}'`).replaceAll('$user', `'${appUserId}'`);
    const attempt = inOrganisation(world.db, org.id, (tx) => sql.raw(text).execute(tx), { role: 'samsyn_sync' });
    await expect(attempt).rejects.toMatchObject({ code: '42501' });
  });

  test('its role may write fields', async () => {
    const org = await world.connect();
    const appUserId = await org.addAppUser({ displayName: 'Någon' });
    const write = sql`update app_user set fields = '{"city": "Luleå"}', updated_at = now(), version = version + 1 where id = ${appUserId}`;
    await inOrganisation(world.db, org.id, (tx) => write.execute(tx), { role: 'samsyn_sync' });
    expect(await org.fieldsOf(appUserId)).toEqual({ city: 'Luleå' });
  });
});

describe('telling, as part of the run', () => {
  test('I25: who chose it is told in the app, and an address by one mail whose job is made in the same transaction', async () => {
    await installJobs(world.ownerConnectionString);
    const jobs = createJobs(world.deps);
    await jobs.start();
    try {
      const org = await world.connect();
      const { objectId } = await linked(org);
      for (const [position, [person, email]] of [[org.actor.appUserId, null], [null, 'it@bolag.example']].entries()) {
        await world.admin.query(
          'insert into notice_recipient (organisation_id, connection_id, id, app_user_id, email, kinds, position) values ($1, $2, gen_random_uuid(), $3, $4, $5, $6)',
          [org.id, org.connectionId, person, email, ['gone', 'changed', 'new_people'], position],
        );
      } // prettier-ignore
      store.deleteUser(org.tenantId, objectId);
      org.addPerson();
      expect(await org.run({ jobs })).toMatchObject({ state: 'ok', counts: { gone: 1, newPeople: 1 } });
      const told = await world.admin.query(
        'select app_user_id, kind, params from notification where organisation_id = $1 order by kind',
        [org.id],
      );
      expect(told.rows).toEqual([
        { app_user_id: org.actor.appUserId, kind: 'gone', params: { count: 1 } },
        { app_user_id: org.actor.appUserId, kind: 'new_people', params: { count: 1 } },
      ]);
      const mails = await world.admin.query('select recipient from outbox where organisation_id = $1', [org.id]);
      expect(mails.rows).toEqual([{ recipient: 'it@bolag.example' }]);
      const queued = await world.admin.query(
        `select name from pgboss.job where name = 'mail' and data ->> 'organisationId' = $1`,
        [org.id],
      );
      expect(queued.rows).toEqual([{ name: 'mail' }]);
      await org.run({ jobs });
      expect(
        (await world.admin.query('select from notification where organisation_id = $1', [org.id])).rows,
      ).toHaveLength(2);
    } finally {
      await jobs.stop();
    }
  });
});
