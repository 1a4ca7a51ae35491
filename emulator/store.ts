// Everything the emulator knows, with one typed method per thing that can be done to it. The control API and tests
// in the same process both come through here; Graph itself reads, and writes only subscriptions and what is deleted.
import { randomUUID } from 'node:crypto';
import type { Line } from './journal.ts';
import type { AppRegistration, DeadLinkAnswer, Grant, Settings, TenantFacts } from './model.ts';
import { GroupStore, RETENTION_DAYS } from './store/groups.ts';
import { StoreError } from './store/input.ts';

const DAY_MS = 86_400_000;

export type SettingsInput = Partial<Omit<Settings, 'pageSizes' | 'deltaQuirks' | 'throttling' | 'notifications'>> & {
  notifications?: Partial<Settings['notifications']>;
  throttling?: Partial<Settings['throttling']>;
  pageSizes?: Partial<Settings['pageSizes']>;
  deltaQuirks?: Partial<Settings['deltaQuirks']>;
};

export class Store extends GroupStore {
  putApp(app: AppRegistration): AppRegistration {
    this.apps.set(app.clientId.toLowerCase(), app);
    this.journal.append({ k: 'app', v: app });
    return app;
  }

  app(clientId: string): AppRegistration | undefined {
    return this.apps.get(clientId.toLowerCase());
  }

  /** Signing in creates the service principal; `roles` given means an administrator consented to exactly these. */
  grant(tenantId: string, clientId: string, roles?: string[], enabled = true): Grant {
    const tenant = this.tenant(tenantId);
    const key = clientId.toLowerCase();
    const before = tenant.grants.get(key);
    const grant: Grant = {
      principalId: before?.principalId ?? randomUUID(),
      roles: roles ?? before?.roles ?? [],
      enabled,
      grantedAt: roles === undefined ? (before?.grantedAt ?? null) : this.now(),
      ...(before?.assigned === undefined ? {} : { assigned: before.assigned }),
    };
    tenant.grants.set(key, grant);
    this.journal.append({ k: 'grant', t: tenant.id, c: key, v: grant });
    return grant;
  }

  /** Somebody signed in to the application, which assigns them to it. */
  assign(tenantId: string, clientId: string, userId: string): void {
    const grant = this.grant(tenantId, clientId);
    grant.assigned = { [userId]: this.now(), ...grant.assigned };
    this.journal.append({ k: 'grant', t: this.tenant(tenantId).id, c: clientId.toLowerCase(), v: grant });
  }

  /** The administrator removes the app from the tenant. */
  revoke(tenantId: string, clientId: string): void {
    const tenant = this.tenant(tenantId);
    tenant.grants.delete(clientId.toLowerCase());
    this.journal.append({ k: 'grant', t: tenant.id, c: clientId.toLowerCase(), v: null });
  }

  advanceClock(seconds: number): number {
    this.clockOffsetMs += seconds * 1000;
    this.journal.append({ k: 'clock', offsetMs: this.clockOffsetMs });
    for (const tenant of this.tenants.values()) this.purgeExpired(tenant);
    return this.now();
  }

  changeSettings(changes: SettingsInput): Settings {
    const { pageSizes, deltaQuirks, throttling, notifications, ...rest } = changes;
    if (throttling?.share !== undefined && !(throttling.share > 0))
      throw new StoreError(400, 'throttling.share must be a number above 0.');
    if (throttling !== undefined) this.throttle.reset(); // what was paid under other limits says nothing
    this.settings = {
      ...this.settings,
      ...rest,
      pageSizes: { ...this.settings.pageSizes, ...pageSizes },
      deltaQuirks: { ...this.settings.deltaQuirks, ...deltaQuirks },
      throttling: { ...this.settings.throttling, ...throttling },
      notifications: { ...this.settings.notifications, ...notifications },
    };
    this.journal.append({ k: 'settings', v: this.settings });
    return this.settings;
  }

  changeFacts(tenantId: string, changes: Partial<TenantFacts>): TenantFacts {
    const tenant = this.tenant(tenantId);
    const { premium, extensionProperties, technicalMails } = tenant;
    const facts = { premium, extensionProperties, technicalMails, ...changes };
    Object.assign(tenant, facts);
    this.journal.append({ k: 'facts', t: tenant.id, v: facts });
    return facts;
  }

  /** Makes every delta link handed out so far for the tenant answer as told. */
  invalidateDeltaLinks(tenantId: string, answer: DeadLinkAnswer = 'gone'): void {
    const tenant = this.tenant(tenantId);
    tenant.deltaGeneration += 1;
    tenant.deadLinkAnswer = answer;
    this.journal.append({ k: 'generation', t: tenant.id, v: tenant.deltaGeneration, answer });
  }

  /** The lines that say everything anew, for a compact journal. */
  *everything(): Generator<Line> {
    for (const v of this.apps.values()) yield { k: 'app', v };
    yield { k: 'settings', v: this.settings };
    yield { k: 'clock', offsetMs: this.clockOffsetMs };
    for (const v of this.subscriptions.values()) yield { k: 'subscription', v };
    const logLimit = this.now() - (RETENTION_DAYS + 1) * DAY_MS;
    for (const tenant of this.tenants.values()) {
      const { id, displayName, domains, country, createdAt } = tenant;
      yield { k: 'tenant', v: { id, displayName, domains, country, createdAt } };
      const { premium, extensionProperties, technicalMails } = tenant;
      yield { k: 'facts', t: id, v: { premium, extensionProperties, technicalMails } };
      for (const v of tenant.userOrder) if (tenant.users.get(v.id) === v) yield { k: 'user', t: id, v };
      for (const group of tenant.groupOrder) {
        const { members, ...v } = group;
        yield { k: 'group', t: id, v };
        for (const [member, n] of members) yield { k: 'member', t: id, g: group.id, id: member, n };
      }
      for (const v of tenant.userLog) if (v.at >= logLimit) yield { k: 'change', t: id, of: 'user', v };
      for (const v of tenant.groupLog) if (v.at >= logLimit) yield { k: 'change', t: id, of: 'group', v };
      for (const [c, v] of tenant.grants) yield { k: 'grant', t: id, c, v };
      yield { k: 'generation', t: id, v: tenant.deltaGeneration, answer: tenant.deadLinkAnswer };
      yield { k: 'counters', t: id, n: tenant.lastN, seq: tenant.lastSeq };
    }
  }
}
