// The directory that the second reading asks about: a few people and groups with everything that the sentences of sections 6 to 12 need.
import { at, openWorld, type World } from './second-reading-kit.ts';

const everything = [
  'User.Read.All',
  'GroupMember.Read.All',
  'Group.Read.All',
  'Directory.Read.All',
  'Organization.Read.All',
  'Domain.Read.All',
  'ProfilePhoto.Read.All',
  'MailboxSettings.Read',
  'AuditLog.Read.All',
  'Application.Read.All',
  'Member.Read.Hidden',
];

/** Applications by what they were granted, and Contoso: ada, bob (whose manager is ada), cid (disabled), gus (a guest), dee (soft-deleted), and groups. */
export async function openDirectory(): Promise<World> {
  const world = await openWorld({
    all: everything,
    product: ['User.Read.All', 'GroupMember.Read.All'],
    basic: ['User.ReadBasic.All'],
    users: ['User.Read.All'],
    groups: ['GroupMember.Read.All'],
    wideGroups: ['Group.Read.All'],
    directory: ['Directory.Read.All'],
    photos: ['ProfilePhoto.Read.All'],
    mailboxes: ['MailboxSettings.Read'],
    audit: ['AuditLog.Read.All'],
    usersAudit: ['User.Read.All', 'AuditLog.Read.All'],
    applications: ['Application.Read.All'],
    nothing: [],
  });
  await world.control('PATCH', 'tenants/{tenant}/facts', { premium: true });
  const person = async (name: string, more: Record<string, unknown>) => {
    const made = await world.control('POST', 'tenants/{tenant}/users', {
      displayName: name,
      userPrincipalName: `${name}@contoso.example`,
      ...more,
    });
    world.names[name] = String(at(made.body, 'id'));
  };
  const group = async (name: string, members: string[], more: Record<string, unknown> = {}) => {
    const made = await world.control('POST', 'tenants/{tenant}/groups', { displayName: name, ...more });
    world.names[name] = String(at(made.body, 'id'));
    for (const member of members) await world.control('PUT', `tenants/{tenant}/groups/{${name}}/members/{${member}}`);
  };
  await person('ada', {
    displayName: 'Ada Admin',
    givenName: 'Ada',
    surname: 'Admin',
    mail: 'ada@contoso.example',
    department: 'Drift',
    jobTitle: 'Chef',
    companyName: 'Contoso AB',
    businessPhones: ['+46 8 123 45 67'],
    employeeId: '17',
    accountEnabled: true,
    userType: 'Member',
    beyond: { mailboxPurpose: 'user', photo: true },
  });
  await person('bob', { displayName: 'Bob Bo', surname: 'Bo', beyond: { photo: false } });
  await person('cid', { displayName: 'Cid Ce', accountEnabled: false });
  await person('gus', {
    displayName: 'Gus Gäst',
    userType: 'Guest',
    externalUserState: 'Accepted',
    mail: 'gus@else.example',
    userPrincipalName: 'gus_else.example#EXT#@contoso.example',
  });
  await person('dee', { displayName: 'Dee De' });
  await world.control('PUT', 'tenants/{tenant}/users/{bob}/manager', { id: world.names['ada'] });
  await group('inner', ['cid', 'ada']);
  await group('team', ['ada', 'bob', 'inner']);
  await world.control('PUT', 'tenants/{tenant}/groups/{inner}/members/{team}');
  await group('secret', ['bob'], { visibility: 'HiddenMembership', groupTypes: ['Unified'], mailEnabled: true });
  await group('gone', ['bob'], { groupTypes: ['Unified'], mailEnabled: true });
  await world.control('DELETE', 'tenants/{tenant}/users/{dee}');
  await world.control('DELETE', 'tenants/{tenant}/groups/{gone}');
  world.names['missing'] = '0badbad0-0000-4000-8000-000000000000';
  return world;
}
