// What Samsyn's client promises to carry of a recorded object, read from the record by the words of graph-protocol.md and not by
// the client's own parsing.
import { sourceAttributes, type SourceAttribute } from '../../src/contract/settings.ts';

type Members = Record<string, unknown>;

/** `whole`: of a listing or a single read, where an absent manager is none. */
export function expectedUser(item: Members, whole: boolean): Members {
  const id = String(item['id']).toLowerCase();
  const removed = item['@removed'] as Members | undefined; // by graph-protocol.md 9.3
  if (removed !== undefined) return { id, removed: removed['reason'], attributes: {} };
  const told: Members = { id, removed: null };
  for (const name of ['userPrincipalName', 'accountEnabled'])
    if (item[name] !== undefined && item[name] !== null) told[name] = item[name];
  for (const name of ['mail', 'displayName', 'userType', 'employeeId']) if (name in item) told[name] = item[name];
  if (Array.isArray(item['proxyAddresses']))
    told['aliases'] = (item['proxyAddresses'] as string[]) // by 8.5
      .filter((address) => address.toLowerCase().startsWith('smtp:'))
      .map((address) => address.slice(5));
  if (Array.isArray(item['assignedLicenses'])) told['licensed'] = item['assignedLicenses'].length > 0;
  if (typeof item['isResourceAccount'] === 'boolean') told['resourceAccount'] = item['isResourceAccount'];
  if ('externalUserState' in item) told['invitation'] = item['externalUserState'];
  const manager = expectedManager(item);
  if (manager !== undefined || whole) told['managerId'] = manager ?? null;
  return {
    ...told,
    attributes: Object.fromEntries(sourceAttributes.flatMap((source) => expectedAttribute(item, source))),
  };
}

function expectedManager(item: Members): unknown {
  const changes = item['manager@delta'] as Members[] | undefined; // by 9.1
  if (changes !== undefined) return changes.find((one) => !('@removed' in one))?.['id'] ?? null;
  return (item['manager'] as Members | undefined)?.['id']; // by 8.3
}

function expectedAttribute(item: Members, source: SourceAttribute): [string, unknown][] {
  if (source === 'manager') return [];
  const holder = source.startsWith('extensionAttribute') ? item['onPremisesExtensionAttributes'] : item;
  if (holder === undefined) return [];
  if (holder === null) return [[source, null]];
  const value = (holder as Members)[source]; // an object, by 8.1
  if (value === undefined) return [];
  // A list that holds one (8.5).
  return [[source, Array.isArray(value) ? (value[0] ?? null) : value === '' ? null : value]];
}

const kinds: Record<string, string> = { '#microsoft.graph.user': 'user', '#microsoft.graph.group': 'group' };

export function expectedGroupChange(item: Members): Members {
  const id = String(item['id']).toLowerCase();
  if ('@removed' in item) return { id, removed: true, hidden: false, members: [] };
  const members = (item['members@delta'] ?? []) as Members[]; // by 9.4
  return {
    id,
    removed: false,
    ...(typeof item['displayName'] === 'string' ? { displayName: item['displayName'] } : {}),
    // Absent is as good as shown (10).
    hidden: item['visibility'] === 'HiddenMembership',
    members: members.flatMap((member) => {
      const kind = kinds[String(member['@odata.type'])];
      return kind === undefined
        ? []
        : [{ id: String(member['id']).toLowerCase(), kind, removed: '@removed' in member }];
    }),
  };
}

export function expectedGroup(item: Members): Members {
  return { id: item['id'], name: item['displayName'] ?? item['id'], description: item['description'] ?? null };
}
