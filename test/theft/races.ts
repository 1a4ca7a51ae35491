// Thousands of connectings that have been proved and are about to be written, two at a time for the same thing.
import type pg from 'pg';
import { newId } from '../../src/base/ids.ts';
import { connectTenant } from '../../src/connection/connected.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { ConnectionDeps } from '../../src/connection/deps.ts';
import { takeState, type FlowRow } from '../../src/connection/flow.ts';
import { newSecret } from '../../src/connection/secrets.ts';

/** What came of a pair: each 'done', or the code that it was refused with. */
export type Round = { tenantId: string; linkId: string | null; flows: FlowRow[]; ends: string[] };

export interface RaceDeps {
  room: ConnectionDeps;
  /** Of the superuser. */
  admin: pg.Client;
}

// Two sessions each: fewer than the pool has, so that both of a pair are in the database at once.
const roundsAtOnce = 4;

/** Two organisations each want the same tenant. */
export async function raceForTenants({ room, admin }: RaceDeps, rounds: number): Promise<Round[]> {
  const all = pairs(rounds, () => ({ tenantId: newId(), organisations: [newId(), newId()], linkId: null }));
  await insert(admin, all);
  return run(await readRounds(admin, all), (round, flow) => connectTenant(room, flow, tenantOf(round)));
}

/** Two browsers of one organisation have opened the same link. `revoke` is done at the same time. */
export async function raceForLinks(
  { room, admin }: RaceDeps,
  rounds: number,
  revoke?: (organisationId: string, linkId: string) => Promise<void>,
): Promise<Round[]> {
  const all = pairs(rounds, () => {
    const id = newId();
    return { tenantId: newId(), organisations: revoke ? [id] : [id, id], linkId: newId() };
  });
  await insert(admin, all);
  return run(
    await readRounds(admin, all),
    (round, flow) => connectTenant(room, flow, tenantOf(round)),
    revoke && ((round) => revoke(round.flows[0]?.organisation_id ?? '', round.linkId ?? '')),
  );
}

/** The same callback comes twice. */
export async function raceForStates({ room, admin }: RaceDeps, rounds: number): Promise<Round[]> {
  const all = pairs(rounds, () => ({ tenantId: newId(), organisations: [newId()], linkId: null }));
  await insert(admin, all);
  const ready = await readRounds(admin, all);
  const secrets = new Map<string, { cookie: string; state: string }>();
  for (const { flows } of ready) {
    for (const { id, organisation_id: organisationId } of flows) {
      const [cookie, state] = [newSecret(organisationId), newSecret(organisationId)];
      secrets.set(id, { cookie: cookie.text, state: state.text });
      await admin.query(
        `update connect_flow set step = 'sign_in', browser_hash = $2, state_hash = $3, state_expires_at = expires_at where id = $1`,
        [id, cookie.hash, state.hash],
      );
    }
  }
  const twice = ready.map((round) => ({ ...round, flows: [...round.flows, ...round.flows] }));
  return run(twice, async (_round, flow) => {
    const { cookie = '', state = '' } = secrets.get(flow.id) ?? {};
    if (!(await takeState(room, { cookie, state, step: 'sign_in' }))) throw new AppError('connect_flow_missing');
  });
}

const tenantOf = ({ tenantId }: Round) => ({
  id: tenantId,
  name: 'Norrsken',
  domains: ['norrsken.se'],
  country: 'SE',
  technicalMails: [],
});

interface Wanted {
  tenantId: string;
  organisations: string[];
  linkId: string | null;
}

const pairs = (rounds: number, make: () => Wanted): Wanted[] => Array.from({ length: rounds }, make);

async function run(
  rounds: Round[],
  act: (round: Round, flow: FlowRow) => Promise<void>,
  beside?: (round: Round) => Promise<void>,
): Promise<Round[]> {
  const waiting = [...rounds];
  await Promise.all(
    Array.from({ length: roundsAtOnce }, async () => {
      for (let round = waiting.pop(); round; round = waiting.pop()) {
        const now = round;
        const acts = [...now.flows.map((flow) => act(now, flow)), ...(beside ? [beside(now)] : [])];
        now.ends = (await Promise.allSettled(acts)).map((end) =>
          end.status === 'fulfilled' ? 'done' : codeOf(end.reason),
        );
      }
    }),
  );
  return rounds;
}

const codeOf = (reason: unknown): string => (reason instanceof AppError ? reason.code : String(reason));

/** As they stand when Microsoft has proved the consent: confirmed, and not granted before. */
async function insert(admin: pg.Client, all: Wanted[]): Promise<void> {
  const organisations = [...new Set(all.flatMap((one) => one.organisations))];
  await admin.query(`insert into organisation (id, name) select id, 'Bolag' from unnest($1::uuid[]) id`, [
    organisations,
  ]);
  await admin.query(
    `insert into app_user (organisation_id, id, fields, permissions)
     select id, id, '{"displayName": "Ada Admin"}', '{users_and_teams}' from unnest($1::uuid[]) id`,
    [organisations],
  );
  const links = all.filter((one) => one.linkId !== null);
  await admin.query(
    `insert into connect_link (organisation_id, id, token_hash, created_by, expires_at)
     select o, l, sha256(l::text::bytea), o, now() + interval '72 hours' from unnest($1::uuid[], $2::uuid[]) t(o, l)`,
    [links.map((one) => one.organisations[0]), links.map((one) => one.linkId)],
  );
  const flows = all.flatMap(({ organisations: of, tenantId, linkId }) => of.map((id) => ({ id, tenantId, linkId })));
  await admin.query(
    `insert into connect_flow (organisation_id, id, browser_hash, connect_link_id, asked_by, step, tenant_id, signer_oid, signer_name,
       signer_may_consent, granted_before, confirmed_at, proving_since, expires_at)
     select o, f, sha256(f::text::bytea), l, o, 'proving', t, f, 'Åsa Öberg', true, false, now(), now(), now() + interval '1 day'
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) x(o, f, t, l)`,
    [flows.map((one) => one.id), flows.map(() => newId()), flows.map((one) => one.tenantId), flows.map((one) => one.linkId)],
  ); // prettier-ignore
}

async function readRounds(admin: pg.Client, all: Wanted[]): Promise<Round[]> {
  const { rows } = await admin.query<FlowRow>('select * from connect_flow where tenant_id = any($1)', [
    all.map((one) => one.tenantId),
  ]);
  const byTenant = Map.groupBy(rows, (row) => row.tenant_id);
  return all.map(({ tenantId, linkId }) => ({ tenantId, linkId, flows: byTenant.get(tenantId) ?? [], ends: [] }));
}
