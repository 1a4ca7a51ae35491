// The mirror, its cursor and its generation move together, by whoever holds the lease, and runs that did not go well move nothing: I13,
// I17, I22. What a new generation says is in generation.ts.
import { columnsThatDiffer, compare, isSame, type Row } from '../snapshot.ts';
import { holds } from '../violation.ts';
import { checkGeneration, settled } from './generation.ts';
import type { Check, Step } from './step.ts';

const mirror = ['directory_user', 'directory_membership'] as const;
// What a person decides about a held absence, and what mailboxes are for, are told beside the generation.
const beside = ['mailbox_purpose', 'mailbox_read_at', 'held_decision', 'held_decided_by', 'held_decided_at'];

export const checkMirror: Check = (step) => {
  const { before, after } = step;
  const [was, is] = [generationOf(before.mirror_state), generationOf(after.mirror_state)];
  holds(is === was || is === was + 1, 'I13', () => `the generation went from ${was} to ${is}`);
  const isSameLink = isSame(linksOf(before.mirror_state), linksOf(after.mirror_state));
  if (is === was) {
    holds(!hasMoved(step), 'I13', () => 'the mirror has changed without a new generation');
    holds(isSameLink, 'I13', () => 'the delta link has changed alone');
  }
  checkLease(step);
  checkEnds(step);
  if (is !== was + 1) return;
  if (step.by === 'sync') return checkGeneration(step);
  // A person who approves held absences moves it too, and reads nothing.
  holds(isSameLink, 'I13', () => 'a person has moved the delta link');
  const { added } = compare(before.directory_user, after.directory_user, ['connection_id', 'object_id']);
  holds(added.length === 0, 'I13', () => 'a person has added to the mirror');
};

const generationOf = (rows: readonly Row[]): number => Number(rows[0]?.['generation'] ?? 0);
const linksOf = (rows: readonly Row[]): unknown[] => rows.map((row) => [row['users_link'], row['groups_link']]);

/** Whether the rows of the mirror say something else. */
function hasMoved({ before, after }: Step): boolean {
  return mirror.some((table) => {
    if (before[table] === after[table]) return false;
    const key =
      table === 'directory_user' ? ['connection_id', 'object_id'] : ['connection_id', 'group_id', 'member_id'];
    const { added, removed, changed } = compare(before[table], after[table], key);
    return (
      added.length + removed.length > 0 ||
      changed.some((one) => columnsThatDiffer(one).some((column) => !beside.includes(column)))
    );
  });
}

/** I22: the fence only grows, is taken only from who has lost it, and one run is open at most. */
function checkLease({ before, after, party, atMs, book }: Step): void {
  if (before.run_lease !== after.run_lease) {
    const [was, is] = [before.run_lease[0], after.run_lease[0]];
    const [earlier, now] = [Number(was?.['fence'] ?? 0), Number(is?.['fence'] ?? 0)];
    holds(now >= earlier, 'I22', () => `the fence went back from ${earlier} to ${now}`);
    if (now > earlier) {
      const heldUntilMs = was === undefined ? 0 : Date.parse(String(was['expires_at']));
      holds(heldUntilMs <= atMs, 'I22', () => 'the lease was taken while somebody held it');
      book.holder = party;
    }
  }
  const open = after.sync_run.filter((row) => row['state'] === 'running' || row['state'] === 'queued');
  holds(open.length <= 1, 'I22', () => `${open.length} runs are open`);
}

/** I17: a run that did not go well has changed nothing; and an end is an end. */
function checkEnds({ before, after }: Step): void {
  if (before.sync_run === after.sync_run) return;
  for (const { before: was, after: is } of compare(before.sync_run, after.sync_run, ['id']).changed) {
    if (was['state'] === is['state']) continue;
    const mayMove =
      ['queued', 'running'].includes(String(was['state'])) || (was['state'] === 'retrying' && is['state'] === 'failed');
    holds(mayMove, 'I17', () => `a run that was ${String(was['state'])} is ${String(is['state'])}`);
    if (settled.has(String(is['state'])) || is['state'] === 'running') continue;
    for (const table of [...mirror, 'mirror_state', 'app_user', 'link', 'field_change'] as const)
      holds(
        isSame(before[table], after[table]),
        'I17',
        () => `a run that is ${String(is['state'])} has changed ${table}`,
      );
  }
}
