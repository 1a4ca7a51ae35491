// (b) of the recorded redirects of the consent page: each is brought back to the product as a browser would, with the state of the
// connecting in place of the recorded one where the page shows one, and the product knows what it says and what it does not prove.
import { afterEach, describe, expect, test } from 'vitest';
import { corpusNote, getCase, loadCases } from './corpus/load.ts';
import { table } from './corpus/table.ts';
import { asa, useTheftWorld } from './theft/kit.ts';
import { bringTo, type Standing } from './theft/standing.ts';

const cases = loadCases();
const used = [...table].flatMap(([name, { b }]) => (b?.kind === 'consent answer' ? [{ name, ...b }] : []));
const world = await useTheftWorld();
const { a, admin, publicUrl } = world;

afterEach(async () => {
  for (const tenant of world.emulator.store.tenants.values()) tenant.grants.clear();
  await admin.query('truncate connect_flow cascade');
});

/** As the browser of the person who was sent to Microsoft. */
async function comeBack(standing: Standing, name: string): Promise<void> {
  const recorded = new URL(getCase(cases, name).response.redirect ?? '').searchParams;
  const state = standing.callback.searchParams.get('state') ?? '';
  if (recorded.has('state')) recorded.set('state', state);
  const browser = world.signedIn(a);
  browser.setCookie(publicUrl, 'samsyn-connect', standing.cookie);
  const callback = `${publicUrl}${standing.callback.pathname}?${recorded.toString()}`;
  await browser.visit(callback, { stopAt: (to) => to.pathname === '/connect/flow' });
}

describe.skipIf(corpusNote !== '')(`the product reads what the consent page was recorded to say${corpusNote}`, () => {
  test.each(used)('$name: $step, $code', async ({ name, step, code }) => {
    const standing = await bringTo(world, { name: 'session', org: a, upn: asa, step: 'consent' });
    await comeBack(standing, name);
    const { rows } = await admin.query('select step, error_code from connect_flow where id = $1', [standing.flowId]);
    expect(rows).toEqual([{ step, error_code: code }]);
  });
});
