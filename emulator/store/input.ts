// What a caller may write into the directory, and how the directory keeps it. All refusals of the store are of one kind.
import type { Json, Props } from '../model.ts';
import { text } from '../tenant.ts';

/** What the page has words of its own for. */
export type Reason = 'nameTaken' | 'nobody' | 'needsName' | 'needsUserName' | 'followsRule';

export class StoreError extends Error {
  readonly status: number;
  readonly reason: Reason | undefined;
  constructor(status: number, message: string, reason?: Reason) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export interface UserInput extends Props {
  displayName: string;
}

/** Members of a user that are lists: never null, empty where there is nothing. */
export const USER_LISTS = [
  'businessPhones',
  'otherMails',
  'proxyAddresses',
  'imAddresses',
  'assignedLicenses',
  'assignedPlans',
  'provisionedPlans',
  'identities',
  'licenseAssignmentStates',
  'onPremisesProvisioningErrors',
  'serviceProvisioningErrors',
];
/** Members that the emulator itself sets; a caller cannot. */
const READ_ONLY = new Set(['id', 'deletedDateTime', 'manager', 'members']);

/** The members as they are kept; refuses what cannot be set. */
export function accepted(input: Props): Props {
  const props: Props = {};
  for (const [name, value] of Object.entries(input)) {
    if (READ_ONLY.has(name) || name.startsWith('@')) throw new StoreError(400, `'${name}' cannot be set.`);
    if (value === undefined) continue;
    if (USER_LISTS.includes(name)) {
      if (value !== null && !Array.isArray(value)) throw new StoreError(400, `'${name}' is a list.`);
      props[name] = value ?? [];
    } else props[name] = value === '' ? null : value; // the directory keeps no empty strings
  }
  if ('displayName' in props && typeof props['displayName'] !== 'string')
    throw new StoreError(400, 'An object needs a displayName.', 'needsName');
  return props;
}

/** A new primary address; the one before stays as an alias. */
export function withPrimary(addresses: Json | undefined, mail: Json): Json[] {
  const kept = (Array.isArray(addresses) ? addresses : [])
    .map((one) => (text(one).startsWith('SMTP:') ? `smtp:${text(one).slice(5)}` : one))
    .filter((one) => text(one).slice(5).toLowerCase() !== text(mail).toLowerCase());
  return mail === null ? kept : [`SMTP:${text(mail)}`, ...kept];
}

export function mailNickname(name: string): string {
  const plain = name
    .replaceAll('ß', 'ss')
    .replaceAll(/[øØ]/g, 'o')
    .replaceAll(/[æÆ]/g, 'ae')
    .replaceAll('ı', 'i')
    .replaceAll(/[łŁ]/g, 'l')
    .replaceAll(/[đĐ]/g, 'd');
  return (
    plain
      .normalize('NFD')
      .replaceAll(/[^\p{ASCII}]/gu, '')
      .toLowerCase()
      .trim()
      .replaceAll(/[^a-z0-9-]+/g, '.')
      .replaceAll(/^\.|\.$/g, '') || 'user'
  );
}

export const dateTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export function isObject(value: Json | undefined): value is Props {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
