// Groups and their direct members. Delta tells members in parts: the same group comes again with other members, and adding and
// removing are said member by member, so nothing here may be read as "these are all".
import { asArray, asId, asObject, readText, type Members } from './parse.ts';
import { readRemoved } from './users.ts';

export interface GroupMember {
  id: string;
  kind: 'user' | 'group';
  removed: boolean;
}

export interface GroupItem {
  id: string;
  /** Of both reasons alike: whether a group can come back does not follow from its type (9.5). */
  removed: boolean;
  displayName?: string;
  /** Its members are shown to nobody who may not see hidden ones: that none are told does not mean that there are none (F7). */
  hidden: boolean;
  members: GroupMember[];
}

export interface DirectoryGroup {
  id: string;
  name: string;
  description: string | null;
}

export const groupsDeltaQuery = '$select=displayName,visibility,members';

export function parseGroupChange(item: Members): GroupItem {
  const id = asId(item['id']);
  if (readRemoved(item['@removed']) !== null) return { id, removed: true, hidden: false, members: [] };
  const displayName = readText(item['displayName']);
  const hidden = readText(item['visibility'])?.toLowerCase() === 'hiddenmembership';
  const changes = item['members@delta'];
  const members = changes === undefined ? [] : asArray(changes).map(asObject).flatMap(readMember);
  return { id, removed: false, ...(typeof displayName === 'string' ? { displayName } : {}), hidden, members };
}

const kinds: Record<string, GroupMember['kind']> = {
  '#microsoft.graph.user': 'user',
  '#microsoft.graph.group': 'group',
};

/** Devices, contacts and service principals are no people. */
function readMember(item: Members): GroupMember[] {
  const type = item['@odata.type'];
  const kind = typeof type === 'string' ? kinds[type.toLowerCase()] : undefined;
  if (kind === undefined) return [];
  return [{ id: asId(item['id']), kind, removed: readRemoved(item['@removed']) !== null }];
}

export function parseGroup(item: Members): DirectoryGroup {
  const id = asId(item['id']);
  return { id, name: readText(item['displayName']) ?? id, description: readText(item['description']) ?? null };
}
