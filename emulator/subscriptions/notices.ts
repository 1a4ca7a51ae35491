// What a change means to those who subscribed: which of them are told, and in which words.
import type { Change, Json, Tenant } from '../model.ts';
import { grantOf } from './subscription.ts';
import type { Subscription } from './subscription.ts';

/** One thing to tell one subscriber; it is written out when it leaves. */
export interface Notice {
  subscriptionId: string;
  changeType: 'updated' | 'deleted';
  kind: 'user' | 'group';
  objectId: string;
  eventAt: number;
  sequence: number;
  /** Who joined (true) or left (false) the group. */
  members: Map<string, boolean>;
}

/** .NET counts from the year 1 in steps of 100 ns; the number is beyond what doubles hold exactly, there as here. */
const TICKS_AT_1970 = 621_355_968_000_000_000;
const TICKS_PER_MS = 10_000;
/** The smallest step that doubles of that size can show. */
const TICKS_STEP = 128;

let lastSequence = 0;

/**
 * The notice of a change for one subscriber, or null when it is none of theirs. Creating, soft-deleting and restoring are updates;
 * only what is gone for good is deleted. https://learn.microsoft.com/graph/change-notifications-overview#supported-resources
 */
export function noticeOf(
  tenant: Tenant,
  subscription: Subscription,
  of: 'user' | 'group',
  change: Change,
): Notice | null {
  const { watch, changeTypes } = subscription;
  if (watch.kind !== of || (watch.id !== null && watch.id !== change.id)) return null;
  const object = of === 'user' ? tenant.users.get(change.id) : tenant.groups.get(change.id);
  const changeType = object === undefined ? 'deleted' : 'updated';
  if (!changeTypes.includes(changeType)) return null;
  const isMembership = change.props[0] === 'members' && change.member !== undefined;
  if (watch.membersOnly && !isMembership && changeType === 'updated') return null;
  if (isMembership && object?.props['visibility'] === 'HiddenMembership') {
    const roles = grantOf(tenant, subscription)?.roles ?? [];
    if (!roles.includes('Member.Read.Hidden')) return null;
  }
  lastSequence = Math.max(TICKS_AT_1970 + change.at * TICKS_PER_MS, lastSequence + TICKS_STEP);
  return {
    subscriptionId: subscription.id,
    changeType,
    kind: of,
    objectId: change.id,
    eventAt: change.at,
    sequence: lastSequence,
    members: new Map(isMembership && change.member !== undefined ? [[change.member, change.added === true]] : []),
  };
}

/** Members that join or leave the same group before it is told are told together. */
export function joined(waiting: Notice | undefined, next: Notice): boolean {
  if (waiting === undefined || waiting.members.size === 0 || next.members.size === 0) return false;
  if (waiting.subscriptionId !== next.subscriptionId || waiting.objectId !== next.objectId) return false;
  for (const [id, added] of next.members) waiting.members.set(id, added);
  return true;
}

export function writeNotice(subscription: Subscription, notice: Notice): { [name: string]: Json } {
  const path = `${notice.kind === 'user' ? 'Users' : 'Groups'}/${notice.objectId}`;
  const members = [...notice.members].map(([id, added]) => (added ? { id } : { '@removed': 'deleted', id }));
  return {
    changeType: notice.changeType,
    clientState: subscription.clientState,
    resource: path,
    resourceData: {
      '@odata.type': `#Microsoft.Graph.${notice.kind === 'user' ? 'User' : 'Group'}`,
      '@odata.id': path,
      id: notice.objectId,
      organizationId: subscription.tenantId,
      eventTime: new Date(notice.eventAt).toISOString().replace('Z', '0000Z'),
      sequenceNumber: notice.sequence,
      ...(members.length === 0 ? {} : { 'members@delta': members }),
    },
    ...about(subscription),
  };
}

/** Not about a resource but about the subscription itself, so neither change nor resource is named. */
export function writeChallenge(subscription: Subscription): { [name: string]: Json } {
  return { lifecycleEvent: 'reauthorizationRequired', clientState: subscription.clientState, ...about(subscription) };
}

const about = (subscription: Subscription): { [name: string]: Json } => ({
  subscriptionExpirationDateTime: new Date(subscription.expiresAt).toISOString().replace('Z', '+00:00'),
  subscriptionId: subscription.id,
  tenantId: subscription.tenantId,
});
