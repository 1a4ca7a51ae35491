// A subscription as it is kept: who asked to be told of which changes, where, and until when.
import type { Grant, Json, Tenant } from '../model.ts';

/** What is watched; `id` is null for all objects of the kind. */
export interface Watch {
  kind: 'user' | 'group';
  id: string | null;
  /** Only who joins and leaves: `groups/{id}/members`. */
  membersOnly: boolean;
}

export interface Subscription {
  id: string;
  tenantId: string;
  clientId: string;
  /** Object id of the service principal that asked for it. */
  creatorId: string;
  /** As the client wrote it. */
  resource: string;
  watch: Watch;
  changeTypes: ('updated' | 'deleted')[];
  notificationUrl: string;
  lifecycleNotificationUrl: string | null;
  clientState: string | null;
  latestSupportedTlsVersion: string;
  notificationUrlAppId: string | null;
  expiresAt: number;
  /** When the client last showed that it may read: on creation, renewal and reauthorization. */
  authorizedAt: number;
  /** When it was last asked to show that again. */
  challengedAt: number | null;
  /** The permission was taken away: nothing is told until the client has shown a new one. */
  paused: boolean;
}

/** Reading is what a subscription needs; a permission to write does not stand in for it. */
export const ROLE_NEEDED = { user: 'User.Read.All', group: 'Group.Read.All' } as const;

/** Whether the application may still read what it watches. */
export function isGranted(grant: Grant | undefined, watch: Watch): boolean {
  return grant !== undefined && grant.enabled && grant.roles.includes(ROLE_NEEDED[watch.kind]);
}

export const grantOf = (tenant: Tenant | undefined, subscription: Subscription): Grant | undefined =>
  tenant?.grants.get(subscription.clientId.toLowerCase());

/** As Graph writes it; the client state goes out only where the client has just sent it or asks for one by its id. */
export function writeSubscription(subscription: Subscription, withState: boolean): { [name: string]: Json } {
  return {
    id: subscription.id,
    resource: subscription.resource,
    applicationId: subscription.clientId,
    changeType: subscription.changeTypes.join(','),
    clientState: withState ? subscription.clientState : null,
    notificationUrl: subscription.notificationUrl,
    notificationQueryOptions: null,
    lifecycleNotificationUrl: subscription.lifecycleNotificationUrl,
    expirationDateTime: new Date(subscription.expiresAt).toISOString(),
    creatorId: subscription.creatorId,
    includeResourceData: null,
    latestSupportedTlsVersion: subscription.latestSupportedTlsVersion,
    encryptionCertificate: null,
    encryptionCertificateId: null,
    notificationUrlAppId: subscription.notificationUrlAppId,
    notificationContentType: 'application/json',
  };
}
