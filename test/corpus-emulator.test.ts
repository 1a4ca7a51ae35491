// (a) of the recorded exchanges: the emulator is asked what was recorded, and answers in the same shape: status, member names, types
// and codes. What may differ stands in the table with its reason; a tolerance of no use is a failure as well.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askEmulator } from './corpus/ask.ts';
import { corpusNote, getCase, loadCases } from './corpus/load.ts';
import { differences, judgeDifferences } from './corpus/shape.ts';
import { table } from './corpus/table.ts';
import type { Answered } from './corpus/table-types.ts';
import { startWorld, type World } from './corpus/world.ts';

const cases = loadCases();
const used = [...table].flatMap(([name, { a }]) => (a === undefined ? [] : [{ name, use: a }]));

describe.skipIf(corpusNote !== '')(`the emulator answers as recorded${corpusNote}`, () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.kit.close());

  test.each(used)('$name', async ({ name, use }) => {
    const recorded = getCase(cases, name);
    const answer = await askEmulator(world, recorded, use);
    const expected = use.status ?? recorded.response.status ?? 200;
    expect({ status: answer.status, said: answer.status === expected ? '' : answer.body }).toEqual({
      status: expected,
      said: '',
    });
    const { left, unused } = judgeDifferences(differences(told(recorded.response), told(answer)), use.tolerate ?? []);
    expect(left).toEqual([]);
    expect(unused.map(({ place, why }) => `of no use: ${place.source} (${why})`)).toEqual([]);
    expect(codesOf(told(answer))).toEqual(codesOf(told(recorded.response)));
  });
});

/** The body, or what a redirect carries in its address. */
function told({ body, redirect }: Pick<Answered, 'body' | 'redirect'>): unknown {
  return redirect === undefined ? body : Object.fromEntries(URL.parse(redirect)?.searchParams ?? []);
}

/** What a client tells errors and outcomes apart by. */
function codesOf(value: unknown): unknown {
  const members = (one: unknown): Record<string, unknown> =>
    typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : {}; // an object
  const { error, error_codes: numbers = null, admin_consent: consented = null } = members(value);
  // Real answers spell codes both ways (graph-protocol.md 7.2).
  const code = members(error)['code'] ?? error;
  return { code: typeof code === 'string' ? code.toLowerCase() : null, numbers, consented };
}
