// Chance that can be dealt again: everything that a history decides is drawn from its seed, one stream for each subject, so that one
// more draw in one place does not change what another decides.

export interface Seeded {
  /** From 0 to 1, without 1. */
  next(): number;
  /** Whole, from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  hits(probability: number): boolean;
  /** Throws when there is nothing to choose from. */
  pick<T>(list: readonly T[]): T;
  /** A stream of its own, the same for the same name. */
  stream(name: string): Seeded;
  /** A UUID that depends on the seed alone. */
  uuid(): string;
}

export function seeded(seed: string): Seeded {
  const state = new Uint32Array(4);
  let hash = 0x811c9dc5;
  for (let at = 0; at < 4; at += 1) {
    for (const sign of `${seed}/${at}`) hash = Math.imul(hash ^ sign.charCodeAt(0), 0x01000193);
    state[at] = hash;
  }
  let [a = 0, b = 0, c = 0, d = 1] = state;

  /** sfc32: small, fast, and without visible patterns. */
  function draw(): number {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
  for (let round = 0; round < 12; round += 1) draw();

  const own: Seeded = {
    next: () => draw() / 2 ** 32,
    whole: (min, max) => min + (draw() % (max - min + 1)),
    hits: (probability) => draw() / 2 ** 32 < probability,
    pick(list) {
      const found = list[draw() % list.length];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
    stream: (name) => seeded(`${seed}/${name}`),
    uuid() {
      const hex = [draw(), draw(), draw(), draw()].map((part) => part.toString(16).padStart(8, '0')).join('');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
  };
  return own;
}
