// What administrators do, drawn from the seed and from what their page showed last: the button, linking, creating, ignoring, deciding
// about gone people, other settings. What they asked for may be out of date by the time it arrives, as in life.
import { AppError } from '../../src/contract/errors.ts';
import { saveFields } from '../../src/connection/save-settings.ts';
import type { ConnectionDeps } from '../../src/connection/deps.ts';
import { createFromDirectory } from '../../src/review/create.ts';
import { keep, remove, unkeep } from '../../src/review/gone.ts';
import { ignore, restore } from '../../src/review/ignore.ts';
import { link, unlink } from '../../src/review/link.ts';
import type { RunDeps } from '../../src/sync/run-deps.ts';
import { decideHeld } from '../../src/sync/decide-held.ts';
import { startRun } from '../../src/sync/start-run.ts';
import { createAppUser } from '../../src/people/app-users.ts';
import { drawMappings } from './plan.ts';
import type { Seeded } from './seeded.ts';
import type { Row, Snapshot } from './snapshot.ts';
import type { Organisation } from './world.ts';

export interface Desk {
  deps: RunDeps;
  settings: ConnectionDeps;
  organisation: Organisation;
  seed: Seeded;
  /** The page as it was shown last. */
  page: () => Snapshot;
}

/** Presses the button. False when a run is open, or none can be started. */
export async function press({ deps, organisation }: Desk): Promise<boolean> {
  return foreseen(async () => void (await startRun(deps, organisation.actor)));
}

/** What the page offers of a held run: all of it is approved. */
export async function approveAll({ deps, organisation, page }: Desk): Promise<void> {
  const rows = heldKeys(page());
  if (rows.length > 0) await foreseen(() => decideHeld(deps, organisation.actor, { decision: 'approve', rows }));
}

/** App users of everybody who is free. */
export async function createAll({ deps, organisation, page }: Desk): Promise<void> {
  const objectIds = page().directory_user.map((row) => String(row['object_id']));
  await foreseen(() => createFromDirectory(deps, organisation.actor, { objectIds }));
}

/** Keys of held rows on which nobody has said that they are wrong. */
function heldKeys(shown: Snapshot): string[] {
  const waits = (row: Row): boolean => row['decision'] !== 'dismissed' && row['held_decision'] !== 'dismissed';
  return [
    ...shown.directory_user
      .filter((row) => row['held_reason'] !== null && waits(row))
      .map((row) => `a:${String(row['object_id'])}`),
    ...shown.held_change.filter(waits).map((row) => `c:${String(row['app_user_id'])}:${String(row['field'])}`),
  ];
}

/** One deed of any kind. */
export async function act(desk: Desk): Promise<void> {
  const { seed, deps, organisation, page, settings } = desk;
  const { actor } = organisation;
  const shown = page();
  const text = (row: Row, column: string): string => String(row[column]);
  const objects = shown.directory_user.filter((row) => row['deleted_at'] === null).map((row) => text(row, 'object_id'));
  const linked = new Map(shown.link.map((row) => [text(row, 'object_id'), text(row, 'app_user_id')]));
  const free = objects.filter((id) => !linked.has(id));
  const ignored = shown.ignored.map((row) => text(row, 'object_id'));
  const appUsers = shown.app_user
    .filter((row) => row['removed_at'] === null && row['account_id'] === null)
    .map((row) => text(row, 'id'));
  const unlinked = appUsers.filter((id) => ![...linked.values()].includes(id));
  const gone = shown.directory_user
    .filter((row) => (row['deleted_at'] !== null || row['in_scope'] === false) && linked.has(text(row, 'object_id')))
    .map((row) => linked.get(text(row, 'object_id')) ?? '');
  const some = (list: readonly string[], most: number): string[] => {
    const left = [...list];
    const wanted = seed.whole(1, most);
    const taken: string[] = [];
    while (left.length > 0 && taken.length < wanted) taken.push(...left.splice(seed.whole(0, left.length - 1), 1));
    return taken;
  };
  const held = heldKeys(shown);
  if (held.length > 0 && seed.hits(0.5)) {
    const decision = seed.pick(['approve', 'approve', 'dismiss', 'wait'] as const);
    await foreseen(() => decideHeld(deps, actor, { decision, rows: some(held, held.length) }));
    return;
  }
  const roll = seed.next();
  if (roll < 0.1) {
    const fields = { displayName: `Person ${seed.whole(1, 999)}`, ...(seed.hits(0.5) ? { jobTitle: 'Vikarie' } : {}) };
    await foreseen(() => createAppUser(deps, actor, { fields, permissions: [], teamIds: [] }));
  } else if (roll < 0.4 && free.length > 0) {
    await foreseen(() => createFromDirectory(deps, actor, { objectIds: some(free, 5) }));
  } else if (roll < 0.55 && free.length > 0 && unlinked.length > 0) {
    const users = some(unlinked, 2);
    const pairs = some(free, users.length).map((objectId, at) => ({ objectId, appUserId: users[at] ?? '' }));
    await foreseen(() => link(deps, actor, { pairs }));
  } else if (roll < 0.68 && free.length > 0) {
    await foreseen(() => ignore(deps, actor, { objectIds: some(free, 3) }));
  } else if (roll < 0.74 && ignored.length > 0) {
    await foreseen(() => restore(deps, actor, { objectIds: some(ignored, 2) }));
  } else if (roll < 0.8 && linked.size > 0) {
    await foreseen(() => unlink(deps, actor, { appUserIds: some([...linked.values()], 2) }));
  } else if (roll < 0.93 && gone.length > 0) {
    const decide = seed.pick([keep, keep, unkeep, remove]);
    await foreseen(() => decide(deps, actor, { appUserIds: some(gone, 2) }));
  } else if (roll >= 0.93) {
    await foreseen(() => saveFields(settings, actor, { mappings: [...drawMappings(seed)] }));
  }
}

/** An answer that the page has words for is no fault. */
async function foreseen(deed: () => Promise<unknown>): Promise<boolean> {
  try {
    await deed();
    return true;
  } catch (error) {
    // Or somebody held the rows for too long: the page says to try again.
    if (error instanceof AppError || (error instanceof Error && 'code' in error && error.code === '55P03'))
      return false;
    throw error;
  }
}
