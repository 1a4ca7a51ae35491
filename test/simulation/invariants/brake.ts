// Nothing over a limit without a person's word: I37. Counted here from what the runs did, and not from what they say of it.
import { defaultBrakeLimits, type BrakeLimits } from '../../../src/contract/brake.ts';
import { compare, type Row } from '../snapshot.ts';
import { holds } from '../violation.ts';
import type { Check } from './step.ts';

const weekMs = 7 * 24 * 3_600_000;

export const checkBrake: Check = ({ before, after, by, nowMs, book }) => {
  if (by !== 'sync' || before.mirror_state === after.mirror_state) return;
  const limits = (after.brake_limit[0]?.['limits'] as BrakeLimits | undefined) ?? defaultBrakeLimits; // a column of jsonb
  const linked = new Set(after.link.map((row) => row['object_id']));
  const earlier = new Map(before.directory_user.map((row) => [row['object_id'], row]));
  const away = after.directory_user.filter(
    (row) => linked.has(row['object_id']) && !isHere(row) && isHere(earlier.get(row['object_id'])),
  );
  const lines = compare(before.field_change, after.field_change, ['id']).added;
  const fields = new Map<string, { changed: number; emptied: number }>();
  for (const line of lines) {
    const field = String(line['field']);
    const count = fields.get(field) ?? { changed: 0, emptied: 0 };
    fields.set(field, { changed: count.changed + 1, emptied: count.emptied + (line['after'] === null ? 1 : 0) });
  }
  book.deeds.push({ atMs: nowMs, gone: away.length, fields });
  const week = book.deeds.filter(({ atMs }) => atMs > nowMs - weekMs);
  const allowed = ({ count, share }: { count: number; share: number }): number =>
    Math.max(count, Math.floor(linked.size * share + 1e-9));
  const gone = week.reduce((sum, deeds) => sum + deeds.gone, 0);
  const most = Math.min(limits.gone.max, allowed(limits.gone));
  holds(
    away.length === 0 || gone <= most,
    'I37',
    () => `${gone} linked people were let go within a week, allowed are ${most}`,
  );
  for (const [field, now] of fields) {
    for (const what of ['changed', 'emptied'] as const) {
      const sum = week.reduce((count, deeds) => count + (deeds.fields.get(field)?.[what] ?? 0), 0);
      holds(
        now[what] === 0 || sum <= allowed(limits[what]),
        'I37',
        () => `${field} was ${what} in ${sum} people within a week, allowed are ${allowed(limits[what])}`,
      );
    }
  }
};

const isHere = (row: Row | undefined): boolean =>
  row !== undefined && row['deleted_at'] === null && row['in_scope'] === true;
