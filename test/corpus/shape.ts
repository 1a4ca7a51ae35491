// Compares an answer with a recorded one by its shape: which members there are, on every level, and of which type. Values are the
// directory's and differ; a list is compared by what its items have together.

/** A difference that is allowed, and why. */
export interface Tolerance {
  /** `extra`: only the answer has the member. `missing`: only the recorded one has it. `type`: both, of different types. */
  kind: 'extra' | 'missing' | 'type';
  /** Matches the whole place: `value[].mail`. */
  place: RegExp;
  why: string;
  /** Names of members that alone are tolerated. */
  only?: ReadonlySet<string>;
}

export interface Difference {
  kind: Tolerance['kind'];
  place: string;
  text: string;
}

export function differences(recorded: unknown, answer: unknown): Difference[] {
  const found: Difference[] = [];
  compare(shapeOf([recorded]), shapeOf([answer]), '', found);
  return found;
}

/** What is left when the tolerances are taken off, and the tolerances that were of no use. */
export function judgeDifferences(
  found: readonly Difference[],
  tolerances: readonly Tolerance[],
): { left: string[]; unused: Tolerance[] } {
  const used = new Set<Tolerance>();
  const left = found.filter(({ kind, place }) => {
    const allowed = tolerances.filter(
      (one) =>
        one.kind === kind && matchesWhole(one.place, place) && (one.only?.has(place.split('.').at(-1) ?? '') ?? true),
    );
    for (const one of allowed) used.add(one);
    return allowed.length === 0;
  });
  return { left: left.map(({ text }) => text), unused: tolerances.filter((one) => !used.has(one)) };
}

const matchesWhole = (pattern: RegExp, place: string): boolean => new RegExp(`^(?:${pattern.source})$`).test(place);

interface Shape {
  types: Set<string>;
  members: Map<string, Shape>;
  /** Of all items of all lists at this place; null when there were none. */
  items: Shape | null;
}

function shapeOf(values: readonly unknown[]): Shape {
  const lists = values.filter(Array.isArray).flat();
  const objects = values.filter(
    (one): one is Record<string, unknown> => typeof one === 'object' && one !== null && !Array.isArray(one),
  );
  const names = new Set(objects.flatMap((one) => Object.keys(one)));
  return {
    types: new Set(values.map(typeOf)),
    members: new Map(
      [...names].map((name) => [name, shapeOf(objects.filter((one) => name in one).map((one) => one[name]))]),
    ),
    items: lists.length === 0 ? null : shapeOf(lists),
  };
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value !== 'string') return typeof value;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return 'id';
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)) return 'time';
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/.test(value)) return 'time without zone';
  return /^https?:\/\//.test(value) ? 'address' : 'text';
}

function compare(recorded: Shape, answer: Shape, place: string, found: Difference[]): void {
  const expected = without(recorded.types, 'null');
  const given = without(answer.types, 'null');
  const strange = given.filter((type) => !expected.includes(type));
  if (expected.length > 0 && strange.length > 0)
    found.push({ kind: 'type', place, text: `${place}: ${strange.join(', ')}, recorded ${expected.join(', ')}` });
  const at = (name: string): string => (place === '' ? name : `${place}.${name}`);
  // Where there is no object on one side there is nothing to compare.
  if (expected.includes('object') && given.includes('object')) {
    for (const [name, shape] of recorded.members) {
      const other = answer.members.get(name);
      if (other !== undefined) compare(shape, other, at(name), found);
      else found.push({ kind: 'missing', place: at(name), text: `${at(name)}: missing` });
    }
    for (const name of answer.members.keys())
      if (!recorded.members.has(name))
        found.push({ kind: 'extra', place: at(name), text: `${at(name)}: not recorded` });
  }
  if (recorded.items === null) return;
  if (answer.items !== null) compare(recorded.items, answer.items, `${place}[]`, found);
  else if (given.includes('list'))
    found.push({ kind: 'missing', place: `${place}[]`, text: `${place}[]: an empty list, recorded with items` });
}

const without = (types: ReadonlySet<string>, one: string): string[] => [...types].filter((type) => type !== one);
