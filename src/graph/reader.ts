// Everything that is read of one tenant. A reader lives as long as one run or one page of the web app; its requests are counted.
import { sourceAttributes, type SourceAttribute } from '../contract/settings.ts';
import { lookUpUsers, type UserLookUp } from './batch.ts';
import type { Client } from './client.ts';
import type { Cloud } from './cloud.ts';
import { GraphFailure, isAbsent } from './failures.ts';
import { groupsDeltaQuery, parseGroup, parseGroupChange, type DirectoryGroup, type GroupItem } from './groups.ts';
import { readPurposes, type Purposes } from './mailboxes.ts';
import { parseOrganisation, type TenantInfo } from './organisation.ts';
import { eventual, itemsPerPage, readPages, type Page } from './pages.ts';
import { asArray, asId, asObject, parseJson, readBoolean, readCount, readText, type Members } from './parse.ts';
import { probePermissions } from './probe.ts';
import { listInShards, type ShardLinks, type ShardPage } from './shards.ts';
import { findRefused } from './refused.ts';
import { parseUser, userDeltaQuery, userQuery, type UserItem } from './users.ts';

export interface GroupPerson {
  id: string;
  accountEnabled: boolean | undefined;
  guest: boolean;
}

export interface TenantReader {
  readonly tenantId: string;
  /** HTTP requests sent to Graph so far. */
  readonly requests: number;
  getOrganisation(): Promise<TenantInfo>;
  /** One row read with each permission that the product needs; throws when one is missing. */
  probe(): Promise<void>;
  /** Everybody who exists now, 999 a page. `expected`: how many there should be; `from`: the next link of an earlier listing. */
  listUsers(
    sources: readonly SourceAttribute[],
    options?: { expected?: number | null; from?: string | null },
  ): AsyncGenerator<Page<UserItem>, void>;
  /**
   * Everybody in several lists side by side, for a large tenant; it may end early, and that all came is to be proved by the count.
   * `from`: how far each list had come.
   */
  listUsersInShards(
    sources: readonly SourceAttribute[],
    expected: number,
    from?: ShardLinks,
  ): AsyncGenerator<ShardPage, void>;
  /** From so many people on it pays to list them in shards. */
  readonly shardsFrom: number;
  /** A delta link from now on, without listing anybody. */
  usersFromNow(sources: readonly SourceAttribute[]): Promise<string>;
  /** What changed since the link was made; the last page has the next link. The link itself knows what it selects. */
  usersDelta(link: string, sources?: readonly SourceAttribute[]): AsyncGenerator<Page<UserItem>, void>;
  /** With null: all groups with all direct members, as the first round. */
  groupsDelta(link: string | null): AsyncGenerator<Page<GroupItem>, void>;
  /** Which of the attributes Microsoft refuses to give; asked when it has refused a question. */
  findRefused(sources: readonly SourceAttribute[]): Promise<SourceAttribute[]>;
  lookUpUsers(ids: readonly string[], sources?: readonly SourceAttribute[]): Promise<Map<string, UserLookUp>>;
  /** What their mailboxes are for, of at most 20; null when that may not be asked. */
  readPurposes(ids: readonly string[]): Promise<Purposes | null>;
  /** null when Graph would not count. The filter is Graph's, over accountEnabled and userType. */
  countUsers(filter?: string): Promise<number | null>;
  /** People in the group and in those within it; null when Graph would not count. */
  countGroupPeople(groupId: string): Promise<number | null>;
  /** The same, one by one. */
  listGroupPeople(groupId: string): AsyncGenerator<GroupPerson[], void>;
  /** At most `max` groups whose name has words that begin so; without text, the first by name. */
  searchGroups(text: string, max?: number): Promise<DirectoryGroup[]>;
  getGroup(id: string): Promise<DirectoryGroup | null>;
  /** The groups that a person is in, directly or through others (memberOf would take Directory.Read.All); null: Graph does not know the person. */
  listGroupsOf(userId: string): Promise<DirectoryGroup[] | null>;
  /** Whether the person is directly in the group, and which groups are. */
  findMembers(groupId: string, userId: string): Promise<{ isMember: boolean; groupIds: string[] }>;
  /** At most `max` people by name or address; without text, the first that Graph gives. The manager is not told. */
  findUsers(text: string, sources: readonly SourceAttribute[], max?: number): Promise<UserItem[]>;
}

interface Of {
  tenantId: string;
  /** How many lists are read side by side; with one nothing is. */
  lanes: number;
  shardsFrom: number;
}

export function createReader(client: Client, cloud: Cloud, { tenantId, lanes, shardsFrom }: Of): TenantReader {
  const { graphBase } = cloud;

  async function* items<T>(pages: AsyncGenerator<Page<T>, void>): AsyncGenerator<T[], void> {
    for await (const page of pages) yield page.items;
  }

  function getList<T>(
    url: string,
    headers: Record<string, string>,
    parseItem: (item: Readonly<Record<string, unknown>>) => T,
  ): Promise<T[]> {
    return client.request({
      url,
      headers,
      parse: (text) => asArray(asObject(parseJson(text))['value']).map((item) => parseItem(asObject(item))),
    });
  }

  async function count(path: string): Promise<number | null> {
    try {
      const headers = { ...eventual, accept: 'text/plain' };
      return await client.request({ url: `${graphBase}${path}`, headers, parse: readCount });
    } catch (error) {
      // Some tenants and groups cannot be counted: that is no failure of whoever asked.
      if (error instanceof GraphFailure && (error.status === 400 || error.status === 501)) return null;
      throw error;
    }
  }

  return {
    tenantId,
    get requests() {
      return client.requests;
    },

    async getOrganisation() {
      const url = `${graphBase}/organization?$select=id,displayName,verifiedDomains,countryLetterCode,technicalNotificationMails`;
      const tenant = await client.request({ url, parse: parseOrganisation });
      // A token of one tenant never reads another: if it does, something stands between us and Microsoft (I35).
      if (tenant.id !== tenantId.toLowerCase()) throw new GraphFailure('stop_run', 'graph_malformed');
      return tenant;
    },

    probe: () => probePermissions(client, cloud),

    listUsers: (sources, { expected = null, from = null } = {}) =>
      readPages(client, cloud, {
        kind: 'list',
        url: from ?? `${graphBase}/users?$top=${itemsPerPage}&${userQuery(sources)}`,
        stored: from !== null,
        itemsExpected: expected,
        parseItem: (item) => parseUser(item, sources, true),
      }),

    shardsFrom: lanes > 1 ? shardsFrom : Infinity,
    listUsersInShards: (sources, expected, from = {}) =>
      listInShards(client, cloud, { sources, lanes, expected, from }),

    async usersFromNow(sources) {
      const url = `${graphBase}/users/delta?${userDeltaQuery(sources)}&$deltatoken=latest`;
      for await (const page of readPages(client, cloud, {
        kind: 'delta',
        url,
        parseItem: (item) => asId(item['id']),
      })) {
        if (page.deltaLink !== null) return page.deltaLink;
      }
      throw new GraphFailure('stop_run', 'graph_malformed');
    },

    usersDelta: (link, sources = sourceAttributes) =>
      readPages(client, cloud, {
        kind: 'delta',
        url: link,
        stored: true,
        parseItem: (item) => parseUser(item, sources, false),
      }),

    groupsDelta: (link) =>
      readPages(client, cloud, {
        kind: 'delta',
        url: link ?? `${graphBase}/groups/delta?${groupsDeltaQuery}`,
        stored: link !== null,
        parseItem: parseGroupChange,
      }),

    readPurposes: (ids) => readPurposes(client, cloud, ids),
    findRefused: (sources) => findRefused(client, cloud, sources),

    lookUpUsers: (ids, sources = []) => lookUpUsers(client, cloud, ids, sources),

    countUsers: (filter) =>
      count(`/users/$count${filter === undefined ? '' : `?$filter=${encodeURIComponent(filter)}`}`),

    countGroupPeople: (groupId) => count(`/groups/${asId(groupId)}/transitiveMembers/microsoft.graph.user/$count`),

    listGroupPeople: (groupId) =>
      items(
        readPages(client, cloud, {
          kind: 'list',
          url: `${graphBase}/groups/${asId(groupId)}/transitiveMembers/microsoft.graph.user?$select=id,accountEnabled,userType&$top=${itemsPerPage}&$count=true`,
          headers: eventual,
          parseItem: (item) => ({
            id: asId(item['id']),
            accountEnabled: readBoolean(item['accountEnabled']),
            guest: readText(item['userType'])?.toLowerCase() === 'guest',
          }),
        }),
      ),

    async searchGroups(text, max = 20) {
      const select = `$select=id,displayName,description&$top=${max}`;
      const query =
        text.trim() === ''
          ? `${select}&$orderby=displayName`
          : `${select}&$count=true&${searchOf(['displayName'], text)}`;
      return getList(`${graphBase}/groups?${query}`, eventual, parseGroup);
    },

    async getGroup(id) {
      try {
        const url = `${graphBase}/groups/${asId(id)}?$select=id,displayName,description`;
        return await client.request({ url, parse: (text) => parseGroup(asObject(parseJson(text))) });
      } catch (error) {
        if (error instanceof GraphFailure && isAbsent(error.status, error.graphCode)) return null;
        throw error;
      }
    },

    async listGroupsOf(userId) {
      try {
        const found: DirectoryGroup[] = [];
        const url = `${graphBase}/users/${asId(userId)}/transitiveMemberOf/microsoft.graph.group?$select=id,displayName,description&$top=${itemsPerPage}&$count=true`;
        for await (const page of readPages(client, cloud, {
          kind: 'list',
          url,
          headers: eventual,
          parseItem: parseGroup,
        }))
          found.push(...page.items);
        return found;
      } catch (error) {
        if (error instanceof GraphFailure && isAbsent(error.status, error.graphCode)) return null;
        throw error;
      }
    },

    async findMembers(groupId, userId) {
      const of = `${graphBase}/groups/${asId(groupId)}/members`;
      const parseItem = (item: Members) => asId(item['id']);
      const select = '$select=id&$count=true';
      const filter = encodeURIComponent(`id eq '${asId(userId)}'`);
      const people = await getList(`${of}/microsoft.graph.user?$filter=${filter}&${select}`, eventual, parseItem);
      const groupIds: string[] = [];
      const url = `${of}/microsoft.graph.group?${select}&$top=${itemsPerPage}`;
      for await (const page of readPages(client, cloud, { kind: 'list', url, headers: eventual, parseItem }))
        groupIds.push(...page.items);
      return { isMember: people.includes(asId(userId)), groupIds };
    },

    async findUsers(text, sources, max = 20) {
      const plain = sources.filter((source) => source !== 'manager');
      // $expand and $search do not go together.
      const select = `${userQuery(plain)}&$top=${max}`;
      const search = `&$count=true&${searchOf(['displayName', 'mail', 'userPrincipalName'], text)}`;
      const query = text.trim() === '' ? select : select + search;
      return getList(`${graphBase}/users?${query}`, eventual, (item) => parseUser(item, plain, true));
    },
  };
}

/** A text within $search: quotation marks and backslashes are escaped, so that a search stays a search. */
function searchOf(members: readonly string[], text: string): string {
  const escaped = text.trim().replace(/[\\"]/g, '\\$&');
  return `$search=${encodeURIComponent(members.map((member) => `"${member}:${escaped}"`).join(' OR '))}`;
}
