// The demo directory: two companies with fixed ids, and as many invented people and tenants as asked for.
import { guidFrom } from '../keys.ts';
import { FJALLBYGG, groupId, NORRSKEN, SIGN_IN_ACCOUNTS, userId } from '../people.ts';
import { ROLE } from '../model.ts';
import type { Store } from '../store.ts';
import { seedNorrsken, seedNorrskenGroups } from './norrsken.ts';
import { syntheticUser } from './synthetic.ts';

export function seedDirectory(store: Store, of: { users: number; tenants: number }): void {
  const people = seedNorrsken(store);
  seedNorrskenGroups(store, people);
  if (of.users > 0) seedSynthetic(store, of.users);
  if (of.tenants >= 2) seedFjallbygg(store);
  for (let index = 3; index <= of.tenants; index += 1) seedSmall(store, index);
}

function seedSynthetic(store: Store, count: number): void {
  const id = groupId(NORRSKEN.id, 'Alla syntetiska');
  store.createGroup(NORRSKEN.id, {
    id,
    displayName: 'Alla syntetiska',
    description: 'Påhittade personer för prov av skala',
  });
  for (let index = 1; index <= count; index += 1) {
    const user = syntheticUser('norrsken.se', index, 'syn');
    store.createUser(NORRSKEN.id, user);
    store.addMember(NORRSKEN.id, id, user.id);
  }
}

function seedFjallbygg(store: Store): void {
  store.createTenant(FJALLBYGG);
  const members: string[] = [];
  for (const account of SIGN_IN_ACCOUNTS.filter((one) => one.tenantId === FJALLBYGG.id)) {
    const [givenName = '', surname = ''] = account.displayName.split(' ');
    store.createUser(
      FJALLBYGG.id,
      {
        id: userId(account.upn),
        displayName: account.displayName,
        givenName,
        surname,
        userPrincipalName: account.upn,
        mail: account.upn,
        companyName: FJALLBYGG.displayName,
      },
      account.roles,
    );
    members.push(userId(account.upn));
  }
  for (let index = 1; index <= 17; index += 1) {
    const user = syntheticUser('fjallbygg.se', index, 'fjall');
    store.createUser(FJALLBYGG.id, { ...user, companyName: FJALLBYGG.displayName, accountEnabled: index !== 9 });
    members.push(user.id);
  }
  // A person of tenant A who is a guest here: same person, other object id.
  const guest = guidFrom('guest maria.strom@norrsken.se in fjallbygg');
  store.createUser(FJALLBYGG.id, {
    id: guest,
    displayName: 'Maria Ström',
    userPrincipalName: 'maria.strom_norrsken.se#EXT#@fjallbygg.onmicrosoft.com',
    mail: 'maria.strom@norrsken.se',
    userType: 'Guest',
    creationType: 'Invitation',
    externalUserState: 'Accepted',
  });
  const group = groupId(FJALLBYGG.id, 'Byggledning');
  store.createGroup(FJALLBYGG.id, {
    id: group,
    displayName: 'Byggledning',
    description: 'Platschefer och projektledare',
  });
  for (const id of [...members.slice(0, 6), guest]) store.addMember(FJALLBYGG.id, group, id);
}

function seedSmall(store: Store, index: number): void {
  const domain = `foretag${index}.example`;
  const tenant = store.createTenant({
    id: guidFrom(`tenant ${index}`),
    displayName: `Företag ${index} AB`,
    domains: [domain, `foretag${index}.onmicrosoft.com`],
  });
  store.createUser(
    tenant.id,
    {
      id: userId(`admin@${domain}`),
      displayName: `Admin ${index}`,
      userPrincipalName: `admin@${domain}`,
      mail: `admin@${domain}`,
    },
    [ROLE.globalAdministrator],
  );
  for (let person = 1; person <= 10; person += 1)
    store.createUser(tenant.id, syntheticUser(domain, person, `t${index}`));
}
