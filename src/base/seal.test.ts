import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSealer, SealError, type SealContext } from './seal.ts';

const place: SealContext = { organisation: 'org-a', table: 'connection', column: 'client_secret', row: 'row-1' };

function reasonOf(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof SealError) return error.reason;
    throw error;
  }
  return 'opened';
}

test('what was sealed opens in the same place, and does not show its content', () => {
  const sealer = createSealer(randomBytes(32));
  const sealed = sealer.seal('hemligt åäö', place);
  expect(sealer.open(sealed, { ...place })).toBe('hemligt åäö');
  expect(sealed).not.toContain('hemligt');
  expect(sealed).toContain(sealer.keyId);
});

test('the same text sealed twice looks different', () => {
  const sealer = createSealer(randomBytes(32));
  expect(sealer.seal('x', place)).not.toBe(sealer.seal('x', place));
});

test.each(['organisation', 'table', 'column', 'row'] as const)('a value moved to another %s does not open', (part) => {
  const sealer = createSealer(randomBytes(32));
  const sealed = sealer.seal('secret', place);
  expect(reasonOf(() => sealer.open(sealed, { ...place, [part]: 'other' }))).toBe('damaged');
});

test('two places whose names run together are still two places', () => {
  const sealer = createSealer(randomBytes(32));
  const sealed = sealer.seal('secret', { ...place, table: 'ab', column: 'c' });
  expect(reasonOf(() => sealer.open(sealed, { ...place, table: 'a', column: 'bc' }))).toBe('damaged');
});

test('a wrong key is told from a damaged value, and the message says what to do', () => {
  const sealed = createSealer(randomBytes(32)).seal('secret', place);
  const other = createSealer(randomBytes(32));
  expect(reasonOf(() => other.open(sealed, place))).toBe('wrong_key');
  expect(() => other.open(sealed, place)).toThrow(/SAMSYN_SECRET_KEY/);
});

test('a changed byte anywhere is noticed', () => {
  const sealer = createSealer(randomBytes(32));
  const sealed = sealer.seal('secret', place);
  const [version, keyId, body = ''] = sealed.split('.');
  const bytes = Buffer.from(body, 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
    expect(reasonOf(() => sealer.open(`${version}.${keyId}.${changed.toString('base64url')}`, place))).toBe('damaged');
  }
});

test('a shortened value is noticed', () => {
  const sealer = createSealer(randomBytes(32));
  expect(reasonOf(() => sealer.open(sealer.seal('secret', place).slice(0, -4), place))).toBe('damaged');
  expect(reasonOf(() => sealer.open('secret', place))).toBe('malformed');
  expect(reasonOf(() => sealer.open('', place))).toBe('malformed');
});

test('after a change of key the earlier values open, and are told apart', () => {
  const [earlier, later] = [randomBytes(32), randomBytes(32)];
  const sealed = createSealer(earlier).seal('secret', place);
  const rotated = createSealer(later, [earlier]);
  expect(rotated.open(sealed, place)).toBe('secret');
  expect(rotated.isCurrent(sealed)).toBe(false);
  expect(rotated.isCurrent(rotated.seal('secret', place))).toBe(true);
});

test('a key of another length is refused', () => {
  expect(() => createSealer(randomBytes(16))).toThrow(/32 bytes/);
});
