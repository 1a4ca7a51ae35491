// What a client may ask for: each member of a new subscription or a renewal is checked, and refused as Graph refuses it.
import { GraphError } from '../graph/graph-error.ts';
import { isGuid } from '../graph/request.ts';
import type { Json } from '../model.ts';
import { isOnThisMachine } from './receiver.ts';
import type { Subscription, Watch } from './subscription.ts';

/** For users and groups: under 29 days. https://learn.microsoft.com/graph/api/resources/subscription */
export const LIFE_MINUTES_MAX = 41_760;
/** A shorter life is lengthened to this, without an error. */
const LIFE_MINUTES_MIN = 45;
const CLIENT_STATE_CHARS_MAX = 128;
const TLS_VERSIONS = ['v1_0', 'v1_1', 'v1_2', 'v1_3'];
/** With an offset, as OData writes a DateTimeOffset; up to seven decimals. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,12})?)?(Z|[+-]\d{2}:\d{2})$/i;

type Asked = Pick<
  Subscription,
  | 'resource'
  | 'watch'
  | 'changeTypes'
  | 'notificationUrl'
  | 'lifecycleNotificationUrl'
  | 'clientState'
  | 'latestSupportedTlsVersion'
  | 'notificationUrlAppId'
  | 'expiresAt'
>;
type Members = { [name: string]: Json };

const CREATION = new Set([
  'changeType',
  'clientState',
  'encryptionCertificate',
  'encryptionCertificateId',
  'expirationDateTime',
  'includeResourceData',
  'latestSupportedTlsVersion',
  'lifecycleNotificationUrl',
  'notificationContentType',
  'notificationQueryOptions',
  'notificationUrl',
  'notificationUrlAppId',
  'resource',
]);

export function acceptedCreation(body: Json, now: number): Asked {
  const given = members(body);
  const unknown = Object.keys(given).some((name) => !CREATION.has(name));
  if (unknown) throw unreadable();
  for (const name of ['changeType', 'notificationUrl', 'resource', 'expirationDateTime'])
    if ((given[name] ?? '') === '') throw refused(`${name} is a required property for subscription creation`);
  if (given['includeResourceData'] === true || filled(given['encryptionCertificate']))
    throw refused('Notifications about this resource cannot include resource data.');
  if (filled(given['encryptionCertificateId']) || filled(given['notificationQueryOptions']))
    throw refused('encryptionCertificateId and notificationQueryOptions are not supported for this resource.');
  if (![undefined, null, 'application/json'].includes(string(given['notificationContentType'])))
    throw refused("notificationContentType must be 'application/json'.");
  const resource = string(given['resource']) ?? '';
  const lifecycle = string(given['lifecycleNotificationUrl']) ?? null;
  return {
    resource,
    watch: watchOf(resource),
    changeTypes: changeTypes(string(given['changeType']) ?? ''),
    notificationUrl: address('notificationUrl', string(given['notificationUrl']) ?? ''),
    lifecycleNotificationUrl: lifecycle === null ? null : address('lifecycleNotificationUrl', lifecycle),
    clientState: clientState(string(given['clientState']) ?? null),
    latestSupportedTlsVersion: tlsVersion(string(given['latestSupportedTlsVersion']) ?? 'v1_2'),
    notificationUrlAppId: appId(string(given['notificationUrlAppId']) ?? null),
    expiresAt: expiry(given['expirationDateTime'], now),
  };
}

/** The new end of a subscription: the only member that can be changed. */
export function acceptedRenewal(body: Json, now: number): number {
  const given = members(body);
  if ('lifecycleNotificationUrl' in given)
    throw refused('lifecycleNotificationUrl cannot be added or changed once the subscription is there.');
  const other = Object.keys(given).find((name) => name !== 'expirationDateTime');
  if (other !== undefined)
    throw CREATION.has(other) ? refused(`'${other}' cannot be changed; only expirationDateTime can.`) : unreadable();
  if ((given['expirationDateTime'] ?? '') === '') throw refused('expirationDateTime is a required property');
  return expiry(given['expirationDateTime'], now);
}

/** Annotations are nobody's business here. */
function members(body: Json): Members {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw unreadable();
  return Object.fromEntries(Object.entries(body).filter(([name]) => !name.includes('@')));
}

function string(value: Json | undefined): string | null | undefined {
  if (value === undefined || value === null || typeof value === 'string') return value;
  throw unreadable();
}

const filled = (value: Json | undefined): boolean => value !== undefined && value !== null && value !== '';

function watchOf(resource: string): Watch {
  const plain = resource
    .trim()
    .replace(/^\//, '')
    .replace(/^(users|groups)\('([^']*)'\)/i, '$1/$2'); // both forms of a key
  const parts = /^(users|groups)(?:\/([^/]+)(\/members)?)?$/i.exec(plain);
  const [, set = '', id, members1] = parts ?? [];
  const kind = set.toLowerCase() === 'users' ? 'user' : 'group';
  if (parts === null || (members1 !== undefined && kind === 'user') || (id !== undefined && !isGuid(id)))
    throw refused(`The resource '${resource}' cannot be subscribed to.`);
  return { kind, id: id?.toLowerCase() ?? null, membersOnly: members1 !== undefined };
}

function changeTypes(words: string): Asked['changeTypes'] {
  const types: Asked['changeTypes'] = [];
  for (const word of words.split(',').map((one) => one.trim().toLowerCase())) {
    if (word !== 'updated' && word !== 'deleted') throw refused(`Invalid 'changeType' attribute: '${words}'.`);
    if (!types.includes(word)) types.push(word);
  }
  return types;
}

function address(name: string, text: string): string {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.hash !== '')
    throw refused(`The ${name} '${text}' is no valid address.`);
  // The service takes https alone; this stand-in also tells a program on the same machine.
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isOnThisMachine(url)))
    throw refused(`The ${name} must use the HTTPS protocol.`);
  return text;
}

function clientState(text: string | null): string | null {
  if (text !== null && text.length > CLIENT_STATE_CHARS_MAX)
    throw refused(`clientState cannot be longer than ${CLIENT_STATE_CHARS_MAX} characters.`);
  return text;
}

function tlsVersion(text: string): string {
  if (!TLS_VERSIONS.includes(text))
    throw refused(`latestSupportedTlsVersion must be one of ${TLS_VERSIONS.join(', ')}.`);
  return text;
}

function appId(text: string | null): string | null {
  if (text !== null && !isGuid(text)) throw refused('notificationUrlAppId must be the id of an application.');
  return text;
}

function expiry(value: Json | undefined, now: number): number {
  const at = typeof value === 'string' && DATE_TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw unreadable();
  if (at <= now) throw refused('expirationDateTime must be in the future.');
  if (at > now + LIFE_MINUTES_MAX * 60_000)
    throw new GraphError(
      400,
      'ExtensionError',
      `Subscription expiration can only be ${LIFE_MINUTES_MAX} minutes in the future.`,
    );
  return Math.max(at, now + LIFE_MINUTES_MIN * 60_000);
}

const refused = (message: string): GraphError => new GraphError(400, 'InvalidRequest', message);
const unreadable = (): GraphError =>
  refused(
    'Could not process subscription creation payload. Are all property names spelled and camelCased properly? Also are the Datetimes in correct format?',
  );
