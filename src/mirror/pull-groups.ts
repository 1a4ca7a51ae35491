// Reads groups and their direct members into staging, from wherever the reading stands.
import { readRound, stage, stagePage, type PullDeps, type Reading } from './reading.ts';
import { stageGroups, unstageGroups } from './stage.ts';

/** `link`: where changes go on from when nothing of them was read yet; null reads all groups. */
export async function pullGroups(deps: PullDeps, reading: Reading, link: string | null): Promise<void> {
  const { input, pullKey, position } = reading;
  if (position.groupsLink === null) {
    // A chosen group that was found to be gone was unstaged, and may be back.
    if (reading.resumed) await stage(deps, input, (tx) => unstageGroups(tx, pullKey));
    reading.position = { ...position, groupsMode: link === null ? 'initial' : 'incremental', groupsRead: 0 };
  }
  const from = position.groupsLink ?? link;
  const open = (at: string | null) => input.reader.groupsDelta(at);
  const wasStopped = position.groupsLink !== null;
  for await (const { items, link: groupsLink } of readRound(open, from, wasStopped)) {
    const groupsRead = reading.position.groupsRead + items.length;
    await stagePage(deps, reading, { items, moved: { groupsLink, groupsRead } }, stageGroups);
  }
}
