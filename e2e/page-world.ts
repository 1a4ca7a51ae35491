// An organisation in full use: people linked, suggested, ignored and gone, runs that changed something and one that failed, and
// notifications of all of it. And the second organisation, which is not connected, on whose way through the steps one can follow.
import { userId } from '../emulator/people.ts';
import { defaultBrakeLimits } from '../src/contract/brake.ts';
import type { Mapping } from '../src/contract/settings.ts';
import { appUserIdOf, arrangeConnection, call, configure, group, sync } from './arrange.ts';
import { eventually, type Visitor } from './visitor.ts';
import { administrator, tenantId, type World } from './world.ts';

export const otherOrganisationId = '0192a000-0000-7000-8000-000000000002';
export const otherOrganisationName = 'Norrsken Fiber AB';
export const otherTenant = {
  id: 'bbbbbbbb-0002-4000-8000-000000000002',
  name: 'Fjällbygg AB',
  signer: 'erik.fjall@fjallbygg.se',
};

const always = { write: 'always', empty: 'keep' } as const;
const mappings: Mapping[] = [
  { source: 'givenName', target: 'firstName', ...always },
  { source: 'surname', target: 'lastName', ...always },
  { source: 'displayName', target: 'displayName', ...always },
  { source: 'mail', target: 'email', ...always },
  { source: 'jobTitle', target: 'jobTitle', ...always },
  { source: 'department', target: 'department', ...always },
  { source: 'mobilePhone', target: 'mobile', write: 'when_empty', empty: 'keep' },
  { source: 'businessPhones', target: 'phone', write: 'always', empty: 'clear' },
  { source: 'officeLocation', target: 'office', ...always },
  { source: 'manager', target: 'manager', ...always },
  { source: 'extensionAttribute3', target: 'custom:kostnadsstalle', ...always },
];
const linked = ['Åsa Öberg', 'Anna Bergström', 'Erik Lundgren', 'Fatima Al-Hassan', 'Jörgen Nyström', 'Kristina Åkesson', 'Mikael Sandberg', 'Sofia Engström', 'Petra Wallin']; // prettier-ignore
export const upn = (name: string) => userId(`${name}@norrsken.se`);

export interface Ids {
  appUserId: string;
  runId: string;
  failedRunId: string;
  heldRunId: string;
  previewId: string;
}

export async function arrangePages(world: World, visitor: Visitor): Promise<Ids> {
  const { store } = world.emulator;
  await arrangeConnection(world);
  const appUserId = await appUserIdOf(visitor, administrator.name);
  const kinds = ['new_people', 'changed', 'gone', 'run_failed', 'connection_trouble'] as const;
  await configure(visitor, {
    groups: { scope: 'groups', groups: [group('telefoni')], includeGuests: false, includeDisabled: false },
    mappings,
    notices: {
      recipients: [
        { appUserId, kinds: [...kinds] },
        { email: 'it@norrsken.test', kinds: ['gone', 'run_failed'] },
      ],
    },
    mode: 'daily',
  });
  await sync(visitor);
  await linkAll(visitor);
  const available = await listed(visitor, 'available');
  const ids = available.map(({ person }) => person?.id);
  await call(visitor, 'POST', '/review/ignore', { objectIds: ids.slice(0, 2), reason: 'Konferensrum' });
  await call(visitor, 'POST', '/review/ignore', { objectIds: ids.slice(2, 3) });
  store.updateUser(tenantId, upn('asa.oberg'), { jobTitle: 'Driftledare', mobilePhone: '+46 70 174 06 21' });
  store.updateUser(tenantId, upn('anna.bergstrom'), { jobTitle: 'Växelansvarig', businessPhones: [] });
  store.updateUser(tenantId, upn('erik.lundgren'), { displayName: 'Erik Lundgren Ek', surname: 'Lundgren Ek' });
  store.updateUser(tenantId, upn('fatima.al-hassan'), { jobTitle: 'Supporttekniker '.repeat(80) });
  store.deleteUser(tenantId, upn('kristina.akesson'));
  store.removeMember(tenantId, group('växel').id, upn('sofia.engstrom'));
  store.updateUser(tenantId, upn('petra.wallin'), { accountEnabled: false });
  const run = await sync(visitor);
  store.faults.add({
    match: { path: '/users/delta' },
    answer: { status: 400, body: { error: { code: 'BadRequest', message: 'Not now' } } },
  });
  const failedRunId = await endedRun(visitor, /failed|retrying/);
  store.faults.clear();
  store.updateUser(tenantId, upn('jorgen.nystrom'), { jobTitle: 'Nattekniker' });
  await sync(visitor);
  await call(visitor, 'PUT', '/connection/held/limits', { ...defaultBrakeLimits, changed: { count: 1, share: 0 } });
  for (const name of ['anna.bergstrom', 'jorgen.nystrom']) {
    store.updateUser(tenantId, upn(name), { officeLocation: 'Luleå, plan 4' });
  }
  const heldRunId = await endedRun(visitor, /held/);
  // Since the last run: nobody has read her yet.
  store.createUser(tenantId, { displayName: 'Nina Nyanställd', userPrincipalName: 'nina.nyanstalld@norrsken.se' });
  const draft = { fields: { mappings: mappings.filter(({ target }) => target !== 'manager') } };
  const previewId = await endedRun(visitor, /ok/, '/connection/previews', { draft });
  return {
    appUserId: await appUserIdOf(visitor, 'Anna Bergström'),
    runId: String(run['id']),
    failedRunId,
    heldRunId,
    previewId,
  };
}

interface Row {
  person: { id: string; displayName: string } | null;
  candidates: { id: string }[];
}

async function listed(visitor: Visitor, list: string): Promise<Row[]> {
  return ((await call(visitor, 'GET', `/review/lists/${list}?limit=100`)) as { items: Row[] }).items;
}

async function linkAll(visitor: Visitor): Promise<void> {
  const rows = await listed(visitor, 'suggested');
  const pairs = rows
    .filter(({ person, candidates }) => linked.includes(person?.displayName ?? '') && candidates.length === 1)
    .map(({ person, candidates }) => ({ objectId: person?.id, appUserId: candidates[0]?.id }));
  if (pairs.length !== linked.length) throw new Error(`Only ${pairs.length} of ${linked.length} can be linked`);
  await call(visitor, 'POST', '/review/link', { pairs });
}

async function endedRun(visitor: Visitor, as: RegExp, path = '/connection/runs', body?: unknown): Promise<string> {
  const { id } = (await call(visitor, 'POST', path, body)) as { id: string };
  await eventually(async () => {
    const { state } = (await call(visitor, 'GET', `/connection/runs/${id}`)) as { state: string };
    if (!as.test(state)) throw new Error(state);
  }, 30_000);
  return id;
}

/** The second organisation, as it was before anybody began to connect it. */
export async function clearOther(world: World): Promise<void> {
  world.emulator.store.tenant(otherTenant.id).grants.clear();
  for (const table of [
    'attribute_mapping',
    'connection_group',
    'notice_recipient',
    'connect_flow',
    'connect_link',
    'connection',
  ]) {
    await world.query(`delete from ${table} where organisation_id = $1`, [otherOrganisationId]);
  }
}
