// The mirror moves as one, and only with evidence: I12 to I14, I16 to I19, I22.
import { columnsThatDiffer, compare, isSame, type Row } from '../snapshot.ts';
import { holds } from '../violation.ts';
import type { Check, Step } from './step.ts';

const mirror = ['directory_user', 'directory_membership'] as const;
// What a person decides about a held absence, and what mailboxes are for, are told beside the generation.
const beside = ['mailbox_purpose', 'mailbox_read_at', 'held_decision', 'held_decided_by', 'held_decided_at'];

export const checkMirror: Check = (step) => {
  const { before, after } = step;
  const [was, is] = [generationOf(before.mirror_state), generationOf(after.mirror_state)];
  holds(is === was || is === was + 1, 'I13', () => `the generation went from ${was} to ${is}`);
  if (is === was) {
    holds(!hasMoved(step), 'I13', () => 'the mirror has changed without a new generation');
    holds(
      isSame(linksOf(before.mirror_state), linksOf(after.mirror_state)),
      'I13',
      () => 'the delta link has changed alone',
    );
  }
  checkLease(step);
  checkEnds(step);
  if (is === was + 1) {
    holds(step.by === 'sync', 'I13', () => 'a person has made a generation');
    checkGeneration(step);
  }
};

const generationOf = (rows: readonly Row[]): number => Number(rows[0]?.['generation'] ?? 0);
const linksOf = (rows: readonly Row[]): unknown[] => rows.map((row) => [row['users_link'], row['groups_link']]);

/** Whether the rows of the mirror say something else. A person's decision about held absences may bury at once. */
function hasMoved({ before, after, by }: Step): boolean {
  return mirror.some((table) => {
    if (before[table] === after[table]) return false;
    const key =
      table === 'directory_user' ? ['connection_id', 'object_id'] : ['connection_id', 'group_id', 'member_id'];
    const { added, removed, changed } = compare(before[table], after[table], key);
    const decided = (row: Row): boolean => by === 'person' && row['held_reason'] !== null;
    return (
      added.length + removed.length > 0 ||
      changed.some((one) => !decided(one.before) && columnsThatDiffer(one).some((column) => !beside.includes(column)))
    );
  });
}

/** I22: the fence only grows, and who commits a generation holds the last one. */
function checkLease({ before, after }: Step): void {
  if (before.run_lease !== after.run_lease) {
    const [was, is] = [Number(before.run_lease[0]?.['fence'] ?? 0), Number(after.run_lease[0]?.['fence'] ?? 0)];
    holds(is >= was, 'I22', () => `the fence went back from ${was} to ${is}`);
  }
  const open = after.sync_run.filter((row) => row['state'] === 'running' || row['state'] === 'queued');
  holds(open.length <= 1, 'I22', () => `${open.length} runs are open`);
}

const settled = new Set(['ok', 'held']);

/** I17: a run that did not go well has changed nothing. */
function checkEnds({ before, after }: Step): void {
  if (before.sync_run === after.sync_run) return;
  for (const { before: was, after: is } of compare(before.sync_run, after.sync_run, ['id']).changed) {
    if (was['state'] === is['state'] || settled.has(String(is['state'])) || is['state'] === 'running') continue;
    for (const table of [...mirror, 'mirror_state', 'app_user', 'link', 'field_change'] as const)
      holds(
        isSame(before[table], after[table]),
        'I17',
        () => `a run that is ${String(is['state'])} has changed ${table}`,
      );
  }
}

function checkGeneration(step: Step): void {
  const { before, after, organisation, nowMs } = step;
  const run = compare(before.sync_run, after.sync_run, ['id']).changed.find(({ after: row }) =>
    settled.has(String(row['state'])),
  )?.after;
  if (run === undefined) return holds(false, 'I13', () => 'a generation without a run that went well');
  const lease = before.run_lease[0];
  holds(
    run['fence'] === lease?.['fence'],
    'I22',
    () => `fence ${String(run['fence'])} has committed, ${String(lease?.['fence'])} holds`,
  );
  const link = before.mirror_state[0]?.['users_link'];
  if (run['mode'] === 'incremental')
    holds(step.asked.has(String(link)), 'I14', () => 'a delta run did not begin at the link of the generation before');
  const { added, changed } = compare(before.directory_user, after.directory_user, ['connection_id', 'object_id']);
  const fromMs = Date.parse(String(run['started_at']));
  for (const row of [...added, ...changed.filter(wasWritten).map((one) => one.after)]) checkState(step, row, fromMs);
  for (const one of changed) {
    if (one.before['deleted_at'] !== null || one.after['deleted_at'] === null) continue;
    const { deleted_evidence: evidence, object_id: id } = one.after;
    holds(evidence !== null, 'I16', () => `${String(id)} counts as gone without evidence`);
    const wasAway = organisation.wasAway(String(id), fromMs - leewayMs, nowMs);
    holds(wasAway, 'I16', () => `${String(id)} counts as gone (${String(evidence)}), and was there all the time`);
  }
  checkGone(step);
  checkCounts(step, run);
}

// A run of a dead worker that another goes on with has read before the other began.
const leewayMs = 10 * 60_000;

const facts = ['attributes', 'display_name', 'mail'] as const;
const wasWritten = (one: { before: Row; after: Row }): boolean =>
  columnsThatDiffer(one).some((column) => facts.some((fact) => fact === column));

/** I12: a state that the person had while the run went on. */
function checkState({ organisation, nowMs, isToldEverything, after }: Step, row: Row, fromMs: number): void {
  if (!isToldEverything || row['deleted_at'] !== null) return;
  const attributes = row['attributes'] as Record<string, string>; // a column of jsonb
  for (const { source } of after.attribute_mapping as readonly Row[] as readonly { source: string }[]) {
    if (source === 'manager') continue;
    const could = organisation.model.sourceValues(String(row['object_id']), source, fromMs - leewayMs, nowMs);
    const value = attributes[source] ?? '';
    holds(
      could.has(value),
      'I12',
      () => `${String(row['object_id'])} never had ${source} "${value}", but ${[...could].join(' or ')}`,
    );
  }
}

/** I18: everybody linked is in the mirror, or listed with reason and time. */
function checkGone({ after }: Step): void {
  const rows = new Map(after.directory_user.map((row) => [row['object_id'], row]));
  for (const link of after.link) {
    const row = rows.get(link['object_id']);
    if (row === undefined) return holds(false, 'I18', () => `${String(link['object_id'])} is linked and nowhere`);
    if (row['deleted_at'] !== null) holds(row['deleted_reason'] !== null, 'I18', () => 'gone without a reason');
    else if (row['in_scope'] !== true)
      holds(row['out_reason'] !== null && row['scope_since'] !== null, 'I18', () => 'out of scope without a reason');
  }
}

const isHere = (row: Row | undefined): boolean =>
  row !== undefined && row['deleted_at'] === null && row['in_scope'] === true;

/** I19: the numbers shown are the rows written. */
function checkCounts({ before, after, organisation }: Step, run: Row): void {
  const counts = run['counts'] as Record<string, number>; // a column of jsonb
  const written = compare(before.field_change, after.field_change, ['id']).added.filter(
    (row) => row['run_id'] === run['id'],
  );
  const earlier = new Map(before.directory_user.map((row) => [row['object_id'], row]));
  const linked = new Set(after.link.map((row) => row['object_id']));
  const ignored = new Set(
    after.ignored.filter((row) => row['tenant_id'] === organisation.tenantId).map((row) => row['object_id']),
  );
  const here = after.directory_user.filter(isHere);
  const came = here.filter((row) => !isHere(earlier.get(row['object_id'])));
  const free = came.filter((row) => !linked.has(row['object_id']) && !ignored.has(row['object_id']));
  const wentAway = after.directory_user.filter(
    (row) => linked.has(row['object_id']) && !isHere(row) && isHere(earlier.get(row['object_id'])),
  );
  const expected = {
    people: here.length,
    newPeople: free.length,
    gone: wentAway.length,
    returned: came.filter((row) => linked.has(row['object_id'])).length,
    changedFields: written.length,
    changedUsers: new Set(written.map((row) => row['app_user_id'])).size,
  };
  for (const [name, value] of Object.entries(expected))
    holds(counts[name] === value, 'I19', () => `the run counts ${String(counts[name])} as ${name}, and wrote ${value}`);
}
