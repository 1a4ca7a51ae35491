// History, notices and audit: I23 to I26 and I28.
import { compare, isSame, type Row } from '../snapshot.ts';
import { holds } from '../violation.ts';
import { fieldsOf } from './people.ts';
import type { Check, Step } from './step.ts';

export const checkBooks: Check = (step) => {
  checkHistory(step);
  checkNotices(step);
  checkAudit(step);
};

/** I23, I24: each change has its line, each line its change, and lines stay. */
function checkHistory({ before, after, by }: Step): void {
  if (before.app_user === after.app_user && before.field_change === after.field_change) return;
  const { added, removed, changed } = compare(before.field_change, after.field_change, ['id']);
  holds(removed.length + changed.length === 0, 'I23', () => 'lines of history were changed or removed');
  const earlier = new Map(before.app_user.map((row) => [row['id'], fieldsOf(row)]));
  for (const user of after.app_user) {
    const was = earlier.get(user['id']);
    if (was === undefined) continue; // its first values
    const folded: Record<string, string | undefined> = { ...was };
    for (const line of added.filter((row) => row['app_user_id'] === user['id'])) {
      const field = String(line['field']);
      holds(
        (folded[field] ?? null) === line['before'],
        'I23',
        () => `a line of ${field} says before "${String(line['before'])}", and it was "${String(folded[field])}"`,
      );
      if (line['after'] === null) delete folded[field];
      else folded[field] = line['after'] as string; // a column of text
    }
    holds(
      isSame(folded, fieldsOf(user)),
      'I23',
      () => `history leads to ${JSON.stringify(folded)}, and it is ${JSON.stringify(user['fields'])}`,
    );
  }
  for (const line of added) {
    const byRun = line['run_id'] !== null;
    const byPerson = line['actor_id'] !== null;
    holds(
      by === 'sync' ? byRun && !byPerson : byPerson,
      'I24',
      () => `a line of history does not say who: ${JSON.stringify(line)}`,
    );
    holds(line['at'] !== null, 'I24', () => 'a line of history has no time');
  }
}

/** I25, I26: whoever is to be told is told once, and nobody else. */
function checkNotices({ before, after }: Step): void {
  if (before.notification === after.notification && before.sync_run === after.sync_run) return;
  const { added } = compare(before.notification, after.notification, ['id']);
  const told = added.map((row) => JSON.stringify([row['app_user_id'], row['kind'], row['params'], row['target_id']]));
  holds(new Set(told).size === told.length, 'I25', () => 'somebody was told the same twice');
  const chosen = new Set(after.notice_recipient.map((row) => row['app_user_id']));
  const administrators = new Set(after.app_user.filter(isAdministrator).map((row) => row['id']));
  const others = added.filter((row) => !chosen.has(row['app_user_id']) && !administrators.has(row['app_user_id']));
  holds(others.length === 0, 'I26', () => 'somebody was told who did not ask for it');
  const runs = compare(before.sync_run, after.sync_run, ['id']).changed.filter(
    (one) => one.before['state'] === 'running' && ['ok', 'held'].includes(String(one.after['state'])),
  );
  for (const { after: run } of runs) {
    const counts = run['counts'] as Record<string, number>; // a column of jsonb
    for (const [kind, count] of [
      ['gone', counts['gone']],
      ['new_people', counts['newPeople']],
      ['changed', counts['changedUsers']],
    ] as const) {
      const tells = added.filter((row) => row['kind'] === kind).length;
      const wanted =
        (count ?? 0) > 0 ? after.notice_recipient.filter((row) => (row['kinds'] as string[]).includes(kind)).length : 0;
      holds(tells === wanted, 'I25', () => `${tells} were told of ${kind}, ${wanted} wanted to be`);
    }
  }
}

const isAdministrator = (row: Row): boolean => (row['permissions'] as string[]).includes('users_and_teams');

/** I28: a person's decision has one line in the audit, and its lines stay. */
function checkAudit({ before, after, by }: Step): void {
  const { added, removed, changed } = compare(before.audit_event, after.audit_event, ['id']);
  holds(removed.length + changed.length === 0, 'I28', () => 'lines of the audit were changed or removed');
  if (by !== 'person') return;
  const decided = (
    ['link', 'ignored', 'app_user', 'connection', 'attribute_mapping', 'connection_group'] as const
  ).some((table) => !isSame(before[table], after[table]));
  if (!decided) return;
  holds(added.length === 1, 'I28', () => `a decision has ${added.length} lines in the audit`);
  holds(
    added.every((row) => row['actor_id'] !== null && row['request_id'] !== null),
    'I28',
    () => 'a decision without who made it',
  );
}
