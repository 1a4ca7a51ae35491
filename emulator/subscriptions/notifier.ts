// Watches the store and the clock, and sets notifications on their way. It waits for no receiver: a change in the directory is done
// before anybody is told of it, and what a receiver does cannot hold up or break the emulator.
import type { Line } from '../journal.ts';
import type { Change, Tenant } from '../model.ts';
import type { Store } from '../store.ts';
import { createDeliveries } from './deliveries.ts';
import type { Deliveries } from './deliveries.ts';
import { dueOf, nextMoment } from './lifecycle.ts';
import { joined, noticeOf, writeChallenge, writeNotice } from './notices.ts';
import type { Notice } from './notices.ts';
import type { Subscription } from './subscription.ts';

export interface Notifier {
  deliveries: Deliveries;
  /** Asks the subscriber now to show that it may still read, as a test or a newcomer may want. */
  challenge(subscription: Subscription): void;
  stop(): void;
}

/** The lines after which there may be something to do. */
const MATTERS = new Set<Line['k']>(['change', 'clock', 'grant', 'settings', 'subscription']);
/** The longest that a timer can wait. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export function startNotifier(store: Store): Notifier {
  const deliveries = createDeliveries({
    clock: () => store.now(),
    settings: () => store.settings.notifications,
    settled: () => soon(),
  });
  const notices = new WeakMap<object, Notice>();
  let scheduled: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const challenge = (subscription: Subscription): void => {
    store.putSubscription({ ...subscription, challengedAt: store.now() });
    const { id, lifecycleNotificationUrl: url } = subscription;
    if (url === null) return;
    const write = () => writeChallenge(store.subscriptions.get(id) ?? subscription);
    deliveries.add({ url, about: 'lifecycle', subscriptionId: id, dueAt: store.now(), write });
  };

  /** What the clock alone brings: challenges, and the end. */
  const tick = (): void => {
    const now = store.now();
    for (const subscription of store.subscriptions.values()) {
      const due = dueOf(store.tenants.get(subscription.tenantId), subscription, now);
      if (due.challenge) challenge(subscription);
      if (due.end) store.dropSubscription(subscription.id);
      else if (due.pause && !subscription.paused)
        store.putSubscription({ ...(store.subscriptions.get(subscription.id) ?? subscription), paused: true });
    }
  };

  const work = (): void => {
    scheduled = undefined;
    if (stopped) return;
    tick();
    deliveries.pump();
    setTimer();
  };
  const setTimer = (): void => {
    clearTimeout(timer);
    const now = store.now();
    let next = deliveries.nextDue();
    for (const subscription of store.subscriptions.values()) next = Math.min(next, nextMoment(subscription, now));
    if (next === Infinity) return;
    timer = setTimeout(work, Math.min(Math.max(next - now, 1), TIMER_MS_MAX));
    timer.unref();
  };
  const soon = (): void => {
    scheduled ??= setImmediate(work);
  };

  const tell = (tenant: Tenant, of: 'user' | 'group', change: Change): void => {
    const now = store.now();
    const { delayMs } = store.settings.notifications;
    for (const subscription of store.subscriptions.values()) {
      if (subscription.tenantId !== tenant.id || subscription.paused || subscription.expiresAt <= now) continue;
      if (dueOf(tenant, subscription, now).pause) continue;
      const notice = noticeOf(tenant, subscription, of, change);
      if (notice === null) continue;
      const { id, notificationUrl: url } = subscription;
      const last = deliveries.lastWaiting(url);
      if (last !== undefined && joined(notices.get(last), notice)) continue;
      const write = () => {
        const present = store.subscriptions.get(id);
        return present === undefined ? null : writeNotice(present, notice);
      };
      const item = { url, about: 'change' as const, subscriptionId: id, dueAt: now + delayMs, write };
      notices.set(item, notice);
      deliveries.add(item);
    }
  };

  const unwatch = store.watch((line) => {
    if (line.k === 'change' && store.subscriptions.size > 0) tell(store.tenant(line.t), line.of, line.v);
    if (MATTERS.has(line.k)) soon();
  });
  soon(); // a journal may hold subscriptions that ended meanwhile

  return {
    deliveries,
    challenge(subscription) {
      challenge(subscription);
      soon();
    },
    stop() {
      stopped = true;
      unwatch();
      clearImmediate(scheduled);
      clearTimeout(timer);
      deliveries.stop();
    },
  };
}
