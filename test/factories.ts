// What tests of runs and reviews begin with: an emulator, a real Graph client, and organisations that are each connected to a
// small tenant of their own, so that tests in one file do not see one another.
import pg from 'pg';
import { afterAll } from 'vitest';
import type { UserInput } from '../emulator/store/input.ts';
import { startEmulator, type Emulator } from '../emulator/server.ts';
import { present } from '../src/base/assert.ts';
import type { Actor } from '../src/base/actor.ts';
import { systemClock, type Clock } from '../src/base/clock.ts';
import { newId } from '../src/base/ids.ts';
import { createLogger } from '../src/base/log.ts';
import type { Run } from '../src/contract/api-runs.ts';
import { defaultMappings, type Mapping } from '../src/contract/settings.ts';
import type { Database } from '../src/db/pool.ts';
import { createGraph } from '../src/graph/graph.ts';
import { link } from '../src/review/link.ts';
import { executeRun } from '../src/sync/execute-run.ts';
import { getRun } from '../src/sync/list-runs.ts';
import type { RunDeps } from '../src/sync/run-deps.ts';
import { startRun } from '../src/sync/start-run.ts';
import { useDatabase } from './database.ts';
import type { Relay } from './theft/relay.ts';

export const clientId = '11111111-2222-4333-8444-555555555555';
const clientSecret = 'demo-secret-not-for-production';
const permissions = ['User.Read.All', 'GroupMember.Read.All'];

export interface World {
  db: Database;
  /** Of the superuser, for arranging and for looking across the walls. */
  admin: pg.Client;
  ownerConnectionString: string;
  emulator: Emulator;
  deps: RunDeps;
  connect(options?: ConnectOptions): Promise<Org>;
  /** One more session of the superuser, for looking while the other is busy. */
  reader(): Promise<pg.Client>;
}

export interface ConnectOptions {
  mappings?: readonly Mapping[];
  /** Ids of chosen groups; without them everybody counts. */
  groups?: readonly { id: string; name: string }[];
  includeGuests?: boolean;
  includeDisabled?: boolean;
  /** An earlier organisation's tenant, or one of the seed. */
  tenantId?: string;
  /** This organisation connects once more to its tenant; the connection before must be off. */
  again?: Org;
}

/** An organisation with an administrator and an active connection. */
export interface Org {
  id: string;
  connectionId: string;
  tenantId: string;
  actor: Actor;
  addPerson(person?: Partial<UserInput> & { id?: string }): { id: string };
  addAppUser(fields?: Record<string, string>, signInEmail?: string): Promise<string>;
  /** A person of the directory with an app user who follows them; links only who has been read. */
  link(objectId: string, appUserId: string): Promise<void>;
  start(): Promise<string>;
  /** From the button to the end. */
  run(deps?: Partial<RunDeps>): Promise<Run>;
  fieldsOf(appUserId: string): Promise<Record<string, string>>;
  /** Raises the version, as saving a step does. */
  set(settings: ConnectOptions): Promise<void>;
}

/** Graph's waits pass in no time; the watch over an exchange looks once a real second. */
const hastyClock: Clock = {
  now: () => systemClock.now(),
  monotonicMs: () => systemClock.monotonicMs(),
  sleep: (ms, signal) => systemClock.sleep(ms === 1000 ? ms : 0, signal),
};

export async function useWorld(
  options: { seed?: 'demo' | 'none'; users?: number; relay?: Relay } = {},
): Promise<World> {
  const { db, connectionString, adminConnectionString } = await useDatabase({ maxConnections: 8 });
  const admin = new pg.Client({ connectionString: adminConnectionString });
  await admin.connect();
  const emulator = await startEmulator({
    seed: options.seed ?? 'none',
    users: options.users ?? 0,
    ...(options.relay ? { publicUrl: options.relay.url } : {}),
  });
  options.relay?.aim(emulator.port);
  const readers: pg.Client[] = [];
  // The database is dropped by a hook that was set earlier, and so runs later.
  afterAll(async () => {
    await emulator.close();
    await Promise.all([admin, ...readers].map((client) => client.end()));
  });
  const log = createLogger({ level: 'silent' });
  const url = options.relay?.url ?? emulator.url;
  const config = { clientId, clientSecret, loginUrl: url, graphUrl: url };
  const deps: RunDeps = {
    db,
    clock: systemClock,
    log,
    graph: createGraph({ config, clock: hastyClock, log }),
    // What a job would do is done by the test itself.
    jobs: { enqueue: async () => undefined },
  };
  const world: World = {
    db,
    admin,
    ownerConnectionString: connectionString,
    emulator,
    deps,
    connect: (given = {}) => connect(world, given),
    async reader() {
      const client = new pg.Client({ connectionString: adminConnectionString });
      readers.push(client);
      await client.connect();
      return client;
    },
  };
  return world;
}

let tenants = 0;

async function connect(world: World, options: ConnectOptions): Promise<Org> {
  const { admin, emulator, db, deps } = world;
  const { store } = emulator;
  const { again } = options;
  const [id, connectionId, adminId] = [again?.id ?? newId(), newId(), again?.actor.appUserId ?? newId()];
  const domain = `bolag${(tenants += 1)}.example`;
  const tenantId =
    options.tenantId ??
    again?.tenantId ??
    store.createTenant({ displayName: `Bolag ${tenants}`, domains: [domain] }).id;
  store.grant(tenantId, clientId, permissions);
  if (!again) await insertOrganisation(admin, { id, adminId, name: `Bolag ${tenants}`, email: `it@${domain}` });
  await admin.query(
    `insert into connection (organisation_id, id, tenant_id, tenant_name, status, consented_by_name, consented_by_oid, consented_at,
       scope, mode, steps_done) values ($1, $2, $3, $4, 'active', 'Ada Admin', $5, now(), 'all', 'manual', '{groups,fields,notices,schedule}')`,
    [id, connectionId, tenantId, `Bolag ${tenants}`, newId()],
  );
  const actor: Actor = {
    organisationId: id,
    appUserId: adminId,
    name: 'Ada Admin',
    permissions: ['users_and_teams'],
    requestId: newId(),
  };
  let people = 0;

  const org: Org = {
    id,
    connectionId,
    tenantId,
    actor,
    addPerson(person = {}) {
      people += 1;
      const name = `Person ${people}`;
      const mail = `person.${people}@${domain}`;
      const { displayName = name, ...rest } = person;
      return store.createUser(tenantId, {
        displayName,
        givenName: 'Person',
        surname: String(people),
        userPrincipalName: mail,
        mail,
        ...rest,
      });
    },
    async addAppUser(fields = {}, signInEmail) {
      const appUserId = newId();
      await admin.query(
        'insert into app_user (organisation_id, id, fields, sign_in_email) values ($1, $2, $3, $4)',
        [id, appUserId, JSON.stringify(fields), signInEmail ?? null], // prettier-ignore
      );
      return appUserId;
    },
    async link(objectId, appUserId) {
      const { done, refused } = await link({ db }, actor, { pairs: [{ objectId, appUserId }] });
      if (done !== 1) throw new Error(`could not be linked: ${JSON.stringify(refused)}`);
    },
    start: async () => (await startRun(deps, actor)).id,
    async run(given = {}) {
      const runId = await org.start();
      await executeRun({ ...deps, ...given }, { organisationId: id, runId }, new AbortController().signal);
      return getRun({ db }, actor, { id: runId });
    },
    async fieldsOf(appUserId) {
      const { rows } = await admin.query<{ fields: Record<string, string> }>(
        'select fields from app_user where organisation_id = $1 and id = $2',
        [id, appUserId],
      );
      return present(rows[0], 'the app user exists').fields;
    },
    async set({ mappings, groups, includeGuests, includeDisabled }) {
      const of = [id, connectionId];
      const on = 'where organisation_id = $1 and connection_id = $2';
      if (mappings) {
        await admin.query(`delete from attribute_mapping ${on}`, of);
        for (const [position, { source, target, write, empty }] of mappings.entries()) {
          await admin.query(
            'insert into attribute_mapping (organisation_id, connection_id, source, target, write_rule, empty_rule, position) values ($1, $2, $3, $4, $5, $6, $7)',
            [...of, source, target, write, empty, position],
          );
        }
      }
      if (groups) {
        await admin.query(`delete from connection_group ${on}`, of);
        for (const group of groups) {
          await admin.query('insert into connection_group values ($1, $2, $3, $4)', [...of, group.id, group.name]);
        }
      }
      await admin.query(
        `update connection set settings_version = settings_version + 1, scope = coalesce($3, scope),
           include_guests = coalesce($4, include_guests), include_disabled = coalesce($5, include_disabled)
         where organisation_id = $1 and id = $2`,
        [...of, groups ? (groups.length > 0 ? 'groups' : 'all') : null, includeGuests ?? null, includeDisabled ?? null],
      );
    },
  };
  await org.set({ mappings: defaultMappings, ...options });
  return org;
}

async function insertOrganisation(
  admin: pg.Client,
  { id, adminId, name, email }: { id: string; adminId: string; name: string; email: string },
): Promise<void> {
  await admin.query('insert into organisation (id, name) values ($1, $2)', [id, name]);
  await admin.query('insert into auth_user (id, name, email) values ($1, $2, $3)', [adminId, 'Admin', email]);
  await admin.query(
    `insert into app_user (organisation_id, id, account_id, sign_in_email, fields, permissions) values ($1, $2::uuid, $6, $3, $4, $5)`,
    [id, adminId, email, JSON.stringify({ displayName: 'Ada Admin' }), ['users_and_teams'], adminId],
  );
}

/** Every row of an organisation in the tables that its people can see the effect of, with the transaction that wrote it. */
export async function dump(world: World, organisationId: string, tables: readonly string[] = visibleTables) {
  const found: Record<string, unknown[]> = {};
  for (const table of tables) {
    const { rows } = await world.admin.query(
      `select t.xmin::text as "written by", to_jsonb(t) as row from ${table} t where organisation_id = $1 order by to_jsonb(t)::text`,
      [organisationId],
    );
    found[table] = rows;
  }
  return found;
}

/** What a run has read and nobody sees, and where it stands. */
export const readingTables = ['staging_user', 'staging_group', 'staging_membership', 'pull_progress'];
export const mirrorTables = ['directory_user', 'directory_group', 'directory_membership'];
export const visibleTables = [
  ...mirrorTables,
  'mirror_state',
  'app_user',
  'field_change',
  'link',
  'ignored',
  'attribute_mapping',
  'connection_group',
];
