// Links and ignored marks belong to persons: I6 to I10.
import { columnsThatDiffer, compare, type Row } from '../snapshot.ts';
import { holds } from '../violation.ts';
import type { Check } from './step.ts';

export const checkLinks: Check = ({ before, after, by }) => {
  if (before.link !== after.link) {
    for (const column of ['object_id', 'app_user_id']) {
      const values = after.link.map((row) => `${String(row['connection_id'])} ${String(row[column])}`);
      holds(new Set(values).size === values.length, 'I6', () => `two links of one ${column}`);
    }
    const { added, removed, changed } = compare(before.link, after.link, ['connection_id', 'object_id']);
    if (by === 'sync') {
      holds(
        added.length + removed.length === 0,
        'I7',
        () => `a sync has made or removed links: ${ids([...added, ...removed])}`,
      );
      holds(changed.length === 0, 'I8', () => `a sync has changed links: ${ids(changed.map((one) => one.after))}`);
    }
    for (const one of changed) {
      const beyond = columnsThatDiffer(one).filter((column) => !['kept_at', 'kept_by'].includes(column));
      holds(beyond.length === 0, 'I8', () => `a link has another ${beyond.join()}`);
    }
  }
  if (by === 'sync' && before.ignored !== after.ignored) {
    const { added, removed } = compare(before.ignored, after.ignored, ['tenant_id', 'object_id']);
    holds(
      added.length + removed.length === 0,
      'I9',
      () => `a sync has changed who is ignored: ${ids([...added, ...removed])}`,
    );
  }
  if (before.link !== after.link || before.ignored !== after.ignored) {
    const tenants = new Map(after.connection.map((row) => [row['id'], row['tenant_id']]));
    const ignored = new Set(after.ignored.map((row) => `${String(row['tenant_id'])} ${String(row['object_id'])}`));
    const both = after.link.filter((row) =>
      ignored.has(`${String(tenants.get(row['connection_id']))} ${String(row['object_id'])}`),
    );
    holds(both.length === 0, 'I10', () => `linked and ignored at once: ${ids(both)}`);
  }
};

const ids = (rows: readonly Row[]): string => rows.map((row) => String(row['object_id'])).join();
