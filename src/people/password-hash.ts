// Passwords are kept as argon2id in PHC notation. Two are worked on at a time, so that hashing cannot starve the server (T23).
import crypto from 'node:crypto';
import { promisify } from 'node:util';
import { AppError } from '../contract/errors.ts';

export const passwordLengthMin = 12;

// OWASP ASVS 5.0, appendix C: m >= 46 MiB, t = 1, p = 1.
const memoryKib = 46 * 1024;
const passes = 1;
const parallelism = 1;
const saltBytes = 16;
const hashBytes = 32;
const prefix = `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$`;

const concurrencyMax = 2;
// At some 50 ms each: whoever stands further back would wait longer than a browser does.
const waitingMax = 200;
let running = 0;
const waiting: (() => void)[] = [];

export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.randomBytes(saltBytes);
  const hash = await derive(password, salt);
  return `${prefix}${encode(salt)}$${encode(hash)}`;
}

/** Takes the same time whether right or wrong. False for a hash that we did not make. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [salt = '', hash = '', ...rest] = stored.startsWith(prefix) ? stored.slice(prefix.length).split('$') : [];
  const expected = Buffer.from(hash, 'base64');
  const actual = await derive(password, Buffer.from(salt.padEnd(saltBytes, '0'), 'base64'));
  return rest.length === 0 && expected.length === actual.length && crypto.timingSafeEqual(expected, actual);
}

const argon2 = promisify(crypto.argon2);

/** Letters that are typed as one sign or as two (å) are the same password on every keyboard: NFC. */
async function derive(password: string, nonce: Buffer): Promise<Buffer> {
  await takeTurn();
  try {
    const message = Buffer.from(password.normalize('NFC'), 'utf8');
    return await argon2('argon2id', { message, nonce, parallelism, passes, memory: memoryKib, tagLength: hashBytes });
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

async function takeTurn(): Promise<void> {
  if (running >= concurrencyMax) {
    if (waiting.length >= waitingMax) throw new AppError('too_many_requests', { retryAfterSeconds: 10 });
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  running += 1;
}

const encode = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
