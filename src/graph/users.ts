// Users as Graph gives them: what is asked for, and what of the answer is kept. Only what is coupled, or needed for matching and
// scope, is fetched. An absent member means "not told", which is neither null nor false.
import { keyValueMax, type SourceAttribute } from '../contract/settings.ts';
import { asArray, asId, asObject, Malformed, readAttribute, readBoolean, readText, type Members } from './parse.ts';

export interface UserItem {
  id: string;
  removed: null | 'changed' | 'deleted';
  userPrincipalName?: string;
  mail?: string | null;
  displayName?: string | null;
  accountEnabled?: boolean;
  userType?: string | null;
  employeeId?: string | null;
  /** Whether any licence is assigned. */
  licensed?: boolean;
  /** Of Teams, for a queue or an attendant. */
  resourceAccount?: boolean;
  /** externalUserState of a guest: PendingAcceptance or Accepted. */
  invitation?: string | null;
  /** The smtp addresses of proxyAddresses, without the prefix. */
  aliases?: string[];
  /** undefined: not told. */
  managerId?: string | null;
  /** The coupled ones only. Absent: not told (delta: unchanged, or never had a value). null: empty. `manager` is told by managerId. */
  attributes: Partial<Record<SourceAttribute, string | null>>;
}

/** For matching, scope and telling people from other accounts, whatever is coupled. */
const alwaysSelected = [
  'id', 'userPrincipalName', 'mail', 'displayName', 'accountEnabled', 'userType', 'employeeId', 'proxyAddresses',
  'externalUserState', 'isResourceAccount', 'assignedLicenses',
] as const; // prettier-ignore

const isExtension = (source: SourceAttribute): boolean => source.startsWith('extensionAttribute');

/** The members for $select: extension attributes come inside their object, the manager is a relation. */
export function selectedMembers(sources: readonly SourceAttribute[]): string[] {
  const members = new Set<string>(alwaysSelected);
  for (const source of sources) {
    if (isExtension(source)) members.add('onPremisesExtensionAttributes');
    else if (source !== 'manager') members.add(source);
  }
  return [...members];
}

/** For reads of single users and listings; delta names the relation in $select instead. */
export function userQuery(sources: readonly SourceAttribute[]): string {
  const expand = sources.includes('manager') ? '&$expand=manager($select=id)' : '';
  return `$select=${selectedMembers(sources).join(',')}${expand}`;
}

export function userDeltaQuery(sources: readonly SourceAttribute[]): string {
  const members = selectedMembers(sources);
  if (sources.includes('manager')) members.push('manager');
  return `$select=${members.join(',')}`;
}

/** What a delta link was made with. The order of the choice does not matter, so it is sorted out of it. */
export function usersOptions(sources: readonly SourceAttribute[]): string {
  return userDeltaQuery(sources.toSorted());
}

/** `whole`: of a listing or a single read, where a selected member that is absent is empty (a manager) and not untold. */
export function parseUser(item: Members, sources: readonly SourceAttribute[], whole: boolean): UserItem {
  const id = asId(item['id']);
  const removed = readRemoved(item['@removed']);
  if (removed !== null) return { id, removed, attributes: {} };
  const userPrincipalName = readText(item['userPrincipalName'], addressLengthMax);
  const accountEnabled = readBoolean(item['accountEnabled']);
  return {
    id,
    removed,
    ...(typeof userPrincipalName === 'string' ? { userPrincipalName } : {}),
    ...told('mail', readText(item['mail'], addressLengthMax)),
    ...told('displayName', readAttribute(item['displayName'], nameLengthMax)),
    ...(accountEnabled === undefined ? {} : { accountEnabled }),
    ...told('userType', readText(item['userType'])),
    ...told('employeeId', readText(item['employeeId'], nameLengthMax)),
    ...told('licensed', readLicensed(item['assignedLicenses'])),
    ...told('resourceAccount', readBoolean(item['isResourceAccount'])),
    ...told('invitation', readText(item['externalUserState'], 64)),
    ...told('aliases', readAliases(item['proxyAddresses'])),
    ...told('managerId', sources.includes('manager') ? readManager(item, whole) : undefined),
    attributes: readAttributes(item, sources),
  };
}

function told<K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } {
  // A computed key widens to string; it is `name`.
  return value === undefined ? {} : ({ [name]: value } as { [key in K]?: V });
}

export function readRemoved(value: unknown): UserItem['removed'] {
  if (value === undefined || value === null) return null;
  // "changed" can come back; whatever else is said is taken for the final one only if it says so.
  const { reason } = asObject(value);
  if (reason === 'changed' || reason === 'deleted') return reason;
  throw new Malformed('an unknown reason of removal');
}

const aliasesMax = 500;
const addressLengthMax = 320;
// The mirror is sorted and looked up by these, and an index takes no more than 2.7 kB. One more than a field of the app may have:
// a name that is cut is still too long for one.
const nameLengthMax = keyValueMax + 1;

function readAliases(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const aliases = new Set<string>();
  for (const one of value.slice(0, aliasesMax)) {
    const text = readText(one);
    // SMTP: is the main address, smtp: another one; sip: and x500: are no mail.
    if (text && /^smtp:./i.test(text) && text.length <= addressLengthMax) aliases.add(text.slice('smtp:'.length));
  }
  return [...aliases];
}

function readLicensed(licences: unknown): boolean | undefined {
  return Array.isArray(licences) ? licences.length > 0 : undefined;
}

function readManager(item: Members, whole: boolean): string | null | undefined {
  const changes = item['manager@delta'];
  if (changes !== undefined) {
    const present = asArray(changes)
      .map(asObject)
      .findLast((one) => one['@removed'] === undefined);
    return present === undefined ? null : asId(present['id']);
  }
  const manager = item['manager'];
  if (manager !== undefined && manager !== null) return asId(asObject(manager)['id']);
  return whole || manager === null ? null : undefined;
}

function readAttributes(item: Members, sources: readonly SourceAttribute[]): UserItem['attributes'] {
  const attributes: UserItem['attributes'] = {};
  const extensions = item['onPremisesExtensionAttributes'];
  for (const source of sources) {
    if (source === 'manager') continue;
    const value = isExtension(source) ? readExtension(extensions, source) : readAttribute(flat(item[source]));
    if (value !== undefined) attributes[source] = value;
  }
  return attributes;
}

function readExtension(extensions: unknown, source: SourceAttribute): string | null | undefined {
  if (extensions === undefined) return undefined;
  return extensions === null ? null : readAttribute(asObject(extensions)[source]);
}

/** businessPhones is a list that holds one. */
function flat(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const first: unknown = value[0];
  return first ?? null;
}
