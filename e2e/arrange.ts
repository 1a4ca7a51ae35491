// The state that a test begins with, where coming there is another test's subject. Everything goes through the app's own API, but for
// the connection itself: how it comes about is proved in connect.e2e.ts.
import { expect } from 'vitest';
import { groupId, NORRSKEN } from '../emulator/people.ts';
import { newId } from '../src/base/ids.ts';
import { defaultMappings, type GroupsSettings, type Mapping, type NoticesSettings } from '../src/contract/settings.ts';
import { eventually, type Visitor } from './visitor.ts';
import { administrator, clientId, organisationId, tenantId, type World } from './world.ts';

export const base = `/api/v1/organisations/${organisationId}`;
export const group = (name: string) => ({ id: groupId(NORRSKEN.id, name), name });

/** A tenant that has given its consent, and no step done: as right after connecting. */
export async function arrangeConnection(world: World): Promise<string> {
  world.emulator.store.grant(tenantId, clientId, ['User.Read.All', 'GroupMember.Read.All']);
  const id = newId();
  await world.query(
    `insert into connection (organisation_id, id, tenant_id, tenant_name, tenant_domains, status, consented_by_name, consented_by_oid, consented_at)
     values ($1, $2, $3, $4, $5, 'configuring', 'Åsa Öberg', $6, now())`,
    [organisationId, id, tenantId, NORRSKEN.displayName, NORRSKEN.domains, newId()],
  );
  return id;
}

export interface Settings {
  groups?: GroupsSettings;
  mappings?: readonly Mapping[];
  notices?: NoticesSettings;
  mode?: 'manual' | 'daily';
}

/** All four steps, as an administrator would save them. */
export async function configure(visitor: Visitor, settings: Settings = {}): Promise<void> {
  const everybody: GroupsSettings = { scope: 'all', groups: [], includeGuests: false, includeDisabled: false };
  await call(visitor, 'PUT', '/connection/settings/groups', settings.groups ?? everybody);
  await call(visitor, 'PUT', '/connection/settings/fields', { mappings: settings.mappings ?? defaultMappings });
  await call(visitor, 'PUT', '/connection/settings/notices', settings.notices ?? (await onlyAdministrator(visitor)));
  await call(visitor, 'PUT', '/connection/settings/schedule', { mode: settings.mode ?? 'manual' });
}

async function onlyAdministrator(visitor: Visitor): Promise<NoticesSettings> {
  const appUserId = await appUserIdOf(visitor, administrator.name);
  return { recipients: [{ appUserId, kinds: ['new_people', 'changed', 'gone', 'run_failed', 'connection_trouble'] }] };
}

export async function appUserIdOf(visitor: Visitor, name: string): Promise<string> {
  const { items } = (await call(visitor, 'GET', `/users?search=${encodeURIComponent(name)}`)) as {
    items: { id: string; displayName: string }[];
  };
  const found = items.find((one) => one.displayName === name);
  if (!found) throw new Error(`No app user ${name}`);
  return found.id;
}

/** Links the person of this name to the only app user that is suggested, and returns that one's id. */
export async function linkSuggested(visitor: Visitor, name: string): Promise<string> {
  const { items } = (await call(visitor, 'GET', `/review/lists/suggested?search=${encodeURIComponent(name)}`)) as {
    items: { person: { id: string }; candidates: { id: string }[] }[];
  };
  const [row, ...others] = items;
  const [candidate] = row?.candidates ?? [];
  if (!row || !candidate || others.length > 0) throw new Error(`Not one suggestion for ${name}`);
  await call(visitor, 'POST', '/review/link', { pairs: [{ objectId: row.person.id, appUserId: candidate.id }] });
  return candidate.id;
}

/** Starts a run and waits for its end, which is to be this. */
export async function sync(visitor: Visitor, state: RegExp = /^ok$/): Promise<Record<string, unknown>> {
  const { id } = (await call(visitor, 'POST', '/connection/runs')) as { id: string };
  let run: Record<string, unknown> = {};
  await eventually(async () => {
    run = (await call(visitor, 'GET', `/connection/runs/${id}`)) as Record<string, unknown>;
    expect(run['state']).not.toMatch(/queued|running/);
  }, 30_000);
  expect(run['state']).toMatch(state);
  return run;
}

/** As the web app calls, in the visitor's session; a path below the organisation, or a whole one. */
export async function call({ page }: Visitor, method: string, path: string, data?: unknown): Promise<unknown> {
  const answer = await page.request.fetch(path.startsWith('/api/') ? path : `${base}${path}`, {
    method,
    headers: { 'x-samsyn': '1' },
    ...(data === undefined ? {} : { data }),
  });
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return answer.status() === 204 ? null : answer.json();
}

/** Back to an organisation without a connection, and an app whose people are as the demo made them. */
export async function clearSync(world: World): Promise<void> {
  await world.query(
    `truncate connect_flow, connect_link, link, ignored, sync_run, run_issue, planned_change, run_lease, connection, directory_user,
       directory_group, directory_membership, mirror_state, staging_user, staging_group, staging_membership, notification, outbox,
       field_change cascade`,
  );
  await world.query("delete from pgboss.schedule where name = 'night'");
}
