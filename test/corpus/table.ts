// How each recorded exchange is used: (a) the same request is put to the emulator and the answers are compared by shape, (b) the
// recorded body is served to Samsyn's client, which has to read it without loss. What is used for neither says why.
import { errors } from './table-errors.ts';
import { delta } from './table-delta.ts';
import { directory } from './table-directory.ts';
import { groups } from './table-groups.ts';
import { login } from './table-login.ts';
import { more } from './table-more.ts';
import type { Used } from './table-types.ts';
import { unused } from './table-unused.ts';
import { users } from './table-users.ts';

/** A name stands in one of them only; test/corpus.test.ts holds the table against the recorded cases. */
export const partsOfTable: readonly Record<string, Used>[] = [
  users,
  groups,
  delta,
  directory,
  more,
  errors,
  login,
  unused,
];

/** By the name of the case. */
export const table: ReadonlyMap<string, Used> = new Map(partsOfTable.flatMap((part) => Object.entries(part)));

export type Way = 'emulator and client' | 'emulator' | 'client' | 'skipped';

export function wayOf({ a, b }: Used): Way {
  if (a !== undefined && b !== undefined) return 'emulator and client';
  if (a !== undefined) return 'emulator';
  return b === undefined ? 'skipped' : 'client';
}
