// What can be done to a user: create, change, move to another manager, delete, restore.
import { randomUUID } from 'node:crypto';
import type { Beyond, DirectoryUser, Props } from '../model.ts';
import * as directory from '../tenant.ts';
import { text } from '../tenant.ts';
import { StoreCore } from './core.ts';
import { accepted, dateTime, isObject, mailNickname, StoreError, withPrimary } from './input.ts';
import type { UserInput } from './input.ts';

export class UserStore extends StoreCore {
  createUser(
    tenantId: string,
    input: UserInput & { id?: string },
    roles: string[] = [],
    beyond?: Beyond,
  ): DirectoryUser {
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
      ...(beyond === undefined ? {} : { beyond }),
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

  /** What other stores know of the person; delta does not hear of it. */
  setBeyond(tenantId: string, id: string, changes: Beyond): DirectoryUser {
    const user = this.user(tenantId, id);
    user.beyond = { ...user.beyond, ...changes };
    this.journal.append({ k: 'user', t: this.tenant(tenantId).id, v: user });
    return user;
  }

  setSponsors(tenantId: string, id: string, sponsorIds: string[]): DirectoryUser {
    const user = this.user(tenantId, id);
    user.sponsorIds = sponsorIds;
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
}
