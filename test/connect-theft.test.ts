// D8 of the threat model: every callback with everything swapped, forged tokens, and races. Nothing is accepted.
import { afterAll, expect, test } from 'vitest';
import { arrange, sendAll } from './theft/callbacks.ts';
import { useTheftWorld } from './theft/kit.ts';
import { callWitness } from './theft/witness.ts';

const world = await useTheftWorld();
const figures: string[] = [];
afterAll(() => console.log(`D8: ${figures.join('; ')}`));

test('no callback with anything swapped, missing, doubled, spoilt or replayed connects, or touches what is not its own', async () => {
  const witness = await callWitness(world.admin);
  const standings = await arrange(world);
  const { cases, replays, accepted, outcomes } = await sendAll(world, witness, standings, {
    mixtures: 100,
    seed: 20260302,
  });
  figures.push(`${cases} callbacks (${JSON.stringify(outcomes)}) and ${replays} replays, ${accepted} accepted`);
  expect(accepted).toBe(0);
  expect(cases).toBeGreaterThanOrEqual(2000);
  expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(0);
  expect(world.relay.unwanted()).toEqual([]);
}, 300_000);
