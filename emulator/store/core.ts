// What every part of the store stands on: the tenants, the journal, the clock, and how a change is written down.
import { randomUUID } from 'node:crypto';
import { createFaults } from '../faults.ts';
import { createThrottle } from '../graph/throttle.ts';
import { noJournal } from '../journal.ts';
import type { Journal, Line } from '../journal.ts';
import { DEFAULT_SETTINGS } from '../model.ts';
import type { AppRegistration, Change, DirectoryGroup, DirectoryUser, Settings, Tenant } from '../model.ts';
import { createRequestLog } from '../request-log.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import * as directory from '../tenant.ts';
import { text } from '../tenant.ts';
import { StoreError } from './input.ts';

export class StoreCore {
  readonly tenants = new Map<string, Tenant>();
  readonly apps = new Map<string, AppRegistration>();
  readonly faults = createFaults();
  readonly requests = createRequestLog();
  readonly throttle = createThrottle();
  readonly subscriptions = new Map<string, Subscription>();
  settings: Settings = structuredClone(DEFAULT_SETTINGS);
  clockOffsetMs = 0;
  /** Milliseconds since 1970; a test may put its own in place. */
  clock: () => number = Date.now;
  /** While a directory is being seeded no change is logged: no link can be older than the seed. */
  seeding = false;
  private kept: Journal = noJournal;
  private readonly watchers = new Set<(line: Line) => void>();
  /** Everything that is done here passes through it, so it is also where one watches. */
  protected readonly journal = {
    append: (line: Line): void => {
      this.kept.append(line);
      for (const watcher of this.watchers) watcher(line);
    },
  };

  useJournal(journal: Journal): void {
    this.kept = journal;
  }
  flush(): void {
    this.kept.flush();
  }
  close(): void {
    this.kept.close();
  }

  /** Calls the watcher with each line that is written, once it holds; the answer ends that. */
  watch(watcher: (line: Line) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  now(): number {
    return this.clock() + this.clockOffsetMs;
  }

  tenant(idOrDomain: string): Tenant {
    const found = this.findTenant(idOrDomain);
    if (found === undefined) throw new StoreError(404, `There is no tenant '${idOrDomain}'.`);
    return found;
  }

  findTenant(idOrDomain: string): Tenant | undefined {
    const wanted = idOrDomain.toLowerCase();
    const byId = this.tenants.get(wanted);
    if (byId !== undefined) return byId;
    for (const tenant of this.tenants.values()) if (tenant.domains.includes(wanted)) return tenant;
    return undefined;
  }

  createTenant(input: { id?: string; displayName: string; domains: string[]; country?: string }): Tenant {
    if (typeof input.displayName !== 'string' || !Array.isArray(input.domains) || input.domains.length === 0)
      throw new StoreError(400, 'A tenant needs a displayName and a verified domain.');
    const id = (input.id ?? randomUUID()).toLowerCase();
    const taken = [id, ...input.domains].find((name) => this.findTenant(name) !== undefined);
    if (taken !== undefined) throw new StoreError(409, `'${taken}' belongs to a tenant already.`);
    const v = {
      id,
      displayName: input.displayName,
      domains: input.domains.map((name) => name.toLowerCase()),
      country: input.country ?? 'SE',
      createdAt: this.now(),
    };
    this.tenants.set(id, directory.newTenant(v));
    this.journal.append({ k: 'tenant', v });
    return this.tenant(id);
  }

  user(tenantId: string, idOrUpn: string): DirectoryUser {
    const tenant = this.tenant(tenantId);
    const found = tenant.users.get(idOrUpn) ?? tenant.users.get(tenant.idByUpn.get(idOrUpn.toLowerCase()) ?? '');
    if (found === undefined) throw new StoreError(404, `There is no user '${idOrUpn}'.`, 'nobody');
    return found;
  }

  group(tenantId: string, id: string): DirectoryGroup {
    const found = this.tenant(tenantId).groups.get(id);
    if (found === undefined) throw new StoreError(404, `There is no group '${id}'.`);
    return found;
  }

  putSubscription(v: Subscription): void {
    this.subscriptions.set(v.id, v);
    this.journal.append({ k: 'subscription', v });
  }

  dropSubscription(id: string): void {
    if (this.subscriptions.delete(id)) this.journal.append({ k: 'unsubscribed', id });
  }

  protected putMember(tenant: Tenant, group: DirectoryGroup, memberId: string, added: boolean): void {
    const n = added ? ++tenant.lastN : null;
    directory.putMember(tenant, group, memberId, n);
    this.journal.append({ k: 'member', t: tenant.id, g: group.id, id: memberId, n });
    this.log(tenant, 'group', { id: group.id, props: ['members'], member: memberId, added });
  }

  protected followRules(tenant: Tenant, user: DirectoryUser): void {
    for (const group of tenant.groupOrder) {
      const rule = dynamicRule(group);
      if (rule === '' || group.deletedAt !== null) continue;
      const holds = directory.ruleHolds(rule, user.props);
      if (holds !== group.members.has(user.id)) this.putMember(tenant, group, user.id, holds);
    }
  }

  protected wroteUser(tenant: Tenant, user: DirectoryUser, props: string[], more: Partial<Change> = {}): void {
    this.journal.append({ k: 'user', t: tenant.id, v: user });
    this.log(tenant, 'user', { id: user.id, props, ...more });
  }

  protected wroteGroup(tenant: Tenant, group: DirectoryGroup, props: string[]): void {
    const { members: _members, ...v } = group;
    this.journal.append({ k: 'group', t: tenant.id, v });
    this.log(tenant, 'group', { id: group.id, props });
  }

  protected log(tenant: Tenant, of: 'user' | 'group', change: Omit<Change, 'seq' | 'at'>): void {
    if (this.seeding) return;
    const v: Change = { seq: ++tenant.lastSeq, at: this.now(), ...change };
    (of === 'user' ? tenant.userLog : tenant.groupLog).push(v);
    this.journal.append({ k: 'change', t: tenant.id, of, v });
  }
}

/** The rule of a dynamic group whose rule runs, else ''. */
export function dynamicRule(group: DirectoryGroup): string {
  return group.props['membershipRuleProcessingState'] === 'On' ? text(group.props['membershipRule']) : '';
}
