// What a new generation of the mirror says is what the directory said, absences have evidence, and the numbers are the rows: I11, I12,
// I14, I16, I18, I19, and who may commit it (I22).
import { columnsThatDiffer, compare, type Changed, type Row } from '../snapshot.ts';
import { holds } from '../violation.ts';
import type { Step } from './step.ts';

/** How a run is called that has made a generation. */
export const settled = new Set(['ok', 'held']);

// What a worker has read may be of some time before the run that another goes on with.
const leewayMs = 10 * 60_000;

export function checkGeneration(step: Step): void {
  const { before, after, organisation, nowMs, book, party } = step;
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
  holds(book.holder === party, 'I22', () => `${party.name} has committed, and ${book.holder?.name} holds the lease`);
  const link = before.mirror_state[0]?.['users_link'];
  if (run['mode'] === 'incremental')
    holds(step.asked.has(String(link)), 'I14', () => 'a delta run did not begin at the link of the generation before');
  const { added, changed } = compare(before.directory_user, after.directory_user, ['connection_id', 'object_id']);
  const fromMs = Date.parse(String(run['started_at'])) - leewayMs;
  for (const row of [...added, ...changed.filter(wasWritten).map((one) => one.after)]) checkState(step, row, fromMs);
  for (const { before: was, after: is } of changed) {
    const isNew = (column: string): boolean => was[column] === null && is[column] !== null;
    if (!isNew('deleted_at') && !(isNew('held_reason') && ['deleted', 'purged'].includes(String(is['held_reason']))))
      continue;
    const evidence = is['deleted_evidence'] ?? is['held_evidence'];
    const id = String(is['object_id']);
    holds(evidence !== null && evidence !== undefined, 'I16', () => `${id} counts as gone without evidence`);
    const wasAway = organisation.wasAway(id, fromMs, nowMs);
    holds(wasAway, 'I16', () => `${id} counts as gone (${String(evidence)}), and was there all the time`);
  }
  checkEverybody(step, fromMs);
  checkGone(step);
  checkCounts(step, run);
}

const facts = ['attributes', 'display_name', 'mail'] as const;
const wasWritten = (one: Changed): boolean =>
  columnsThatDiffer(one).some((column) => facts.some((fact) => fact === column));

/** I12: a state that the person had while the run went on. */
function checkState({ organisation, nowMs, isToldEverything, after }: Step, row: Row, fromMs: number): void {
  if (!isToldEverything || row['deleted_at'] !== null) return;
  const attributes = row['attributes'] as Record<string, string>; // a column of jsonb
  for (const mapping of after.attribute_mapping) {
    const source = String(mapping['source']);
    if (source === 'manager') continue;
    const could = organisation.model.sourceValues(String(row['object_id']), source, fromMs, nowMs);
    const value = attributes[source] ?? '';
    holds(
      could.has(value),
      'I12',
      () => `${String(row['object_id'])} never had ${source} "${value}", but ${[...could].join(' or ')}`,
    );
  }
}

/** I11: whoever was there the whole time is in the mirror, with what they had the whole time, and whoever was not there is not. */
function checkEverybody({ organisation, nowMs, isToldEverything, isToldAtOnce, after }: Step, fromMs: number): void {
  if (!isToldEverything || !isToldAtOnce) return;
  const rows = new Map(after.directory_user.map((row) => [String(row['object_id']), row]));
  const { store, tenantId } = organisation.drawing;
  for (const { id, deletedAt } of store.tenant(tenantId).users.values()) {
    if (deletedAt !== null || organisation.wasAway(id, fromMs, nowMs)) continue;
    const row = rows.get(id);
    if (row === undefined || row['deleted_at'] !== null)
      return holds(false, 'I11', () => `${id} was there all the time, and is not in the mirror`);
    const isHeldAway = row['held_reason'] === 'deleted' || row['held_reason'] === 'purged';
    holds(!isHeldAway, 'I11', () => `${id} was there all the time, and is held as ${String(row['held_reason'])}`);
    checkAttributes(organisation, after.attribute_mapping, row, fromMs, nowMs);
  }
  for (const [id, row] of rows) {
    if (row['deleted_at'] !== null || row['held_reason'] !== null || organisation.wasHere(id, fromMs, nowMs)) continue;
    holds(false, 'I11', () => `${id} was not there any more, and is in the mirror`);
  }
}

function checkAttributes(
  { model }: Step['organisation'],
  mappings: readonly Row[],
  row: Row,
  fromMs: number,
  nowMs: number,
): void {
  const attributes = row['attributes'] as Record<string, string>; // a column of jsonb
  for (const mapping of mappings) {
    const source = String(mapping['source']);
    if (source === 'manager') continue;
    const could = model.sourceValues(String(row['object_id']), source, fromMs, nowMs);
    const value = attributes[source] ?? '';
    holds(
      could.has(value),
      'I11',
      () => `the mirror has ${source} "${value}" of ${String(row['object_id'])}, which was ${[...could].join(' or ')}`,
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
