// The demo directory: two companies with fixed ids, and as many invented people and tenants as asked for.
import { guidFrom } from '../keys.ts';
import { groupId, NORRSKEN, userId } from '../people.ts';
import { ROLE } from '../model.ts';
import type { Store } from '../store.ts';
import { seedFjallbygg } from './fjallbygg.ts';
import { seedNorrsken } from './norrsken.ts';
import { seedNorrskenGroups } from './norrsken-groups.ts';
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
