// Whether the permissions that the product needs are there: one row read with each, because an issued token proves nothing (3.7).
import type { Client } from './client.ts';
import type { Cloud } from './cloud.ts';
import { GraphFailure } from './failures.ts';
import { asArray, asId, asObject, Malformed, parseJson } from './parse.ts';

/** Throws the GraphFailure of the first permission that is missing. */
export async function probePermissions(client: Client, cloud: Cloud): Promise<void> {
  await probeUsers(client, cloud);
  await probeGroups(client, cloud);
}

/** User.Read.All */
export async function probeUsers(client: Client, { graphBase }: Cloud): Promise<void> {
  // accountEnabled: the smaller User.ReadBasic.All would give a user without it.
  const user = await client.request({ url: `${graphBase}/users?$top=1&$select=id,accountEnabled`, parse: firstOf });
  // A tenant has somebody: whoever consented.
  if (!user) throw new GraphFailure('reconsent', 'graph_permission_missing');
  if (typeof user['accountEnabled'] !== 'boolean') throw new GraphFailure('reconsent', 'graph_permission_missing');
}

// One group may be closed to us for reasons of its own (F7); that several are is the permission.
const groupsAsked = 5;

/** GroupMember.Read.All */
export async function probeGroups(client: Client, { graphBase }: Cloud): Promise<void> {
  const groups = await client.request({ url: `${graphBase}/groups?$top=${groupsAsked}&$select=id`, parse: allOf });
  for (const [index, group] of groups.entries()) {
    try {
      await client.request({
        url: `${graphBase}/groups/${idOf(group)}/members?$top=1&$select=id`,
        parse: (text) => void firstOf(text),
      });
      return;
    } catch (error) {
      const isClosed = error instanceof GraphFailure && error.status === 403;
      if (!isClosed || index === groups.length - 1) throw error;
    }
  }
}

const allOf = (text: string) => asArray(asObject(parseJson(text))['value']).map(asObject);
const firstOf = (text: string) => allOf(text)[0];

function idOf(group: Readonly<Record<string, unknown>>): string {
  try {
    return asId(group['id']);
  } catch (error) {
    if (error instanceof Malformed) throw new GraphFailure('stop_run', 'graph_malformed', { cause: error });
    throw error;
  }
}
