// The directory that the recorded requests are asked of: the demonstration's, and besides it people and groups by which each
// recorded search and filter finds somebody.
import { groupId, NORRSKEN, userId } from '../../emulator/people.ts';
import { APP, REDIRECT, startKit, VERIFIER, type Kit } from '../../emulator/test-kit.ts';

export interface World {
  kit: Kit;
  /** By the names that the table uses in braces: {user}, {group}, … */
  ids: Record<string, string>;
  redirectUri: string;
  /** Of the code that `kit.authorize` asks for. */
  verifier: string;
  /** An application whose secret has run out, one that nobody consented to, and one for the first minute after a consent. */
  expiredApp: string;
  strangeApp: string;
  youngApp: string;
  /** One with a federated credential, and a token that does not fit it. */
  federatedApp: string;
  assertion: string;
}

const T = NORRSKEN.id;
const ROLES = [
  'User.Read.All',
  'Group.Read.All',
  'GroupMember.Read.All',
  'Directory.Read.All',
  'Member.Read.Hidden',
  'Organization.Read.All',
  'MailboxSettings.Read',
  'ProfilePhoto.Read.All',
  'Domain.Read.All',
  'Application.Read.All',
  'AuditLog.Read.All',
  'User.DeleteRestore.All',
  'Group.ReadWrite.All',
  'CrossTenantInformation.ReadBasic.All',
];

export const skuId = 'cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46';

export async function startWorld(): Promise<World> {
  const kit = await startKit({ granted: ROLES });
  const { store } = kit;
  const person = (displayName: string, upn: string, more: Record<string, unknown> = {}): string =>
    store.createUser(T, {
      displayName,
      userPrincipalName: upn,
      mail: upn,
      givenName: displayName.split(' ')[0] ?? '',
      surname: displayName.split(' ')[1] ?? '',
      jobTitle: 'Tester',
      businessPhones: ['+46 8 123 45 67'],
      mobilePhone: '+46 70 123 45 67',
      officeLocation: 'Kiruna',
      preferredLanguage: 'sv-SE',
      proxyAddresses: [`SMTP:${upn}`],
      otherMails: ['privat@example.org'],
      onPremisesExtensionAttributes: { extensionAttribute1: 'ett' },
      ...(more as object), // members of a user, as the store checks
    }).id;
  const anna = person('a Anna Prim', 'a@contoso.com', {
    assignedLicenses: [{ skuId, disabledPlans: [] }],
    postalCode: '98131',
    identities: [
      { signInType: 'userPrincipalName', issuer: NORRSKEN.domains[0] ?? '', issuerAssignedId: 'a@contoso.com' },
    ],
  });
  const others = [
    person('wa Wanda', 'wa@contoso.com'),
    person('to Tore', 'to@contoso.com'),
    person('ad Adam', 'ad@contoso.com'),
    person('Pr Tier', 'pr.tier@contoso.com'),
  ];
  for (const id of others) store.setManager(T, id, anna);
  store.setManager(T, anna, userId('asa.oberg@norrsken.se'));
  const lonely = person('Lonely Lo', 'lonely@contoso.com');
  const group = (displayName: string, members: readonly string[], more: Record<string, unknown> = {}): string => {
    const { id } = store.createGroup(T, { displayName, description: 'Recorded', ...(more as object) }); // members of a group
    for (const member of members) store.addMember(T, id, member);
    return id;
  };
  const unified = {
    groupTypes: ['Unified'],
    mailEnabled: true,
    mailNickname: 'unified',
    resourceProvisioningOptions: ['Team'],
  };
  const inner = group('a Video tier', [anna, ...others], {
    ...unified,
    description: 'prod',
    mail: 'video@contoso.com',
    proxyAddresses: ['SMTP:video@contoso.com'],
  });
  const outer = group('A Pr tier', [anna, inner, ...others], {
    ...unified,
    mail: 'outer@contoso.com',
    proxyAddresses: ['SMTP:outer@contoso.com'],
  });
  const outermost = group('a Video outermost tier', [outer], { ...unified, mail: 'outermost@contoso.com' });
  store.setOwners(T, outer, [anna]);
  const deleted = group('Deleted', [], { ...unified, mail: 'deleted@contoso.com' });
  store.deleteGroup(T, deleted);
  const gone = person('Gone Gunnar', 'gone@contoso.com');
  store.deleteUser(T, gone);
  const guest = person('Extern Extersson', `extern_example.org#EXT#@contoso.com`, {
    userType: 'Guest',
    mail: 'extern@example.org',
    identities: [{ signInType: 'federated', issuer: 'MicrosoftAccount', issuerAssignedId: null }],
  });
  person('J. Smith', 'j.smith@contoso.com', {
    identities: [
      { signInType: 'emailAddress', issuer: 'contoso.onmicrosoft.com', issuerAssignedId: 'j.smith@yahoo.com' },
    ],
  });
  group('License errors', [guest], { hasMembersWithLicenseErrors: true });
  const rule = {
    groupTypes: ['DynamicMembership'],
    membershipRule: 'user.city -eq "Kiruna"',
    membershipRuleProcessingState: 'On',
  };
  store.createGroup(T, { displayName: 'By rule', ...rule });
  store.setSponsors(T, anna, [others[0] ?? '', inner]);
  store.setBeyond(T, userId('asa.oberg@norrsken.se'), { photo: true });
  const application = '66666666-0000-4000-8000-000000000001';
  const extension = '66666666-0000-4000-8000-000000000002';
  store.changeFacts(T, {
    extensionProperties: [
      {
        id: extension,
        applicationId: application,
        appId: APP.clientId,
        appDisplayName: APP.name,
        name: `extension_${APP.clientId.replaceAll('-', '')}_shoeSize`,
        dataType: 'String',
        isMultiValued: false,
        isSyncedFromOnPremises: false,
      },
    ],
  });
  const licensed = [...store.tenant(T).users.values()].find(
    ({ props, deletedAt }) =>
      deletedAt === null && JSON.stringify(props['assignedLicenses'] ?? []).includes('66b55226'),
  );
  const changing = group('Changing', [others[0] ?? '']);
  return {
    kit,
    redirectUri: REDIRECT,
    verifier: VERIFIER,
    ...addApps(kit),
    ids: {
      user: anna,
      member: others[0] ?? '',
      group: outer,
      inner,
      outermost,
      deletedGroup: deleted,
      deletedUser: gone,
      everybody: groupId(T, 'Alla'),
      unified: inner,
      changing,
      leaving: others[0] ?? '',
      joining: others[1] ?? '',
      lonely,
      application,
      sku: `${T}_66b55226-6b4f-492c-910c-a3b7a3c9d993`,
      extension,
      licensed: licensed?.id ?? '',
      person: userId('asa.oberg@norrsken.se'),
      principal: store.tenant(T).grants.get(APP.clientId.toLowerCase())?.principalId ?? '',
      manager: userId('bjorn.ek@norrsken.se'),
      tenant: T,
      domain: NORRSKEN.domains[0] ?? '',
    },
  };
}

function addApps({ store }: Kit): Pick<World, 'expiredApp' | 'strangeApp' | 'youngApp' | 'federatedApp' | 'assertion'> {
  const app = (n: number, more: Partial<typeof APP> = {}): string => {
    const clientId = `77777777-0000-4000-8000-00000000000${n}`;
    store.putApp({ ...structuredClone(APP), clientId, ...more });
    return clientId;
  };
  const credential = {
    issuer: 'https://issuer.example',
    subject: 'samsyn',
    audience: 'api://AzureADTokenExchange',
    keys: [],
  };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: 'https://stranger.example', sub: 'samsyn', aud: credential.audience, exp: 4_000_000_000 };
  return {
    expiredApp: app(1, { secretExpiresAt: '2020-01-01T00:00:00Z' }),
    strangeApp: app(2),
    youngApp: app(3),
    federatedApp: app(4, { federatedCredentials: [credential] }),
    assertion: `${part({ alg: 'RS256', typ: 'JWT', kid: 'x' })}.${part(claims)}.${part('no signature')}`,
  };
}
