// Where a page of a list ended, as an opaque text. What comes back from a browser is hostile until parsed.
import { AppError } from '../contract/errors.ts';

/** The sort key of the last row shown. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key), 'utf8').toString('base64url');
}

/** Throws invalid_input unless the text is a cursor with that many parts. */
export function decodeCursor(text: string, parts: number): string[] {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw wrongCursor();
  }
  if (!Array.isArray(key) || key.length !== parts) throw wrongCursor();
  return key.map((part: unknown) => {
    if (typeof part !== 'string' || part.includes('\0')) throw wrongCursor();
    return part;
  });
}

/** The last part of a cursor, where it is the id of a row: PostgreSQL would not take another text for one. */
export function uuidOfCursor(part: string | undefined): string {
  if (part !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(part)) return part;
  throw wrongCursor();
}

/** The same where rows are numbered. */
export function numberOfCursor(part: string | undefined): string {
  if (part !== undefined && /^\d{1,18}$/.test(part)) return part;
  throw wrongCursor();
}

function wrongCursor(): AppError {
  return new AppError('invalid_input', { fields: [{ path: 'after', message: 'is not the end of a page' }] });
}
