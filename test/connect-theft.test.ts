// D8 of the threat model: every callback with everything swapped, forged tokens, and races. Nothing is accepted, and one wins.
import { afterAll, expect, test } from 'vitest';
import { createGraph } from '../src/graph/graph.ts';
import { arrange, sendAll, untilProved } from './theft/callbacks.ts';
import { describeRaces } from './theft/describe-races.ts';
import { clientId, permissions, useTheftWorld } from './theft/kit.ts';
import { offerForgedTokens } from './theft/offer-tokens.ts';
import { callWitness } from './theft/witness.ts';

const world = await useTheftWorld();
const witness = await callWitness(world.admin);
const standings = await arrange(world);
const figures: string[] = [];
afterAll(() => void process.stdout.write(`D8: ${figures.join('; ')}\n`));

test('of forged id_tokens none is accepted, at the door or by the reader of tokens', async () => {
  const [victim] = standings.victims;
  if (!victim) throw new Error('nobody is attacked');
  const other = standings.othersOf(victim)['of another organisation'];
  const { offered, accepted } = await offerForgedTokens(world, witness, { victim, other });
  figures.push(`${offered} forged tokens, ${accepted.length} accepted`);
  expect(accepted).toEqual([]);
  expect(offered).toBeGreaterThanOrEqual(40);
  await victim.putBack();
}, 120_000);

test.each(['common/v2.0', '22222222-3333-4444-8555-666666666666/v2.0', '{tenantid}/v2.0/', ''])(
  'a login host that calls itself %s is not signed in to',
  async (issuer) => {
    const { emulator, relay, room } = world;
    const answer = await fetch(`${relay.url}/organizations/v2.0/.well-known/openid-configuration`);
    const document = (await answer.json()) as Record<string, string>; // texts and lists of texts
    emulator.store.faults.add({
      match: { path: '/organizations/v2.0/.well-known/openid-configuration' },
      answer: { status: 200, body: { ...document, issuer: issuer && `https://login.microsoftonline.com/${issuer}` } },
    });
    const config = { clientId, clientSecret: 'x', loginUrl: relay.url, graphUrl: relay.url };
    const graph = createGraph({ config, clock: room.clock, log: room.log });
    const begun = graph.signIn.start({ redirectUri: `${world.publicUrl}/entra/callback`, state: 'state' });
    await expect(begun).rejects.toThrow();
    emulator.store.faults.clear();
    await expect(graph.signIn.start({ redirectUri: 'http://localhost/x', state: 'state' })).resolves.toBeDefined();
  },
);

test('no callback with anything swapped, missing, doubled, spoilt or replayed connects, or touches what is not its own', async () => {
  const { cases, replays, accepted, outcomes } = await sendAll(world, witness, standings, {
    mixtures: 200,
    seed: 20260302,
  });
  figures.unshift(`${cases} callbacks (${JSON.stringify(outcomes)}) and ${replays} replays, ${accepted} accepted`);
  expect(accepted).toBe(0);
  expect(cases).toBeGreaterThanOrEqual(2000);
  expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(0);
}, 300_000);

await describeRaces((raced) => void figures.push(`${raced} races, one winner in each`));

test('nonce and verifier of one connecting open in no other one, also when somebody writes into the database', async () => {
  const { admin, publicUrl } = world;
  const victims = standings.all.filter((one) => one.step === 'sign_in');
  const { rows } = await admin.query<{ id: string; sealed: string }>(
    'select id, sealed_sign_in as sealed from connect_flow',
  );
  for (const victim of victims) {
    const others = rows.filter(({ id, sealed }) => id !== victim.flowId && sealed !== null);
    expect(others.length).toBeGreaterThan(1);
    for (const { sealed } of others) {
      await admin.query('update connect_flow set sealed_sign_in = $2 where id = $1', [victim.flowId, sealed]);
      const browser = world.signedIn(victim.org);
      browser.setCookie(publicUrl, 'samsyn-connect', victim.cookie);
      await browser.visit(victim.callback.href, { stopAt: (to) => to.pathname === '/connect/flow' });
      const { body } = await world.page(browser);
      expect(body).toMatchObject({ step: 'failed', tenantId: null, error: { code: 'internal' } });
      await victim.putBack();
    }
  }
  expect(world.lines.join('')).toContain('"errorName":"SealError"');
});

// Last, so that all the others have not passed because nothing gets through.
test('the same connectings do connect when they are left alone', async () => {
  const { admin, emulator, publicUrl, tenants } = world;
  emulator.store.grant(tenants.a, clientId, permissions);
  const own = standings.victims.find((one) => one.step === 'consent' && !one.byLink);
  if (!own) throw new Error('nobody is attacked');
  const browser = world.signedIn(own.org);
  browser.setCookie(publicUrl, 'samsyn-connect', own.cookie);
  await browser.visit(own.callback.href, { stopAt: (to) => to.pathname === '/connect/flow' });
  expect(await untilProved(world, own)).toMatchObject({ step: 'connected' });
  const { rows } = await admin.query('select organisation_id, tenant_id from connection');
  expect(rows).toEqual([{ organisation_id: own.org.id, tenant_id: own.tenantId }]);
});

test('all that was asked of Microsoft is to read, with the permissions to read', () => {
  expect(world.relay.ofProduct()).toBeGreaterThan(100);
  expect(world.relay.unwanted()).toEqual([]);
});
