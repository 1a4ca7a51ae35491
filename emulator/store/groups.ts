// What can be done to a group, and to its members; and the purge, which knows no way back.
import { randomUUID } from 'node:crypto';
import type { DirectoryGroup, Props, Tenant } from '../model.ts';
import * as directory from '../tenant.ts';
import { dynamicRule } from './core.ts';
import { accepted, dateTime, mailNickname, StoreError } from './input.ts';
import { UserStore } from './users.ts';

const DAY_MS = 86_400_000;
export const RETENTION_DAYS = 30;

export class GroupStore extends UserStore {
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

  setOwners(tenantId: string, id: string, ownerIds: string[]): DirectoryGroup {
    const group = this.group(tenantId, id);
    group.ownerIds = ownerIds;
    const { members: _members, ...v } = group;
    this.journal.append({ k: 'group', t: this.tenant(tenantId).id, v });
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
}
