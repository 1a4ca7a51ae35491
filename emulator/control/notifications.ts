// The control API's part for those who subscribed: who did, what they were told and how they took it.
import type { Store } from '../store.ts';
import { StoreError } from '../store/input.ts';
import type { Notifier } from '../subscriptions/notifier.ts';
import type { Subscription } from '../subscriptions/subscription.ts';

interface Told {
  store: Store;
  notifier: Notifier;
}

/**
 * `GET subscriptions`, `DELETE subscriptions/{id}` (the service loses it without a word), `POST subscriptions/{id}/challenge`
 * (asks for reauthorization now), `GET notifications` (the last deliveries with each attempt, and how slow each receiver is),
 * `DELETE notifications` (forgets the finished ones). Undefined when it is none of these.
 */
export function notificationRoute(told: Told, method: string, path: readonly string[]): unknown {
  const { store, notifier } = told;
  const [head = '', id = '', action = ''] = path;
  const { deliveries } = notifier;
  switch (`${method} ${head}${id === '' ? '' : '/id'}${action === '' ? '' : `/${action}`}`) {
    case 'GET subscriptions':
      return { value: [...store.subscriptions.values()].map(showSubscription) };
    case 'DELETE subscriptions/id':
      store.dropSubscription(subscription(store, id).id);
      return null;
    case 'POST subscriptions/id/challenge':
      notifier.challenge(subscription(store, id));
      return null;
    case 'GET notifications':
      return {
        waiting: deliveries.waiting(),
        receivers: deliveries.slowness.list(store.now()),
        value: deliveries.remembered().map((delivery) => ({
          ...delivery,
          createdAt: iso(delivery.createdAt),
          dueAt: delivery.outcome === null ? iso(delivery.dueAt) : null,
          attempts: delivery.attempts.map((attempt) => ({ ...attempt, at: iso(attempt.at) })),
        })),
      };
    case 'DELETE notifications':
      deliveries.forget();
      return null;
    default:
      return undefined;
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

function subscription(store: Store, id: string): Subscription {
  const found = store.subscriptions.get(id.toLowerCase());
  if (found === undefined) throw new StoreError(404, `There is no subscription '${id}'.`);
  return found;
}

/** Without the client state, which is the client's secret. */
function showSubscription({ clientState: _clientState, ...shown }: Subscription): unknown {
  const { expiresAt, authorizedAt, challengedAt } = shown;
  return {
    ...shown,
    expiresAt: iso(expiresAt),
    authorizedAt: iso(authorizedAt),
    challengedAt: challengedAt === null ? null : iso(challengedAt),
  };
}
