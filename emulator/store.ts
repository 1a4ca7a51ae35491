// Everything the emulator knows, with one typed method per thing that can be done to it. The control API and tests
// in the same process both come through here; Graph itself only reads.
import { randomUUID } from 'node:crypto';
import { noJournal } from './journal.ts';
import type { Journal, Line } from './journal.ts';
import { DEFAULT_SETTINGS } from './model.ts';
import type {
  AppRegistration,
  Change,
  DeadLinkAnswer,
  DirectoryGroup,
  DirectoryUser,
  Grant,
  Json,
  Props,
  Settings,
  Tenant,
} from './model.ts';
import { createFaults } from './faults.ts';
import { createRequestLog } from './request-log.ts';
import * as directory from './tenant.ts';
import { text } from './tenant.ts';

/** What the page has words of its own for. */
export type Reason = 'nameTaken' | 'nobody' | 'needsName' | 'needsUserName' | 'followsRule';

export class StoreError extends Error {
  readonly status: number;
  readonly reason: Reason | undefined;
  constructor(status: number, message: string, reason?: Reason) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

const DAY_MS = 86_400_000;
const RETENTION_DAYS = 30;
const USER_ARRAYS = new Set([
  'businessPhones',
  'otherMails',
  'proxyAddresses',
  'imAddresses',
  'assignedLicenses',
  'assignedPlans',
  'provisionedPlans',
  'identities',
]);
/** Members that the emulator itself sets; a caller cannot. */
const READ_ONLY = new Set(['id', 'deletedDateTime', 'manager', 'members']);

export interface UserInput extends Props {
  displayName: string;
}
export type SettingsInput = Partial<Omit<Settings, 'pageSizes' | 'deltaQuirks'>> & {
  pageSizes?: Partial<Settings['pageSizes']>;
  deltaQuirks?: Partial<Settings['deltaQuirks']>;
};

export class Store {
  readonly tenants = new Map<string, Tenant>();
  readonly apps = new Map<string, AppRegistration>();
  readonly faults = createFaults();
  readonly requests = createRequestLog();
  settings: Settings = structuredClone(DEFAULT_SETTINGS);
  clockOffsetMs = 0;
  /** While a directory is being seeded no change is logged: no link can be older than the seed. */
  seeding = false;
  private journal: Journal = noJournal;

  useJournal(journal: Journal): void {
    this.journal = journal;
  }
  flush(): void {
    this.journal.flush();
  }
  close(): void {
    this.journal.close();
  }

  now(): number {
    return Date.now() + this.clockOffsetMs;
  }

  // Tenants

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

  // Users

  user(tenantId: string, idOrUpn: string): DirectoryUser {
    const tenant = this.tenant(tenantId);
    const found = tenant.users.get(idOrUpn) ?? tenant.users.get(tenant.idByUpn.get(idOrUpn.toLowerCase()) ?? '');
    if (found === undefined) throw new StoreError(404, `There is no user '${idOrUpn}'.`, 'nobody');
    return found;
  }

  createUser(tenantId: string, input: UserInput & { id?: string }, roles: string[] = []): DirectoryUser {
    const tenant = this.tenant(tenantId);
    const domain = tenant.domains[0] ?? '';
    const { id, ...rest } = input;
    // What comes over the control API is not typed.
    if (typeof rest.displayName !== 'string') throw new StoreError(400, 'A user needs a displayName.', 'needsName');
    const nickname = mailNickname(rest.displayName);
    const props = accepted({
      accountEnabled: true,
      userType: 'Member',
      userPrincipalName: `${nickname}@${domain}`,
      createdDateTime: dateTime(this.now()),
      ...rest,
    });
    props['mailNickname'] ??= text(props['userPrincipalName']).split('@')[0] ?? nickname;
    if (typeof props['mail'] === 'string' && props['proxyAddresses'] === undefined)
      props['proxyAddresses'] = [`SMTP:${props['mail']}`];
    const upn = text(props['userPrincipalName']);
    if (tenant.idByUpn.has(upn.toLowerCase()))
      throw new StoreError(
        409,
        `Another object with the same value for property userPrincipalName already exists: ${upn}.`,
        'nameTaken',
      );
    const user: DirectoryUser = {
      n: ++tenant.lastN,
      id: id ?? randomUUID(),
      props,
      managerId: null,
      roles,
      deletedAt: null,
    };
    if (tenant.users.has(user.id)) throw new StoreError(409, `The id ${user.id} is taken.`);
    directory.putUser(tenant, user);
    this.wroteUser(tenant, user, ['*']);
    this.followRules(tenant, user);
    return user;
  }

  updateUser(tenantId: string, id: string, changes: Props): DirectoryUser {
    const tenant = this.tenant(tenantId);
    const user = this.user(tenantId, id);
    const next = accepted(changes);
    const nextUpn = next['userPrincipalName'];
    if (nextUpn !== undefined) {
      const holder = tenant.idByUpn.get(text(nextUpn).toLowerCase());
      if (text(nextUpn) === '') throw new StoreError(400, 'A user needs a userPrincipalName.', 'needsUserName');
      if (holder !== undefined && holder !== user.id)
        throw new StoreError(
          409,
          `Another object with the same value for property userPrincipalName already exists: ${text(nextUpn)}.`,
          'nameTaken',
        );
      directory.forgetUpn(tenant, user);
    }
    const extensions = next['onPremisesExtensionAttributes'];
    if (isObject(extensions))
      next['onPremisesExtensionAttributes'] = {
        ...(isObject(user.props['onPremisesExtensionAttributes']) ? user.props['onPremisesExtensionAttributes'] : {}),
        ...extensions,
      };
    if (next['mail'] !== undefined && next['mail'] !== user.props['mail'] && next['proxyAddresses'] === undefined)
      next['proxyAddresses'] = withPrimary(user.props['proxyAddresses'], next['mail']);
    const changed = Object.keys(next).filter(
      (name) => JSON.stringify(next[name]) !== JSON.stringify(user.props[name] ?? null),
    );
    for (const name of changed) user.props[name] = next[name] ?? null;
    directory.indexUser(tenant, user);
    if (changed.length === 0) return user;
    this.wroteUser(tenant, user, changed);
    this.followRules(tenant, user);
    return user;
  }

  setRoles(tenantId: string, id: string, roles: string[]): DirectoryUser {
    const user = this.user(tenantId, id);
    user.roles = roles;
    this.journal.append({ k: 'user', t: this.tenant(tenantId).id, v: user });
    return user;
  }

  setManager(tenantId: string, id: string, managerId: string | null): DirectoryUser {
    const tenant = this.tenant(tenantId);
    const user = this.user(tenantId, id);
    const next = managerId === null ? null : this.user(tenantId, managerId).id;
    if (next === user.managerId) return user;
    const before = user.managerId;
    user.managerId = next;
    this.wroteUser(tenant, user, ['manager'], {
      ...(next === null ? {} : { member: next }),
      ...(before === null ? {} : { before }),
    });
    return user;
  }

  /** Soft deletion. The user stays in its groups' member data, as in the service. */
  deleteUser(tenantId: string, id: string): DirectoryUser {
    const tenant = this.tenant(tenantId);
    const user = this.user(tenantId, id);
    if (user.deletedAt !== null) throw new StoreError(409, 'The user is deleted already.');
    directory.forgetUpn(tenant, user);
    user.deletedAt = this.now();
    // The service prefixes the object id, which frees the name for somebody new.
    user.props['userPrincipalName'] = `${user.id.replaceAll('-', '')}${text(user.props['userPrincipalName'])}`;
    directory.indexUser(tenant, user);
    this.wroteUser(tenant, user, ['-']);
    return user;
  }

  restoreUser(tenantId: string, id: string): DirectoryUser {
    const tenant = this.tenant(tenantId);
    const user = this.user(tenantId, id);
    if (user.deletedAt === null) throw new StoreError(409, 'The user is not deleted.');
    const upn = text(user.props['userPrincipalName']).slice(32);
    if (tenant.idByUpn.has(upn.toLowerCase()))
      throw new StoreError(
        409,
        `Another object with the same value for property userPrincipalName already exists: ${upn}.`,
        'nameTaken',
      );
    user.deletedAt = null;
    user.props['userPrincipalName'] = upn;
    directory.indexUser(tenant, user);
    this.wroteUser(tenant, user, ['*']);
    this.followRules(tenant, user);
    return user;
  }

  /** Permanent deletion, of a user or a group, whether soft-deleted before or not. */
  purge(tenantId: string, id: string): void {
    const tenant = this.tenant(tenantId);
    const isUser = tenant.users.has(id);
    if (!isUser && !tenant.groups.has(id)) throw new StoreError(404, `There is no object '${id}'.`);
    directory.forget(tenant, id);
    this.journal.append({ k: 'gone', t: tenant.id, id });
    this.log(tenant, isUser ? 'user' : 'group', { id, props: ['-'] });
  }

  /** What has lain among the deleted for 30 days is gone. */
  purgeExpired(tenant: Tenant): void {
    const limit = this.now() - RETENTION_DAYS * DAY_MS;
    for (const id of tenant.deletedIds) {
      const deletedAt = (tenant.users.get(id) ?? tenant.groups.get(id))?.deletedAt ?? null;
      if (deletedAt !== null && deletedAt < limit) this.purge(tenant.id, id);
    }
  }

  // Groups

  group(tenantId: string, id: string): DirectoryGroup {
    const found = this.tenant(tenantId).groups.get(id);
    if (found === undefined) throw new StoreError(404, `There is no group '${id}'.`);
    return found;
  }

  createGroup(tenantId: string, input: Props & { displayName: string; id?: string }): DirectoryGroup {
    const tenant = this.tenant(tenantId);
    const { id, ...rest } = input;
    if (typeof rest.displayName !== 'string') throw new StoreError(400, 'A group needs a displayName.', 'needsName');
    const props = accepted({
      mailEnabled: false,
      securityEnabled: true,
      groupTypes: [],
      mailNickname: mailNickname(rest.displayName),
      createdDateTime: dateTime(this.now()),
      ...rest,
    });
    const group: DirectoryGroup = {
      n: ++tenant.lastN,
      id: id ?? randomUUID(),
      props,
      members: new Map(),
      deletedAt: null,
    };
    if (tenant.groups.has(group.id)) throw new StoreError(409, `The id ${group.id} is taken.`);
    directory.putGroup(tenant, group);
    this.wroteGroup(tenant, group, ['*']);
    const rule = dynamicRule(group);
    if (rule !== '')
      for (const user of tenant.users.values())
        if (user.deletedAt === null && directory.ruleHolds(rule, user.props))
          this.putMember(tenant, group, user.id, true);
    return group;
  }

  updateGroup(tenantId: string, id: string, changes: Props): DirectoryGroup {
    const tenant = this.tenant(tenantId);
    const group = this.group(tenantId, id);
    const next = accepted(changes);
    const changed = Object.keys(next).filter(
      (name) => JSON.stringify(next[name]) !== JSON.stringify(group.props[name] ?? null),
    );
    for (const name of changed) group.props[name] = next[name] ?? null;
    if (changed.length > 0) this.wroteGroup(tenant, group, changed);
    return group;
  }

  /** Microsoft 365 groups and security groups of the cloud can come back; all others are gone at once. */
  deleteGroup(tenantId: string, id: string): void {
    const tenant = this.tenant(tenantId);
    const group = this.group(tenantId, id);
    if (group.deletedAt !== null) throw new StoreError(409, 'The group is deleted already.');
    const { mailEnabled, groupTypes, onPremisesSyncEnabled } = group.props;
    const unified = Array.isArray(groupTypes) && groupTypes.includes('Unified');
    if (onPremisesSyncEnabled === true || (mailEnabled === true && !unified)) {
      this.purge(tenantId, id);
      return;
    }
    group.deletedAt = this.now();
    directory.putGroup(tenant, group);
    this.wroteGroup(tenant, group, ['-']);
  }

  restoreGroup(tenantId: string, id: string): DirectoryGroup {
    const tenant = this.tenant(tenantId);
    const group = this.group(tenantId, id);
    if (group.deletedAt === null) throw new StoreError(409, 'The group is not deleted.');
    group.deletedAt = null;
    directory.putGroup(tenant, group);
    this.wroteGroup(tenant, group, ['*']);
    // A reader that took the group for gone needs its members anew.
    for (const member of group.members.keys())
      this.log(tenant, 'group', { id: group.id, props: ['members'], member, added: true });
    return group;
  }

  addMember(tenantId: string, groupId: string, memberId: string): void {
    const tenant = this.tenant(tenantId);
    const group = this.group(tenantId, groupId);
    if (!tenant.users.has(memberId) && !tenant.groups.has(memberId))
      throw new StoreError(404, `There is no object '${memberId}'.`);
    if (dynamicRule(group) !== '')
      throw new StoreError(400, 'The members of a dynamic group follow its rule.', 'followsRule');
    if (!group.members.has(memberId)) this.putMember(tenant, group, memberId, true);
  }

  removeMember(tenantId: string, groupId: string, memberId: string): void {
    const tenant = this.tenant(tenantId);
    const group = this.group(tenantId, groupId);
    if (dynamicRule(group) !== '')
      throw new StoreError(400, 'The members of a dynamic group follow its rule.', 'followsRule');
    if (!group.members.has(memberId)) throw new StoreError(404, 'Not a member.');
    this.putMember(tenant, group, memberId, false);
  }

  // Consent, apps, clock, settings

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
    };
    tenant.grants.set(key, grant);
    this.journal.append({ k: 'grant', t: tenant.id, c: key, v: grant });
    return grant;
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
    const { pageSizes, deltaQuirks, ...rest } = changes;
    this.settings = {
      ...this.settings,
      ...rest,
      pageSizes: { ...this.settings.pageSizes, ...pageSizes },
      deltaQuirks: { ...this.settings.deltaQuirks, ...deltaQuirks },
    };
    this.journal.append({ k: 'settings', v: this.settings });
    return this.settings;
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
    const logLimit = this.now() - (RETENTION_DAYS + 1) * DAY_MS;
    for (const tenant of this.tenants.values()) {
      const { id, displayName, domains, country, createdAt } = tenant;
      yield { k: 'tenant', v: { id, displayName, domains, country, createdAt } };
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

  private putMember(tenant: Tenant, group: DirectoryGroup, memberId: string, added: boolean): void {
    const n = added ? ++tenant.lastN : null;
    directory.putMember(tenant, group, memberId, n);
    this.journal.append({ k: 'member', t: tenant.id, g: group.id, id: memberId, n });
    this.log(tenant, 'group', { id: group.id, props: ['members'], member: memberId, added });
  }

  private followRules(tenant: Tenant, user: DirectoryUser): void {
    for (const group of tenant.groupOrder) {
      const rule = dynamicRule(group);
      if (rule === '' || group.deletedAt !== null) continue;
      const holds = directory.ruleHolds(rule, user.props);
      if (holds !== group.members.has(user.id)) this.putMember(tenant, group, user.id, holds);
    }
  }

  private wroteUser(tenant: Tenant, user: DirectoryUser, props: string[], more: Partial<Change> = {}): void {
    this.journal.append({ k: 'user', t: tenant.id, v: user });
    this.log(tenant, 'user', { id: user.id, props, ...more });
  }

  private wroteGroup(tenant: Tenant, group: DirectoryGroup, props: string[]): void {
    const { members: _members, ...v } = group;
    this.journal.append({ k: 'group', t: tenant.id, v });
    this.log(tenant, 'group', { id: group.id, props });
  }

  private log(tenant: Tenant, of: 'user' | 'group', change: Omit<Change, 'seq' | 'at'>): void {
    if (this.seeding) return;
    const v: Change = { seq: ++tenant.lastSeq, at: this.now(), ...change };
    (of === 'user' ? tenant.userLog : tenant.groupLog).push(v);
    this.journal.append({ k: 'change', t: tenant.id, of, v });
  }
}

/** The rule of a dynamic group whose rule runs, else ''. */
function dynamicRule(group: DirectoryGroup): string {
  return group.props['membershipRuleProcessingState'] === 'On' ? text(group.props['membershipRule']) : '';
}

function accepted(input: Props): Props {
  const props: Props = {};
  for (const [name, value] of Object.entries(input)) {
    if (READ_ONLY.has(name) || name.startsWith('@')) throw new StoreError(400, `'${name}' cannot be set.`);
    if (value === undefined) continue;
    if (USER_ARRAYS.has(name)) {
      if (value !== null && !Array.isArray(value)) throw new StoreError(400, `'${name}' is a list.`);
      props[name] = value ?? [];
    } else props[name] = value === '' ? null : value; // the directory keeps no empty strings
  }
  if ('displayName' in props && typeof props['displayName'] !== 'string')
    throw new StoreError(400, 'An object needs a displayName.', 'needsName');
  return props;
}

/** A new primary address; the one before stays as an alias. */
function withPrimary(addresses: Json | undefined, mail: Json): Json[] {
  const kept = (Array.isArray(addresses) ? addresses : [])
    .map((one) => (text(one).startsWith('SMTP:') ? `smtp:${text(one).slice(5)}` : one))
    .filter((one) => text(one).slice(5).toLowerCase() !== text(mail).toLowerCase());
  return mail === null ? kept : [`SMTP:${text(mail)}`, ...kept];
}

export function mailNickname(name: string): string {
  const plain = name
    .replaceAll('ß', 'ss')
    .replaceAll(/[øØ]/g, 'o')
    .replaceAll(/[æÆ]/g, 'ae')
    .replaceAll('ı', 'i')
    .replaceAll(/[łŁ]/g, 'l')
    .replaceAll(/[đĐ]/g, 'd');
  return (
    plain
      .normalize('NFD')
      .replaceAll(/[^\p{ASCII}]/gu, '')
      .toLowerCase()
      .trim()
      .replaceAll(/[^a-z0-9-]+/g, '.')
      .replaceAll(/^\.|\.$/g, '') || 'user'
  );
}

export const dateTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

function isObject(value: Json | undefined): value is Props {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
