// How promptly an address answers. One that is often slow is told late, and one that is slower still is told nothing,
// until the count is forgotten. https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#throttling
export interface Slowness {
  count(address: string, answer: { notices: number; slow: boolean }, now: number): void;
  of(address: string, now: number): Treatment;
  list(now: number): { address: string; notices: number; answers: number; slow: number; treatment: Treatment }[];
}

export type Treatment = 'prompt' | 'delayed' | 'dropped';

const FORGOTTEN_AFTER_MS = 10 * 60_000;
const DELAYED_ABOVE_SHARE = 0.1;
const DROPPED_FROM_SHARE = 0.15;

interface Count {
  since: number;
  notices: number;
  answers: number;
  slow: number;
}

/** `noticesMin`: no verdict before so many notifications. */
export function createSlowness(noticesMin: () => number): Slowness {
  const counts = new Map<string, Count>();
  const current = (address: string, now: number): Count => {
    const known = counts.get(address);
    if (known !== undefined && now - known.since < FORGOTTEN_AFTER_MS) return known;
    const fresh = { since: now, notices: 0, answers: 0, slow: 0 };
    counts.set(address, fresh);
    return fresh;
  };
  const judge = ({ notices, answers, slow }: Count): Treatment => {
    if (notices < noticesMin() || answers === 0) return 'prompt';
    const share = slow / answers;
    if (share >= DROPPED_FROM_SHARE) return 'dropped';
    return share > DELAYED_ABOVE_SHARE ? 'delayed' : 'prompt';
  };
  return {
    count(address, { notices, slow }, now) {
      const count = current(address, now);
      count.notices += notices;
      count.answers += 1;
      count.slow += slow ? 1 : 0;
    },
    of: (address, now) => judge(current(address, now)),
    list: (now) =>
      [...counts.keys()].map((address) => {
        const { notices, answers, slow } = current(address, now);
        return { address, notices, answers, slow, treatment: judge(current(address, now)) };
      }),
  };
}

/** The query is the client's own and does not make another address. */
export const addressOf = (url: string): string => `${new URL(url).origin}${new URL(url).pathname}`;
