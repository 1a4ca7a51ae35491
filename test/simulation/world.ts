// Where a history takes place: three organisations with their tenants, in a database slot and an emulator of their own, and what the
// parties need of the outside.
import { openKeys, type Keys } from '../../emulator/keys.ts';
import { DEFAULT_APP } from '../../emulator/model.ts';
import type { Outside } from '../../emulator/outside.ts';
import { Store } from '../../emulator/store.ts';
import type { Actor } from '../../src/base/actor.ts';
import { newId } from '../../src/base/ids.ts';
import { createLogger } from '../../src/base/log.ts';
import { createGraph, type Graph } from '../../src/graph/graph.ts';
import type { QueueName } from '../../src/jobs/queues.ts';
import type { RunDeps } from '../../src/sync/run-deps.ts';
import { enqueueIn, type SimulatedDatabase } from './database.ts';
import { applyChange, newPerson, type Drawing } from './directory.ts';
import { Model } from './model.ts';
import type { DirectoryChange } from './model-directory.ts';
import { emulatorUrl, type Network } from './network.ts';
import type { HistoryPlan, OrganisationPlan } from './plan.ts';
import type { Party, Scheduler } from './scheduler.ts';
import type { Seeded } from './seeded.ts';
import type { Slot } from './slot.ts';

export interface Organisation {
  /** A, B or C. */
  name: string;
  plan: OrganisationPlan;
  id: string;
  connectionId: string;
  tenantId: string;
  actor: Actor;
  model: Model;
  drawing: Drawing;
  /** Makes it happen in the emulator, and tells the model. */
  change(change: DirectoryChange): void;
  /** Whether somebody was deleted, or not there yet, at some time from one moment to another; and whether they were there at some time. */
  wasAway(objectId: string, fromMs: number, toMs: number): boolean;
  wasHere(objectId: string, fromMs: number, toMs: number): boolean;
}

export interface Place {
  store: Store;
  outside: Outside;
  organisations: Organisation[];
}

let keys: Promise<Keys> | undefined;

const appPermissions = ['User.Read.All', 'GroupMember.Read.All'];

/** Ids in the order of time, as the product makes them, but of the seed. */
export async function buildPlace(options: {
  plan: HistoryPlan;
  seed: Seeded;
  scheduler: Scheduler;
  slot: Slot;
}): Promise<Place> {
  const { plan, seed, scheduler, slot } = options;
  const store = new Store();
  store.clock = () => scheduler.nowMs();
  store.putApp(structuredClone(DEFAULT_APP));
  store.changeSettings({ pageSizes: plan.pageSizes, deltaQuirks: plan.quirks, throttling: { enforced: false } });
  const outside: Outside = {
    store,
    keys: await (keys ??= openKeys(undefined)),
    publicUrl: emulatorUrl,
    origins: [emulatorUrl],
    issuerOrigin: 'https://login.microsoftonline.com',
    judge: null,
  };
  // Of an earlier history, whose tenants may be the same.
  await slot.superuser.query(`update connection set status = 'off', turned_off_at = now() where status <> 'off'`);
  const organisations: Organisation[] = [];
  for (const [index, one] of plan.organisations.entries()) {
    const organisation = buildOrganisation({ store, scheduler, seed: seed.stream(`place ${index}`), index, plan: one });
    await insertOrganisation(slot, organisation, scheduler.nowMs());
    organisations.push(organisation);
  }
  return { store, outside, organisations };
}

function buildOrganisation(of: {
  store: Store;
  scheduler: Scheduler;
  seed: Seeded;
  index: number;
  plan: OrganisationPlan;
}): Organisation {
  const { store, scheduler, seed, index, plan } = of;
  const name = 'ABC'.charAt(index);
  const domain = `${name.toLowerCase()}.example`;
  const tenantId = store.createTenant({ id: seed.uuid(), displayName: `Bolag ${name}`, domains: [domain] }).id;
  store.grant(tenantId, DEFAULT_APP.clientId, appPermissions);
  const drawing: Drawing = { seed: seed.stream('directory'), store, tenantId, domain };
  const id = newId();
  const stays: { id: string; fromMs: number; toMs: number }[] = [];
  const organisation: Organisation = {
    name,
    plan,
    id,
    connectionId: newId(),
    tenantId,
    actor: {
      organisationId: id,
      appUserId: newId(),
      name: 'Ada Admin',
      permissions: ['users_and_teams'],
      requestId: newId(),
    },
    model: new Model({ unique: ['email', 'mobile'] }),
    drawing,
    change(change) {
      applyChange(store, tenantId, change);
      organisation.model.happened(scheduler.nowMs(), change);
      const nowMs = scheduler.nowMs();
      if (change.op === 'create' || change.op === 'restore')
        stays.push({ id: change.id, fromMs: nowMs, toMs: Infinity });
      if (change.op === 'softDelete' || change.op === 'hardDelete')
        for (const stay of stays) if (stay.id === change.id) stay.toMs = Math.min(stay.toMs, nowMs);
    },
    wasAway: (objectId, fromMs, toMs) =>
      !stays.some((stay) => stay.id === objectId && stay.fromMs <= fromMs && stay.toMs > toMs),
    wasHere: (objectId, fromMs, toMs) =>
      stays.some((stay) => stay.id === objectId && stay.fromMs <= toMs && stay.toMs >= fromMs),
  };
  for (let person = 0; person < plan.people; person += 1) organisation.change(newPerson(drawing));
  const people = [...store.tenant(tenantId).users.keys()];
  for (let group = 0; group < plan.groups; group += 1) {
    const members = people.filter(() => seed.hits(0.6));
    organisation.change({ op: 'createGroup', id: seed.uuid(), name: `Grupp ${group + 1}`, members });
  }
  return organisation;
}

async function insertOrganisation({ superuser }: Slot, of: Organisation, nowMs: number): Promise<void> {
  const { id, connectionId, tenantId, name, plan, actor, model, drawing } = of;
  const groups = [...drawing.store.tenant(tenantId).groups.values()].slice(0, plan.chosen);
  const settings = [
    ['A user of the app who administers', `insert into organisation (id, name) values ($1, $2)`, [id, `Bolag ${name}`]],
    [
      'an account',
      `insert into auth_user (id, name, email) values ($1, 'Ada Admin', $2)`,
      [actor.appUserId, `${actor.appUserId}@${name}.example`],
    ],
    [
      'its person',
      `insert into app_user (organisation_id, id, account_id, sign_in_email, fields, permissions)
         values ($1, $2::uuid, $2::text, $3, '{"displayName": "Ada Admin"}', '{users_and_teams}')`,
      [id, actor.appUserId, `${actor.appUserId}@${name}.example`],
    ],
    [
      'a connection',
      `insert into connection (organisation_id, id, tenant_id, tenant_name, status, consented_by_name, consented_by_oid, consented_at,
         scope, mode, steps_done, include_guests, include_disabled)
       values ($1, $2, $3, 'Bolag', 'active', 'Ada', $4, $5, $6, 'daily', '{groups,fields,notices,schedule}', $7, $8)`,
      [
        id,
        connectionId,
        tenantId,
        newId(),
        new Date(nowMs),
        groups.length > 0 ? 'groups' : 'all',
        plan.includeGuests,
        plan.includeDisabled,
      ],
    ],
    [
      'its groups',
      `insert into connection_group select $1, $2, g.id, g.name from jsonb_to_recordset($3::jsonb) as g (id uuid, name text)`,
      [id, connectionId, JSON.stringify(groups.map((group) => ({ id: group.id, name: group.props['displayName'] })))],
    ],
    [
      'its mappings',
      `insert into attribute_mapping (organisation_id, connection_id, source, target, write_rule, empty_rule, position)
       select $1, $2, m.source, m.target, m.write, m.empty, m.ordinality
       from rows from (jsonb_to_recordset($3::jsonb) as (source text, target text, write text, empty text)) with ordinality as m`,
      [id, connectionId, JSON.stringify(plan.mappings)],
    ],
    [
      'who is told',
      `insert into notice_recipient (organisation_id, connection_id, id, app_user_id, kinds, position)
       values ($1, $2, $3, $4, '{new_people,changed,gone,run_failed,connection_trouble}', 0)`,
      [id, connectionId, newId(), actor.appUserId],
    ],
  ] as const;
  await superuser.query(`select set_config('sim.now', $1, false)`, [new Date(nowMs).toISOString()]);
  for (const [what, text, values] of settings)
    await superuser.query({ name: `place ${what}`, text, values: [...values] });
  if (plan.limits !== null)
    await superuser.query({
      name: 'place limits',
      text: 'insert into brake_limit (organisation_id, connection_id, limits) values ($1, $2, $3)',
      values: [id, connectionId, JSON.stringify(plan.limits)],
    });
  model.done(nowMs, { deed: 'addAppUser', user: actor.appUserId, fields: { displayName: 'Ada Admin' } });
  model.done(nowMs, { deed: 'saveMappings', mappings: plan.mappings });
  model.done(nowMs, {
    deed: 'chooseGroups',
    choice: {
      scope: groups.length > 0 ? 'groups' : 'all',
      groups: groups.map((group) => group.id),
      includeGuests: plan.includeGuests,
      includeDisabled: plan.includeDisabled,
    },
  });
}

export interface Outfit {
  deps: RunDeps;
  graph: Graph;
}

const log = createLogger({ level: 'silent' });

/** What the product gets of the outside, when it runs as this party. */
export function outfit(of: {
  party: Party;
  scheduler: Scheduler;
  database: SimulatedDatabase;
  network: Network;
  enqueue: (job: { queue: QueueName; data: unknown; delaySeconds: number }) => void;
}): Outfit {
  const { party, scheduler, database, network, enqueue } = of;
  const clock = scheduler.clock(party);
  const graph = createGraph({
    config: {
      clientId: DEFAULT_APP.clientId,
      clientSecret: DEFAULT_APP.secret,
      loginUrl: emulatorUrl,
      graphUrl: emulatorUrl,
    },
    clock,
    log,
    exchange: network.of(party),
    chance: scheduler.chance(`graph/${party.name}`),
  });
  const deps: RunDeps = {
    db: database.of(party),
    clock,
    log,
    graph,
    jobs: {
      async enqueue(queue, data, { tx, delaySeconds = 0 } = {}) {
        if (tx) await enqueueIn(tx, { queue, data, delaySeconds });
        else enqueue({ queue, data, delaySeconds });
      },
    },
  };
  return { deps, graph };
}
