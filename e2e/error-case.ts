// One way into one error: what happens, and the page on which an administrator then reads about it. The cases are in error-*.ts,
// one file for each part of the app; errors.e2e.ts goes through all of them in both languages.
import { expect } from 'vitest';
import type { ErrorCode } from '../src/contract/errors.ts';
import { newId } from '../src/base/ids.ts';
import { NORRSKEN } from '../emulator/people.ts';
import { call, clearSync } from './arrange.ts';
import { clearOther, otherOrganisationId } from './page-world.ts';
import { eventually, type Visitor } from './visitor.ts';
import { clientId, organisationId, tenantId, type World } from './world.ts';

export interface Scene {
  world: World;
  visitor: Visitor;
}

export interface ErrorCase {
  code: ErrorCode;
  /** Brings it about, and ends on the page. Answers Microsoft's request id where one must stand there. */
  meet(scene: Scene): Promise<string | undefined | void>;
  /** What the next case must not find. Settings of the sync are cleared anyway. */
  after?(scene: Scene): Promise<unknown>;
}

export const settings = `/settings/${organisationId}`;
export const entra = `${settings}/entra`;

/** The directory, the app's registration and the organisation's sync as if nothing had happened. */
export async function startAfresh({ world }: Scene, keepsConsent: boolean): Promise<void> {
  const { store } = world.emulator;
  store.faults.clear();
  store.changeSettings({ latencyMs: 0 });
  if (!keepsConsent) for (const tenant of store.tenants.values()) tenant.grants.clear();
  else if (store.tenant(tenantId).grants.get(clientId)?.roles.includes('User.Read.All') !== true) {
    store.grant(tenantId, clientId, ['User.Read.All', 'GroupMember.Read.All']);
    expireToken(world);
  }
  await clearSync(world);
  await clearOther(world);
  // People as the demo made them: whoever was linked has Entra's values.
  const people = seeded.get(world) ?? (await world.query('select organisation_id, id, fields from app_user'));
  seeded.set(world, people);
  await world.query(
    `update app_user a set fields = s.fields, removed_at = null, removed_by = null
     from jsonb_to_recordset($1::jsonb) as s (organisation_id uuid, id uuid, fields jsonb)
     where s.organisation_id = a.organisation_id and s.id = a.id and (a.fields <> s.fields or a.removed_at is not null)`,
    [JSON.stringify(people)],
  );
}

const seeded = new WeakMap<World, Record<string, unknown>[]>();

/** The token that the server has runs out, so that it asks for another. */
export function expireToken(world: World): void {
  const body = { error: { code: 'InvalidAuthenticationToken', message: 'Lifetime validation failed' } };
  world.emulator.store.faults.add({ match: { path: '/v1.0/', times: 1 }, answer: { status: 401, body } });
}

/** Makes the second organisation the one that holds the tenant. */
export function occupyTenant(world: World): Promise<unknown> {
  return world.query(
    `insert into connection (organisation_id, id, tenant_id, tenant_name, tenant_domains, status, consented_by_name, consented_by_oid, consented_at)
     values ($1, $2, $3, $4, $5, 'configuring', 'Karin Lind', $6, now())`,
    [otherOrganisationId, newId(), tenantId, NORRSKEN.displayName, NORRSKEN.domains, newId()],
  );
}

export interface EndedRun {
  id: string;
  error: { code: string; graphRequestId: string | null } | null;
}

/** Starts a run and waits until it ended, however. */
export async function runToEnd(visitor: Visitor, meanwhile?: () => Promise<unknown>): Promise<EndedRun> {
  const { id } = (await call(visitor, 'POST', '/connection/runs')) as { id: string };
  await meanwhile?.();
  let run: (EndedRun & { state: string }) | undefined;
  await eventually(async () => {
    run = (await call(visitor, 'GET', `/connection/runs/${id}`)) as EndedRun & { state: string };
    expect(run.state).not.toMatch(/queued|running/);
  }, 60_000);
  if (run === undefined) throw new Error('The run has no end');
  return run;
}

/** What the registration of the app at Microsoft takes for its secret, and until when. */
export function changeSecret(world: World, secret: string, expiresAt?: string): void {
  const app = world.emulator.store.app(clientId);
  if (app === undefined) throw new Error('The app is registered');
  const { secretExpiresAt: _earlier, ...rest } = app;
  world.emulator.store.putApp({ ...rest, secret, ...(expiresAt !== undefined && { secretExpiresAt: expiresAt }) });
}
