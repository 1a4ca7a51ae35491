// Off is off, and nothing is lost by it: I29, I30 (what is asked is watched where it is sent), I34.
import { isSame } from '../snapshot.ts';
import { holds } from '../violation.ts';
import type { Check } from './step.ts';

const kept = [
  'app_user',
  'link',
  'ignored',
  'field_change',
  'directory_user',
  'directory_membership',
  'mirror_state',
] as const;

export const checkTurningOff: Check = ({ before, after, by, atMs, book }) => {
  const isOff = after.connection.every((row) => row['status'] === 'off');
  const wasOff = before.connection.every((row) => row['status'] === 'off');
  const on = after.connection.filter((row) => row['status'] !== 'off');
  holds(on.length <= 1, 'I34', () => 'two connections are on');
  if (!isOff) return;
  if (!wasOff) {
    book.offAtMs = atMs;
    for (const table of kept)
      holds(isSame(before[table], after[table]), 'I29', () => `turning off has changed ${table}`);
  } else if (by === 'sync') {
    for (const table of kept)
      holds(isSame(before[table], after[table]), 'I30', () => `a sync has changed ${table} after it was turned off`);
  }
};
