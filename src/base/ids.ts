import { createHash, randomBytes } from 'node:crypto';
import { systemClock } from './clock.ts';

let lastMs = 0;
let sequence = 0;

/**
 * A UUID version 7 (RFC 9562): random, and sorted by the time of its making, so that indexes grow at their right edge.
 * Ids of one process are strictly increasing: the 12 bits after the time count within a millisecond.
 */
export function newId(): string {
  const nowMs = systemClock.now().getTime();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    // Starts in the lower half: room for 2048 more in the same millisecond.
    sequence = randomBytes(2).readUInt16BE() & 0x7ff;
  } else if (sequence === 0xfff) {
    lastMs += 1;
    sequence = 0;
  } else {
    sequence += 1;
  }
  const bytes = randomBytes(16);
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | sequence, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** 256 random bits for links, cookies and states: 43 characters that are safe in a URL. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** For look-up by a secret that is not stored itself. Only for secrets of 128 bits or more: never for passwords. */
export function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
