// Reads people into staging, from wherever the reading stands. A full read takes the "from now" link first and then lists in pages
// of 999: changes made meanwhile come with the delta, and so do those made while nobody was reading.
import { AppError } from '../contract/errors.ts';
import { readRound, stage, stagePage, type PullDeps, type Reading } from './reading.ts';
import { countStaged, stageUsers } from './stage.ts';

/** Until nothing is left that Microsoft would tell. Throws GraphFailure, or AppError('run_implausible'). */
export async function pullPeople(deps: PullDeps, reading: Reading): Promise<void> {
  const { reader, sources } = reading.input;
  const wasStopped = reading.resumed && reading.position.isListed;
  if (!reading.position.isListed) await list(deps, reading);
  const isFull = reading.position.mode === 'initial';
  if (isFull && reading.position.peopleRead === 0) throw new AppError('run_implausible'); // whoever consented is a user, too
  // The link selects these, and beside them what the mirror keeps for itself.
  const { usersLink: from } = reading.position;
  const open = (link: string | null) => reader.usersDelta(link ?? from, sources);
  for await (const { items, link: usersLink } of readRound(open, from, wasStopped)) {
    const peopleRead = reading.position.peopleRead + (isFull ? 0 : items.length);
    await stagePage(deps, reading, { items, moved: { usersLink, peopleRead } }, stageUsers);
  }
}

async function list(deps: PullDeps, reading: Reading): Promise<void> {
  if (reading.position.shards !== null && (await listInShards(deps, reading))) return;
  const { reader, sources } = reading.input;
  const { counted: expected, listLink: from } = reading.position;
  for await (const { items, next } of reader.listUsers(sources, { expected, from })) {
    const peopleRead = reading.position.peopleRead + items.length;
    await stagePage(
      deps,
      reading,
      { items, moved: { listLink: next, isListed: next === null, peopleRead } },
      stageUsers,
    );
  }
}

/**
 * Lists a large tenant in shards. True when that is proved to be everybody: as many different people came as Graph counted, before
 * or after. What came stays staged in any case: whoever is listed once more is staged as they are then.
 */
async function listInShards(deps: PullDeps, reading: Reading): Promise<boolean> {
  const { reader, sources } = reading.input;
  const { counted, shards } = reading.position;
  if (counted === null || shards === null) return false;
  for await (const { shard, items, next } of reader.listUsersInShards(sources, counted, shards)) {
    const peopleRead = reading.position.peopleRead + items.length;
    const moved = { shards: { ...reading.position.shards, [shard]: next }, peopleRead };
    await stagePage(deps, reading, { items, moved }, stageUsers);
  }
  const staged = await stage(deps, reading.input, (tx) => countStaged(tx, reading.pullKey));
  const now = await reader.countUsers();
  // People come and go while they are listed: who came in between may or may not be among them.
  const isWhole = now !== null && staged >= Math.min(counted, now);
  reading.position = isWhole
    ? { ...reading.position, isListed: true }
    : { ...reading.position, shards: null, peopleRead: 0 };
  return isWhole;
}
