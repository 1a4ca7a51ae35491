// When a subscription ends, and when its client is asked beforehand to show again that it may read.
import { isGranted, grantOf } from './subscription.ts';
import type { Subscription } from './subscription.ts';
import type { Tenant } from '../model.ts';

/** Each half as far from the end as the one before, then every quarter of an hour. Microsoft publishes a sketch only. */
const CHALLENGES_MINUTES_LEFT = [720, 360, 180, 90, 60, 45, 30, 15];
/** How often a client without permission is reminded. */
const REMINDER_MINUTES = 15;
const MINUTE_MS = 60_000;

export interface Due {
  challenge: boolean;
  /** Nothing may be told until the client has shown a permission. */
  pause: boolean;
  end: boolean;
}

export function dueOf(tenant: Tenant | undefined, subscription: Subscription, now: number): Due {
  const since = Math.max(subscription.authorizedAt, subscription.challengedAt ?? 0);
  const missed = momentsOf(subscription).some((at) => at > since && at <= now);
  const granted = tenant !== undefined && isGranted(grantOf(tenant, subscription), subscription.watch);
  const reminder = (subscription.challengedAt ?? -Infinity) + REMINDER_MINUTES * MINUTE_MS <= now;
  return { challenge: missed || (!granted && reminder), pause: !granted, end: subscription.expiresAt <= now };
}

/** The next moment at which something is due by the clock alone. */
export function nextMoment(subscription: Subscription, now: number): number {
  return momentsOf(subscription).find((at) => at > now) ?? subscription.expiresAt;
}

const momentsOf = ({ expiresAt }: Subscription): number[] =>
  CHALLENGES_MINUTES_LEFT.map((minutes) => expiresAt - minutes * MINUTE_MS);
