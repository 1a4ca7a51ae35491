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
    key = null;
  }
  if (!Array.isArray(key) || key.length !== parts || !key.every((part) => typeof part === 'string' && !part.includes('\0'))) {
    throw new AppError('invalid_input', { fields: [{ path: 'after', message: 'is not the end of a page' }] });
  }
  return key;
}
