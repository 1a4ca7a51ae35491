// D8 of the threat model: every callback with everything swapped, and forged tokens. Nothing is accepted.
import { afterAll, expect, test } from 'vitest';
import { createGraph } from '../src/graph/graph.ts';
import { arrange, sendAll } from './theft/callbacks.ts';
import { clientId, useTheftWorld } from './theft/kit.ts';
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
    mixtures: 100,
    seed: 20260302,
  });
  figures.unshift(`${cases} callbacks (${JSON.stringify(outcomes)}) and ${replays} replays, ${accepted} accepted`);
  expect(accepted).toBe(0);
  expect(cases).toBeGreaterThanOrEqual(2000);
  expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(0);
}, 300_000);

test('all that was asked of Microsoft is to read, with the permissions to read', () => {
  expect(world.relay.ofProduct()).toBeGreaterThan(100);
  expect(world.relay.unwanted()).toEqual([]);
});
