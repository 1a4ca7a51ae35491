import { randomBytes } from 'node:crypto';
import { afterAll, expect, inject, test } from 'vitest';
import { templateName } from '../database-setup.ts';
import { cutEverywhere, scenarios } from './crash-points.ts';
import { openSlot, type Slot } from './slot.ts';

const { admin, owner } = inject('testServer');
const slots: Slot[] = [];
for (let number = 0; number < 3; number += 1) {
  const name = `crash_${randomBytes(6).toString('hex')}`;
  slots.push(await openSlot({ admin, owner, template: templateName, name }));
}
afterAll(async () => {
  for (const slot of slots) await slot.end();
});

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  '%s, killed at each point, and with each commit unknown: the same comes of it (F47, F48, D4)',
  { timeout: 300_000 },
  async (_name, scenario) => {
    const { kills, unknownCommits, broken } = await cutEverywhere(slots, scenario);
    expect(broken).toEqual([]);
    expect(kills).toBeGreaterThan(20);
    expect(unknownCommits).toBeGreaterThan(10);
  },
);
