import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortestPaths, type Containment } from './group-paths.ts';

/** `A>B` says that B is in A; `p` is the person. */
const edges = (...lines: string[]): Containment[] =>
  lines.map((line) => {
    const [groupId = '', memberId = ''] = line.split('>');
    return { groupId, memberId };
  });
const paths = (chosen: string[], ...lines: string[]) =>
  shortestPaths('p', edges(...lines), chosen, (id) => id).map((way) => way.join(' › '));

test('a person in a chosen group, and in one within it', () => {
  expect(paths(['A'], 'A>p')).toEqual(['A']);
  expect(paths(['A'], 'A>B', 'B>C', 'C>p')).toEqual(['A › B › C']);
});

test('all chosen groups that lead to the person, the shortest way first; those that do not are left out', () => {
  expect(paths(['X', 'A', 'C', 'A'], 'A>B', 'B>C', 'C>p', 'X>Y')).toEqual(['C', 'A › B › C']);
});

test('of a diamond the shortest way, and of equal ones the first by name', () => {
  expect(paths(['A'], 'A>D', 'A>B', 'B>p', 'D>p')).toEqual(['A › B']);
  expect(paths(['A'], 'A>B', 'B>C', 'C>p', 'A>D', 'D>p')).toEqual(['A › D']);
});

test('groups that contain each other, or themselves, end', () => {
  expect(paths(['A'], 'A>B', 'B>A', 'B>p')).toEqual(['A › B']);
  expect(paths(['A', 'B'], 'A>B', 'B>C', 'C>A', 'C>C', 'B>p')).toEqual(['B', 'A › B']);
});

test('thirty diamonds in a row, a billion ways, are gone through at once', () => {
  const lines = Array.from({ length: 30 }, (_, n) => [
    `g${n}>a${n}`,
    `g${n}>b${n}`,
    `a${n}>g${n + 1}`,
    `b${n}>g${n + 1}`,
  ]).flat();
  const [way] = paths(['g0'], ...lines, 'g30>p');
  expect(way?.split(' › ')).toHaveLength(61);
});

test('each way is real, and no shorter one exists', () => {
  const node = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
  const graph = fc.array(fc.tuple(node, fc.oneof(node, fc.constant('p'))), { maxLength: 16 });
  fc.assert(
    fc.property(graph, fc.subarray(['A', 'B', 'C', 'D', 'E', 'F']), (pairs, chosen) => {
      const known = pairs.map(([groupId, memberId]) => ({ groupId, memberId }));
      const isIn = (group: string, member: string) =>
        known.some((one) => one.groupId === group && one.memberId === member);
      const found = shortestPaths('p', known, chosen, (id) => id);
      for (const way of found) {
        expect(way.every((group, index) => isIn(group, way[index + 1] ?? 'p'))).toBe(true);
      }
      // How far it is, by following everybody step by step.
      for (const start of chosen) {
        let reached = new Set([start]);
        let steps = 1;
        while (steps <= 6 && ![...reached].some((group) => isIn(group, 'p'))) {
          reached = new Set(known.filter(({ groupId }) => reached.has(groupId)).map(({ memberId }) => memberId));
          steps += 1;
        }
        const way = found.find(([first]) => first === start);
        expect(way?.length).toBe(steps <= 6 ? steps : undefined);
      }
    }),
  );
});
