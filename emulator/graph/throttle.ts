// Token buckets by the limits that Microsoft publishes for identity resources: what a tenant gives one application, by the
// tenant's size; what one application gets of all tenants; and writing. Each request pays what it costs or is refused.

export interface Throttle {
  /** Pays for one request, or says why it is refused; a refused request pays nothing. */
  charge(of: Charge): Charged;
  /** All buckets are full again. */
  reset(): void;
}

export interface Charge {
  tenantId: string;
  clientId: string;
  /** How many people the tenant has: its size decides what it gives. */
  people: number;
  /** Resource units. */
  units: number;
  write: boolean;
  /** By the emulator's clock, in milliseconds. */
  at: number;
  /** Which part of the published limits holds, above 0; 1 is all of it. */
  share: number;
}

export interface Charged {
  /** How much of the tightest limit is used, this request included: 1 is all of it. Never above 1.8. */
  used: number;
  refused: { scope: string; information: string; retryAfterSeconds: number } | null;
}

interface Limit {
  scope: string;
  information: 'ResourceUnitLimitExceeded' | 'WriteLimitExceeded';
  max: number;
  windowSeconds: number;
  cost: number;
}

/** https://learn.microsoft.com/graph/throttling-limits, as of February 2026: resource units in ten seconds. */
const unitsOfTenant = (people: number): number => (people < 50 ? 3500 : people <= 500 ? 5000 : 8000);
const USED_MAX = 1.8;
/** A refused client is told to come back when so much of the bucket is free, so that it does not come back for one request. */
const FREE_SHARE = 0.2;

export function createThrottle(): Throttle {
  const buckets = new Map<string, { left: number; at: number }>();
  const leftOf = (limit: Limit, at: number): number => {
    const bucket = buckets.get(limit.scope);
    if (bucket === undefined) return limit.max;
    // A clock that was put back takes nothing away.
    const passed = Math.max(0, at - bucket.at) / 1000;
    return Math.min(limit.max, bucket.left + (passed * limit.max) / limit.windowSeconds);
  };
  return {
    charge(of) {
      const states = limitsFor(of).map((limit) => ({ limit, left: leftOf(limit, of.at) }));
      const used = Math.max(...states.map(({ limit, left }) => (limit.max - left + limit.cost) / limit.max));
      const spent = states.find(({ limit, left }) => left < limit.cost);
      if (spent !== undefined) {
        const { scope, information, max, windowSeconds, cost } = spent.limit;
        const wanted = Math.max(cost, max * FREE_SHARE);
        const retryAfterSeconds = ((wanted - spent.left) * windowSeconds) / max;
        return { used: Math.min(USED_MAX, used), refused: { scope, information, retryAfterSeconds } };
      }
      for (const { limit, left } of states) buckets.set(limit.scope, { left: left - limit.cost, at: of.at });
      return { used, refused: null };
    },
    reset: () => buckets.clear(),
  };
}

function limitsFor({ tenantId, clientId, people, units, write, share }: Charge): Limit[] {
  const both = `${clientId}/${tenantId}`;
  const limit = (scope: string, max: number, windowSeconds: number): Limit => ({
    scope,
    information: 'ResourceUnitLimitExceeded',
    max: max * share,
    windowSeconds,
    // However small a share is left, one request at a time can be paid for.
    cost: Math.min(units, max * share),
  });
  const writes = (scope: string, max: number, windowSeconds: number): Limit => ({
    ...limit(scope, max, windowSeconds),
    information: 'WriteLimitExceeded',
    cost: Math.min(1, max * share),
  });
  return [
    limit(`Tenant_Application/ReadWrite/${both}`, unitsOfTenant(people), 10),
    limit(`Application/ReadWrite/${clientId}`, 150_000, 20),
    ...(write
      ? [
          writes(`Tenant_Application/Write/${both}`, 3000, 150),
          writes(`Application/Write/${clientId}`, 35_000, 300),
          writes(`Tenant/Write/${tenantId}`, 18_000, 300),
        ]
      : []),
  ];
}
