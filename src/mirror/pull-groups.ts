// Reads groups and their direct members into staging, from wherever the reading stands.
import { AppError } from '../contract/errors.ts';
import { stage, stagePage, type PullDeps, type Reading } from './reading.ts';
import { stageGroups, unstageGroups } from './stage.ts';

/** `link`: where changes go on from when nothing of them was read yet; null reads all groups. */
export async function pullGroups(deps: PullDeps, reading: Reading, link: string | null): Promise<void> {
  const { input, pullKey, position } = reading;
  if (position.groupsLink === null) {
    // A chosen group that was found to be gone was unstaged, and may be back.
    if (reading.resumed) await stage(deps, input, (tx) => unstageGroups(tx, pullKey));
    reading.position = { ...position, groupsMode: link === null ? 'initial' : 'incremental', groupsRead: 0 };
  }
  for await (const { items, next, deltaLink } of input.reader.groupsDelta(position.groupsLink ?? link)) {
    const groupsLink = deltaLink ?? next;
    if (groupsLink === null) break;
    const groupsRead = reading.position.groupsRead + items.length;
    await stagePage(deps, reading, { items, moved: { groupsLink, groupsRead } }, stageGroups);
    if (deltaLink !== null) return;
  }
  throw new AppError('graph_malformed'); // the reader ends a round with a link, or throws itself
}
