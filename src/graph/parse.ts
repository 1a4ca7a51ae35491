// Everything that comes from a directory is hostile until it has passed through here: shapes are checked, unknown members are
// dropped, texts are bounded and hold no control characters. Recursion follows our schema and never the body's depth.
import { guid } from './cloud.ts';

/** A body that is not what Graph answers: the page is thrown away whole. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

export type Members = Readonly<Record<string, unknown>>;

// Longer than any attribute of a user (street address: 1024), shorter than what could hurt.
const textLengthMax = 4096;

export function asObject(value: unknown): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Malformed('an object was expected');
  return value as Members; // just checked
}

export function asArray(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Malformed('a list was expected');
  return value;
}

export function asId(value: unknown): string {
  if (typeof value !== 'string' || !guid.test(value)) throw new Malformed('an id was expected');
  return value.toLowerCase();
}

/**
 * A text as PostgreSQL and a page can hold it: undefined when not told, null when empty, too long or no text at all.
 * Letters stay as they are; line breaks and tabs become blanks, other control characters and half characters go.
 */
export function readText(value: unknown, lengthMax = textLengthMax): string | null | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > lengthMax) return null;
  const clean = value
    .replace(/\s*[\r\n\t\u2028\u2029]+\s*/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .toWellFormed()
    .trim();
  return clean === '' ? null : clean;
}

/** The same for a coupled attribute, where "empty" may clear a field: a text that is too long is cut, and so still too long for one. */
export function readAttribute(value: unknown, lengthMax = textLengthMax): string | null | undefined {
  return readText(typeof value === 'string' ? cut(value, lengthMax) : value);
}

/** A copy: a part of a text holds the whole of it in memory. */
function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : Buffer.from(text.slice(0, lengthMax), 'utf16le').toString('utf16le');
}

export function readBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** ISO 8601 in UTC, or null. */
export function readTime(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 40) return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** The answer of a `/$count` segment: digits, with a byte order mark before them at times. */
export function readCount(text: string): number {
  const digits = text.replace(/^\uFEFF/, '').trim();
  if (!/^\d{1,9}$/.test(digits)) throw new Malformed('a number was expected');
  return Number(digits);
}

// Graph nests a dozen deep at most; what is deeper is made to exhaust whoever reads it (T20).
const depthMax = 32;

export function parseJson(text: string): unknown {
  assertShallow(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Malformed('the body is not JSON', { cause });
  }
}

/** Before anything is made of it: a body of brackets alone would be millions of lists. */
function assertShallow(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at + 1);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > depthMax) throw new Malformed('the body is nested too deep');
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
    }
  }
}

/** Where the string ends that begins at `from`; the end of the text when it does not end. */
function endOfString(text: string, from: number): number {
  for (let at = from; ;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let backslashes = 0;
    while (quote - backslashes > from && text.charCodeAt(quote - backslashes - 1) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    at = quote + 1;
  }
}
