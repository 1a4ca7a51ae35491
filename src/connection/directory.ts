// Questions that the settings pages ask Microsoft directly, before anything was synced: groups, how many people a choice has, and
// an example person for the fields.
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import type {
  countScope as countRoute,
  getExamplePerson as exampleRoute,
  searchGroups as searchRoute,
} from '../contract/api-connection.ts';
import { AppError } from '../contract/errors.ts';
import { sourceAttributes, type GroupsSettings } from '../contract/settings.ts';
import { inOrganisation } from '../db/transaction.ts';
import { GraphFailure } from '../graph/failures.ts';
import type { DirectoryGroup } from '../graph/groups.ts';
import type { TenantReader } from '../graph/reader.ts';
import type { UserItem } from '../graph/users.ts';
import type { ConnectionDeps } from './deps.ts';
import { findConnection, requireOn } from './find-connection.ts';

const waitSecondsMax = 10;
const shownMax = 20;
/** Names that a dedicated group has where somebody made one. */
const dedicatedNames = ['telefoni', 'växel', 'support', 'telephony', 'switchboard', 'kundtjänst'];
const suggestedMax = 5;
// Above this, people are not gone through one by one while somebody waits: 20 pages of 999.
const peopleReadMax = 20_000;

async function readerOf(deps: ConnectionDeps, actor: Actor): Promise<TenantReader> {
  const row = await inOrganisation(deps.db, actor.organisationId, (tx) => findConnection(tx, actor.organisationId), {
    readOnly: true,
  });
  if (!row) throw new AppError('not_connected');
  return deps.graph.reader(row.tenant_id, { waitSecondsMax, before: () => requireOn(deps, row) });
}

export async function searchGroups(
  deps: ConnectionDeps,
  actor: Actor,
  input: { search?: string | undefined },
): Promise<z.input<typeof searchRoute.response>> {
  const reader = await readerOf(deps, actor);
  const text = input.search ?? '';
  const items = byName(await reader.searchGroups(text, shownMax));
  // Proposed only before anything was typed.
  const suggested = text === '' ? await findDedicated(reader) : [];
  return { items: await withCounts(reader, items), suggested: await withCounts(reader, suggested) };
}

async function findDedicated(reader: TenantReader): Promise<DirectoryGroup[]> {
  const found = await Promise.all(dedicatedNames.map((name) => reader.searchGroups(name, suggestedMax)));
  const byId = new Map(found.flat().map((group) => [group.id, group]));
  return byName([...byId.values()]).slice(0, suggestedMax);
}

const byName = (groups: DirectoryGroup[]): DirectoryGroup[] =>
  groups.toSorted((a, b) => a.name.localeCompare(b.name, 'sv'));

async function withCounts(reader: TenantReader, groups: DirectoryGroup[]) {
  return Promise.all(groups.map(async (group) => ({ ...group, people: await reader.countGroupPeople(group.id) })));
}

export async function countScope(
  deps: ConnectionDeps,
  actor: Actor,
  input: GroupsSettings,
): Promise<z.input<typeof countRoute.response>> {
  const reader = await readerOf(deps, actor);
  if (input.scope === 'all') return countAll(reader, input);
  const ids = [...new Set(input.groups.map((group) => group.id))];
  try {
    const counts = await Promise.all(ids.map((id) => reader.countGroupPeople(id)));
    const sum = counts.reduce<number>((all, one) => all + (one ?? 0), 0);
    // Who is in several groups counts once: only going through them tells.
    if (counts.every((one) => one !== null) && sum <= peopleReadMax)
      return { people: await countDistinct(reader, ids, input), exact: true };
    return { people: sum, exact: false };
  } catch (error) {
    if (error instanceof GraphFailure && error.status === 404) throw new AppError('group_unknown', { cause: error });
    throw error;
  }
}

async function countAll(reader: TenantReader, input: GroupsSettings): Promise<{ people: number; exact: boolean }> {
  const conditions = [
    ...(input.includeDisabled ? [] : ['accountEnabled eq true']),
    // A user without a type is a member; "ne" is answered by the index that $count asks anyway.
    ...(input.includeGuests ? [] : [`userType ne 'Guest'`]),
  ];
  const filtered = await reader.countUsers(conditions.length === 0 ? undefined : conditions.join(' and '));
  if (filtered !== null) return { people: filtered, exact: true };
  return { people: (await reader.countUsers()) ?? 0, exact: false };
}

async function countDistinct(reader: TenantReader, ids: string[], input: GroupsSettings): Promise<number> {
  const people = new Set<string>();
  for (const id of ids) {
    for await (const page of reader.listGroupPeople(id)) {
      for (const person of page) {
        if (person.guest && !input.includeGuests) continue;
        if (person.accountEnabled === false && !input.includeDisabled) continue;
        people.add(person.id);
      }
    }
  }
  return people.size;
}

export async function getExamplePerson(
  deps: ConnectionDeps,
  actor: Actor,
  input: { search?: string | undefined; skip: number },
): Promise<z.input<typeof exampleRoute.response>> {
  const reader = await readerOf(deps, actor);
  const people = await reader.findUsers(input.search ?? '', sourceAttributes, 51);
  // A guest or a disabled account has few attributes: a poor example.
  const apt = people.filter(
    (person) => input.search || (person.accountEnabled !== false && person.userType !== 'Guest'),
  );
  const person = apt[input.skip % Math.max(1, apt.length)];
  if (!person) return { person: null };
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(person.attributes)) if (value) attributes[name] = value;
  const manager = await findManagerName(reader, person);
  if (manager) attributes['manager'] = manager;
  return {
    person: { id: person.id, displayName: person.displayName ?? person.userPrincipalName ?? person.id, attributes },
  };
}

async function findManagerName(reader: TenantReader, person: UserItem): Promise<string | null> {
  const whole = (await reader.lookUpUsers([person.id], ['manager'])).get(person.id);
  const managerId = whole?.state === 'present' ? whole.user.managerId : null;
  if (!managerId) return null;
  const manager = (await reader.lookUpUsers([managerId])).get(managerId);
  return manager?.state === 'present' ? (manager.user.displayName ?? null) : null;
}
