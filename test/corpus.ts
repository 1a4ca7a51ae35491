// The recorded exchanges with Entra ID and Graph, where they lie beside this checkout, and the noise that tests make of them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../shared/graph/corpus/', import.meta.url);

/** Ends the name of a test that reads the corpus; it says what it did without. */
export const corpusNote = existsSync(folder) ? '' : ' (without shared/graph/corpus, which is not beside this checkout)';

/** Bodies of recorded answers with the status that they came with. */
export function recordedBodies(): { status: number; body: unknown }[] {
  if (corpusNote !== '') return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'index.json')
    .flatMap((file) => {
      // As the corpus is written.
      const { response } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as {
        response?: { status?: number | null; body?: unknown };
      };
      const body = response?.body;
      return body === undefined || body === null ? [] : [{ status: response?.status ?? 200, body }];
    });
}

/** Numbers from 0 to 1, the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const strange: readonly unknown[] = [
  null, true, 0, -1, 1e308, 2 ** 53, '', ' ', '\u0000', '\ud800', '\u202e', 'x'.repeat(70_000), [], [[]], [null], {}, { value: {} }, [{ id: 1 }],
  '2026-13-45T99:99:99Z', '../../x', '00000000-0000-0000-0000-000000000000', '11111111-0000-4000-8000-00000000000g', { '@removed': { reason: 'maybe' } },
  { '@removed': null }, 'https://attacker.example/v1.0/users', ['SMTP:', 'smtp:a@b', 7], { id: '11111111-0000-4000-8000-000000000001' }, 'İ', 'ﬁ', '=1+1',
]; // prettier-ignore
const names: readonly string[] = [
  'id', 'value', '@odata.nextLink', '@odata.deltaLink', '@removed', 'members@delta', 'manager@delta', 'manager', 'error', 'code', 'responses', 'status',
  'body', 'headers', 'proxyAddresses', 'onPremisesExtensionAttributes', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length',
  'verifiedDomains', 'displayName', 'accountEnabled', 'businessPhones', 'deletedDateTime', '@odata.type', 'access_token', 'expires_in', '', '0',
]; // prettier-ignore

/** The text of a body that was changed in a few places: in what it says, or in how it is written. */
export function mutate(body: unknown, random: () => number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T; // no list is empty
  const spoil = (node: unknown, depth: number): unknown => {
    if (random() < 0.08 || depth > 12) return pick(strange);
    if (Array.isArray(node)) {
      const at = Math.floor(random() * (node.length + 1));
      if (random() < 0.1) return [...node.slice(0, at), pick(strange), ...node.slice(at)];
      if (random() < 0.1) return node.toSpliced(at, 1);
      return node.map((item, index) => (index === at ? spoil(item, depth + 1) : item));
    }
    if (typeof node !== 'object' || node === null) return random() < 0.5 ? pick(strange) : node;
    const entries = Object.entries(node);
    if (random() < 0.2 || entries.length === 0) entries.push([pick(names), pick(strange)]);
    else if (random() < 0.15) entries.splice(Math.floor(random() * entries.length), 1);
    else {
      const at = Math.floor(random() * entries.length);
      const [name, value] = entries[at] ?? ['', null];
      entries[at] = random() < 0.1 ? [pick(names), value] : [name, spoil(value, depth + 1)];
    }
    // Not through an object's own assignment: `__proto__` shall reach the text.
    return new Map(entries);
  };
  let text = write(random() < 0.9 ? spoil(body, 0) : body);
  if (random() < 0.1) text = text.slice(0, Math.floor(random() * text.length));
  if (random() < 0.05) text = `${'['.repeat(Math.floor(random() * 200))}${text}`;
  if (random() < 0.05) {
    const at = Math.floor(random() * text.length);
    text = `${text.slice(0, at)}${pick(['"', '\\', '\\u', '\u0000', '{', ']', ',', '<html>', '\ufeff', '1e999'])}${text.slice(at)}`;
  }
  return text;
}

function write(node: unknown): string {
  if (node instanceof Map)
    return `{${[...node].map(([name, value]) => `${JSON.stringify(name)}:${write(value)}`).join(',')}}`;
  if (Array.isArray(node)) return `[${node.map(write).join(',')}]`;
  if (typeof node === 'object' && node !== null) return write(new Map(Object.entries(node)));
  return JSON.stringify(node) ?? 'null';
}
