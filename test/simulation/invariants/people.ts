// Never lose anybody, never take anybody over: I1 to I5.
import { columnsThatDiffer, compare, type Row } from '../snapshot.ts';
import { holds } from '../violation.ts';
import type { Check, Step } from './step.ts';

export const checkPeople: Check = (step) => {
  const { before, after, by } = step;
  if (before.app_user === after.app_user) return;
  const { added, removed, changed } = compare(before.app_user, after.app_user, ['id']);
  holds(removed.length === 0, 'I1', () => `app users are gone: ${names(removed)}`);
  if (by === 'person') return;
  holds(added.length === 0, 'I1', () => `a sync has made app users: ${names(added)}`);
  for (const one of changed) {
    const differ = columnsThatDiffer(one);
    const beyond = differ.filter((column) => !['fields', 'updated_at', 'version'].includes(column));
    const what = beyond.includes('sign_in_email') ? 'I4' : 'I2';
    holds(beyond.length === 0, what, () => `a sync has changed ${beyond.join()} of an app user`);
    checkFields(step, fieldsOf(one.before), fieldsOf(one.after));
  }
};

function checkFields({ after }: Step, before: Record<string, string>, now: Record<string, string>): void {
  const clears = new Map(after.attribute_mapping.map((row) => [String(row['target']), row['empty_rule'] === 'clear']));
  for (const field of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (before[field] === now[field]) continue;
    holds(clears.has(field), 'I3', () => `a sync has changed ${field}, which is not coupled`);
    const isEmptied = (now[field] ?? '') === '';
    holds(!isEmptied || clears.get(field) === true, 'I5', () => `a sync has emptied ${field}, which it was to keep`);
  }
}

export const fieldsOf = (row: Row): Record<string, string> => row['fields'] as Record<string, string>; // a column of jsonb

const names = (rows: readonly Row[]): string => rows.map((row) => JSON.stringify(row['fields'])).join();
