// The way of a notification from here to its receiver: several in one POST, tried again with growing waits, told late or not at all
// to those who are slow. One POST at a time goes to each address, so that nobody's silence holds up more than their own.
import { randomUUID } from 'node:crypto';
import type { Json, NotificationSettings } from '../model.ts';
import { post } from './receiver.ts';
import { addressOf, createSlowness } from './slowness.ts';
import type { Slowness } from './slowness.ts';

/** Seconds to wait after each failed attempt; what was not taken 4 hours after the first is given up. */
const WAITS_SECONDS = [10, 30, 60, 120, 300, 600, 1200, 1800, 3600];
const GIVE_UP_AFTER_MS = 4 * 3_600_000;
const THROTTLED_MS = 10 * 60_000;
const REMEMBERED_MAX = 200;

/** 'lost' and 'dropped' were never sent: by a setting, or because the receiver is too slow. 'moot': the subscription was gone first. */
export type Outcome = 'delivered' | 'givenUp' | 'dropped' | 'lost' | 'moot';

export interface Delivery {
  id: string;
  url: string;
  about: 'change' | 'lifecycle';
  subscriptionIds: string[];
  createdAt: number;
  /** When it is tried next; of no meaning once there is an outcome. */
  dueAt: number;
  attempts: { at: number; ms: number; status: number | null; failure: 'timeout' | 'unreachable' | null }[];
  outcome: Outcome | null;
  /** The body as it went out last. */
  body: { value: Json[] } | null;
}

/** Something to send; `write` gives null when there is no longer anybody to send it to. */
export interface Item {
  url: string;
  about: 'change' | 'lifecycle';
  subscriptionId: string;
  dueAt: number;
  write(): Json | null;
}

export interface Deliveries {
  /** Sends what is due; returns at once. */
  pump(): void;
  add(item: Item): void;
  /** The last item that waits for the address, to which more may be added. */
  lastWaiting(url: string): Item | undefined;
  /** When something is due next, for a timer; Infinity when nothing waits. */
  nextDue(): number;
  /** The last ones, oldest first, those under way included. */
  remembered(): Delivery[];
  waiting(): number;
  slowness: Slowness;
  forget(): void;
  stop(): void;
}

interface Parcel {
  delivery: Delivery;
  items: Item[];
}

/** `settled` is called after each attempt, when there may be more to do. */
export function createDeliveries(around: {
  clock: () => number;
  settings: () => NotificationSettings;
  settled: () => void;
}): Deliveries {
  const { clock, settings, settled } = around;
  const slowness = createSlowness(() => settings().slowFrom);
  const stopping = new AbortController();
  let waiting = new Map<string, Item[]>();
  let parcels: Parcel[] = [];
  const busy = new Set<string>();
  let remembered: Delivery[] = [];
  let counted = 0;

  const remember = (delivery: Delivery): Delivery => {
    remembered.push(delivery);
    if (remembered.length > REMEMBERED_MAX * 2) remembered = remembered.slice(-REMEMBERED_MAX);
    return delivery;
  };
  const deliveryOf = (items: readonly Item[], outcome: Outcome | null): Delivery => ({
    id: randomUUID(),
    url: items[0]?.url ?? '',
    about: items[0]?.about ?? 'change',
    subscriptionIds: [...new Set(items.map((item) => item.subscriptionId))],
    createdAt: clock(),
    dueAt: clock(),
    attempts: [],
    outcome,
    body: null,
  });

  /** Packs what is due for an address; what slow receivers are not told ends here. */
  const pack = (url: string, due: Item[]): void => {
    const { perPostMax, duplicates, reversed } = settings();
    const now = clock();
    const treatment = slowness.of(addressOf(url), now);
    const ordered = reversed ? due.toReversed() : due;
    // The setting comes over HTTP and could be anything; none in a POST would never end.
    const size = Math.max(1, Math.trunc(perPostMax) || 1);
    for (let from = 0; from < ordered.length; from += size) {
      const items = ordered.slice(from, from + size);
      if (treatment === 'dropped') {
        remember(deliveryOf(items, 'dropped'));
        continue;
      }
      for (const copy of duplicates ? [items, items] : [items]) {
        const delivery = remember(deliveryOf(copy, null));
        if (treatment === 'delayed') delivery.dueAt = now + THROTTLED_MS;
        parcels.push({ delivery, items: copy });
      }
    }
  };

  const attempt = async (parcel: Parcel): Promise<void> => {
    const { delivery, items } = parcel;
    const { answerWithinMs, slowAboveMs } = settings();
    const value = items.map((item) => item.write()).filter((one) => one !== null);
    if (value.length === 0) {
      delivery.outcome = 'moot';
      return;
    }
    delivery.body = { value };
    const at = clock();
    const answer = await post(delivery.url, {
      contentType: 'application/json; charset=utf-8',
      body: JSON.stringify(delivery.body),
      withinMs: answerWithinMs,
      stop: stopping.signal,
    });
    const status = 'failure' in answer ? null : answer.status;
    delivery.attempts.push({ at, ms: answer.ms, status, failure: 'failure' in answer ? answer.failure : null });
    const address = addressOf(delivery.url);
    slowness.count(address, { notices: value.length, slow: answer.ms > slowAboveMs }, clock());
    if (status !== null && status >= 200 && status < 300) delivery.outcome = 'delivered';
    else putOff(delivery, slowness.of(address, clock()));
  };

  const pump = (): void => {
    if (stopping.signal.aborted) return;
    const now = clock();
    for (const [url, items] of waiting) {
      const due = items.filter((item) => item.dueAt <= now);
      // While a POST is under way the rest gathers behind it.
      if (due.length === 0 || busy.has(url)) continue;
      const later = items.filter((item) => item.dueAt > now);
      if (later.length === 0) waiting.delete(url);
      else waiting.set(url, later);
      pack(url, due);
    }
    for (const parcel of parcels) {
      const { url, dueAt, outcome } = parcel.delivery;
      if (outcome !== null || dueAt > now || busy.has(url)) continue;
      busy.add(url);
      void attempt(parcel).finally(() => {
        busy.delete(url);
        settled();
      });
    }
    parcels = parcels.filter(({ delivery }) => delivery.outcome === null);
  };

  function putOff(delivery: Delivery, treatment: 'prompt' | 'delayed' | 'dropped'): void {
    const now = clock();
    const waitMs =
      treatment === 'delayed' ? THROTTLED_MS : (WAITS_SECONDS[delivery.attempts.length - 1] ?? 3600) * 1000;
    if (treatment === 'dropped') delivery.outcome = 'dropped';
    else if (now + waitMs > delivery.createdAt + GIVE_UP_AFTER_MS) delivery.outcome = 'givenUp';
    else delivery.dueAt = now + waitMs;
  }

  return {
    pump,
    slowness,
    add(item) {
      const { loseEvery } = settings();
      counted += item.about === 'change' ? 1 : 0;
      if (item.about === 'change' && loseEvery > 0 && counted % loseEvery === 0) {
        remember(deliveryOf([item], 'lost'));
        return;
      }
      const items = waiting.get(item.url);
      if (items === undefined) waiting.set(item.url, [item]);
      else items.push(item);
    },
    lastWaiting: (url) => waiting.get(url)?.at(-1),
    nextDue() {
      let next = Infinity;
      for (const [url, items] of waiting)
        if (!busy.has(url)) for (const { dueAt } of items) next = Math.min(next, dueAt);
      for (const { delivery } of parcels) if (!busy.has(delivery.url)) next = Math.min(next, delivery.dueAt);
      return next;
    },
    remembered: () => remembered.slice(-REMEMBERED_MAX),
    waiting: () =>
      [...waiting.values()].reduce((sum, items) => sum + items.length, 0) +
      parcels.reduce((sum, { items, delivery }) => sum + (delivery.outcome === null ? items.length : 0), 0),
    forget() {
      remembered = remembered.filter((delivery) => delivery.outcome === null);
      counted = 0;
    },
    stop() {
      stopping.abort();
      waiting = new Map();
      parcels = [];
    },
  };
}
