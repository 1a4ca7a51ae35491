// Sends every generated callback to the listening server, with a witness on every table, and says what came of it.
import { expect } from 'vitest';
import { errorStatus } from '../../src/contract/errors.ts';
import { scriptedBrowser } from '../scripted-browser.ts';
import { generateCases, prepare, type Case, type Standings } from './cases.ts';
import { asa, erik, permissions, clientId, type TheftWorld } from './kit.ts';
import { expectedOutcome, type Outcome } from './rules.ts';
import { bringTo, newLink, type Standing } from './standing.ts';
import type { Witness } from './witness.ts';

export interface CallbackFigures {
  cases: number;
  replays: number;
  accepted: number;
  outcomes: Record<Outcome['kind'], number>;
}

/** Two of each way of organisation A, one of B, and one that is over. Nobody has consented but the tenant that thieves want. */
export async function arrange(world: TheftWorld): Promise<Standings & { all: Standing[] }> {
  const { a, b, emulator, tenants } = world;
  const link = await newLink(world, a);
  const both = async (way: { name: string; org: typeof a; upn: string; link?: string }) => ({
    sign_in: await bringTo(world, { ...way, step: 'sign_in' }),
    consent: await bringTo(world, { ...way, step: 'consent' }),
  });
  const own = await both({ name: 'own', org: a, upn: asa });
  const byLink = await both({ name: 'by link', org: a, upn: asa, link });
  const own2 = await both({ name: 'own, another browser', org: a, upn: asa });
  const byLink2 = await both({ name: 'by link, another browser', org: a, upn: asa, link });
  const foreign = await both({ name: 'of organisation B', org: b, upn: erik });
  const spent = await both({ name: 'spent', org: a, upn: asa });
  emulator.store.tenant(tenants.a).grants.clear();
  emulator.store.grant(tenants.b, clientId, permissions);
  for (const { callback, cookie } of Object.values(spent)) {
    const browser = world.signedIn(a);
    browser.setCookie(world.publicUrl, 'samsyn-connect', cookie);
    await browser.visit(callback.href, { stopAt: (to) => to.pathname === '/connect/flow' });
  }
  await untilProved(world, spent.consent);

  const all = [own, byLink, own2, byLink2, foreign].flatMap((one) => [one.sign_in, one.consent]);
  return {
    all,
    victims: [own.sign_in, own.consent, byLink.sign_in, byLink.consent],
    othersOf({ step, byLink: isByLink }) {
      const otherStep = step === 'sign_in' ? 'consent' : 'sign_in';
      return {
        'of another organisation': foreign[step],
        'of another browser': (isByLink ? byLink2 : own2)[step],
        'of the other way': (isByLink ? own : byLink)[step],
        'of the other step': (isByLink ? byLink : own)[otherStep],
        spent: spent[step],
      };
    },
  };
}

export async function sendAll(
  world: TheftWorld,
  witness: Witness,
  standings: Standings & { all: Standing[] },
  given: { mixtures: number; seed: number },
): Promise<CallbackFigures> {
  const figures: CallbackFigures = {
    cases: 0, replays: 0, accepted: 0,
    outcomes: { 'stands still': 0, fails: 0, 'goes on': 0, 'fails or goes on': 0 },
  }; // prettier-ignore
  const sent = new Set<string>();
  for (const one of generateCases(standings, given.mixtures, given.seed)) {
    const request = prepare(one, standings);
    const expected = expectedOutcome(one, request, standings.all);
    const name = nameOf(one, request.query);
    // The honest callback, of whoever it is, is no theft; nor is the same theft a second one.
    const isHonest = expected.kind === 'goes on' && (expected.standing !== one.victim || one.swaps.length === 0);
    if (isHonest || sent.has(name)) continue;
    sent.add(name);
    figures.cases += 1;
    figures.outcomes[expected.kind] += 1;
    const undo = await setStage(world, one);
    await witness.take();

    const answer = await send(world, one, request);
    const touched = await witness.take();
    expectClearAnswer(world, one, answer, name);
    figures.accepted += touched.filter(({ table }) => table === 'connection').length;
    const shown = expected.kind === 'stands still' ? null : expected.standing.flowId;
    expect(
      touched.filter(({ table, row }) => table !== 'connect_flow' || row['id'] !== shown),
      name,
    ).toEqual([]);
    if (expected.kind !== 'stands still') {
      await expectEnd(world, expected, name);
      // Once more, as somebody who has read it somewhere would send it.
      await witness.take();
      await send(world, one, request);
      figures.replays += 1;
      expect(await witness.take(), `replayed: ${name}`).toEqual([]);
      await expected.standing.putBack();
    }
    await undo();
  }
  return figures;
}

function nameOf(one: Case, query: [string, string][]): string {
  const { victim, path, method, swaps, cookie, session, aheadMs, link } = one;
  const isSame = swaps.length > 0 && JSON.stringify(query) === JSON.stringify([...victim.callback.searchParams]);
  const swapped = isSame ? 'nothing' : swaps.map(({ name, how }) => `${name} ${how}`).join(', ');
  return `${method} ${path} for “${victim.name}” at ${victim.step}: ${swapped}; cookie ${cookie}; by ${session}; after ${aheadMs} ms; link ${link}`;
}

async function setStage(world: TheftWorld, one: Case): Promise<() => Promise<void>> {
  const { admin, clock } = world;
  const { org } = one.victim;
  clock.aheadMs = one.aheadMs;
  const undo: string[] = [];
  const change = async (what: string, back: string): Promise<void> => {
    await admin.query(what, [org.id]);
    undo.push(back);
  };
  const user = `update app_user set %s where organisation_id = $1 and permissions <> '{}'`;
  if (one.session === 'asker without permission')
    await change(`update app_user set permissions = '{}' where organisation_id = $1 and id = '${org.adminId}'`, `update app_user set permissions = '{users_and_teams}' where organisation_id = $1 and id = '${org.adminId}'`); // prettier-ignore
  if (one.session === 'asker removed')
    await change(user.replace('%s', 'removed_at = now()'), user.replace('%s', 'removed_at = null'));
  if (one.link !== 'usable') {
    const link = 'update connect_link set %s where organisation_id = $1';
    const column = one.link === 'expired' ? 'expires_at' : `${one.link}_at`;
    const was = one.link === 'expired' ? `created_at + interval '72 hours'` : 'null';
    await change(link.replace('%s', `${column} = created_at`), link.replace('%s', `${column} = ${was}`));
  }
  return async () => {
    clock.aheadMs = 0;
    for (const statement of undo) await admin.query(statement, [org.id]);
  };
}

async function send(
  { publicUrl, a, b }: TheftWorld,
  one: Case,
  { query, cookies }: { query: [string, string][]; cookies: string[] },
): Promise<Response> {
  const account = { asker: a.adminId, nobody: null, member: a.memberId, 'administrator of another organisation': b.adminId, 'asker without permission': a.adminId, 'asker removed': a.adminId }[one.session]; // prettier-ignore
  const cookie = [...cookies, ...(account === null ? [] : [`account=${account}`])].join('; ');
  const url = `${publicUrl}${one.path}?${new URLSearchParams(query).toString()}`;
  const answer = await fetch(url, { method: one.method, redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
  await answer.arrayBuffer();
  return answer;
}

/** To the page of the connecting, with nothing of the callback in the address; the page has words for what happened. */
function expectClearAnswer({ publicUrl }: TheftWorld, one: Case, answer: Response, name: string): void {
  if (one.method === 'POST') {
    expect(answer.status, name).toBeGreaterThanOrEqual(400);
    expect(answer.status, name).toBeLessThan(500);
    return;
  }
  expect([answer.status, answer.headers.get('location')], name).toEqual([302, `${publicUrl}/connect/flow`]);
  expect(answer.headers.get('cache-control'), name).toBe('no-store');
  expect(answer.headers.getSetCookie(), name).toEqual([]);
}

async function expectEnd(world: TheftWorld, expected: Exclude<Outcome, { kind: 'stands still' }>, name: string) {
  const { standing, kind } = expected;
  const row = standing.step === 'consent' ? await untilProved(world, standing) : await flowRow(world, standing);
  const page = scriptedBrowser();
  page.setCookie(world.publicUrl, 'samsyn-connect', standing.cookie);
  const { status, body } = await world.page(page);
  expect(status, name).toBe(200);
  const code = (body['error'] as { code?: string } | null)?.code; // by the contract
  if (row['step'] === 'failed') expect(errorStatus, name).toHaveProperty(String(code));
  const isAsked = standing.step === 'consent' && code === 'connect_permission_missing';
  const wentOn = row['step'] === 'confirm' || isAsked;
  if (kind !== 'fails or goes on') expect({ wentOn, code }, name).toMatchObject({ wentOn: kind === 'goes on' });
  if (wentOn) expect(row['tenant_id'], name).toBe(standing.tenantId);
  else expect(row, name).toMatchObject({ step: 'failed', state_hash: null, sealed_sign_in: null });
}

async function flowRow({ admin }: TheftWorld, { flowId }: Standing): Promise<Record<string, unknown>> {
  const { rows } = await admin.query<Record<string, unknown>>('select * from connect_flow where id = $1', [flowId]);
  return rows[0] ?? {};
}

/** A consent that was only claimed is looked for at Microsoft; the row when that is over. */
export async function untilProved(world: TheftWorld, standing: Standing): Promise<Record<string, unknown>> {
  for (;;) {
    const row = await flowRow(world, standing);
    if (row['step'] !== 'proving') return row;
    await new Promise((done) => setTimeout(done, 3));
  }
}
