// The demo's business app: an organisation whose app users partly resemble people in the demo directory, each in one of the
// ways that matter (same address, an alias, another name, two candidates, none). The directory itself is the emulator's.
import { inOrganisation } from './db/transaction.ts';
import type { Database } from './db/pool.ts';
import type { Actor } from './base/actor.ts';
import { present } from './base/assert.ts';
import { createAccount } from './people/accounts.ts';
import { insertAppUser } from './people/app-users.ts';
import { createCustomField } from './people/custom-fields.ts';
import { createOrganisation } from './people/organisations.ts';
import { createTeam, updateTeam } from './people/teams.ts';

export const demoPassword = 'samsyn-demo-2026';
export const demoAccounts = [
  { email: 'asa.oberg@norrsken.se', name: 'Åsa Öberg', role: 'administrator' },
  { email: 'bjorn.ek@norrsken.se', name: 'Björn Ek', role: 'colleague' },
] as const;

/** Fixed, so that a second start finds what the first one made. */
export const demoOrganisationId = '0192a000-0000-7000-8000-000000000001';
const secondOrganisationId = '0192a000-0000-7000-8000-000000000002';

type Person = readonly [firstName: string, lastName: string, email: string, more?: Record<string, string>];

// Twenty-eight who resemble somebody in the directory, some of them only nearly.
const resembling: readonly Person[] = [
  ['Åsa', 'Öberg', 'asa.oberg@norrsken.se', { jobTitle: 'Driftledare', mobile: '070-174 06 21' }],
  ['Björn', 'Ek', 'bjorn.ek@norrsken.se'],
  ['Maria', 'Lindqvist', 'maria.lindqvist@norrsken.se'],
  ['Oguz', 'Isik', 'oguz.isik@norrsken.se'],
  ['Per', 'Andersson', 'per.andersson@norrsken.se'],
  ['Per', 'Anderson', 'per.andersson@norrsken.se', { department: 'Support' }],
  ['Linnea', 'Sjögren', 'linnea.sjogren@norrsken.se'],
  ['Lars', 'Öberg', 'lars.oberg@norrsken.se'],
  ['Siv', 'Öbrink', 'siv.obrink@norrsken.se'],
  ['Tor', 'Öbom', 'Tor.Obom@Norrsken.se'],
  ['Karin', 'Lind', 'karin.lind@norrsken.se'],
  ['Anna', 'Bergström', 'anna.bergstrom@norrsken.se'],
  ['Erik', 'Lundgren', 'erik.lundgren@norrsken.se'],
  ['Fatima', 'Al-Hassan', 'fatima.al-hassan@norrsken.se'],
  ['Jörgen', 'Nyström', 'jorgen.nystrom@norrsken.se'],
  ['Kristina', 'Åkesson', 'kristina.akesson@norrsken.se'],
  ['Mikael', 'Sandberg', 'mikael.sandberg@norrsken.se'],
  ['Niklas', 'Fors', 'niklas.fors@norrsken.se'],
  ['Olle', 'Häggström', 'olle.haggstrom@norrsken.se'],
  ['Petra', 'Wallin', 'petra.wallin@norrsken.se'],
  ['Rasmus', 'Holm', 'rasmus.holm@norrsken.se'],
  ['Sofia', 'Engström', 'sofia.engstrom@norrsken.se'],
  ['Tomas', 'Lindahl', 'tomas.lindahl@norrsken.se'],
  ['Ulrika', 'Norén', 'ulrika.noren@norrsken.se'],
  ['Viktor', 'Sjöberg', 'viktor.sjoberg@norrsken.se'],
  ['Ylva', 'Hedlund', 'ylva.hedlund@norrsken.se'],
];

// Who exist in the app only: consultants, a switchboard for evenings, functions.
const appOnly: readonly Person[] = [
  ['Gunnar', 'Wikström', 'gunnar@wikstromkonsult.se', { company: 'Wikström Konsult' }],
  ['Helena', 'Brodin', 'helena.brodin@kvallsvaxeln.se', { company: 'Kvällsväxeln' }],
  ['Ivar', 'Malm', 'ivar.malm@kvallsvaxeln.se', { company: 'Kvällsväxeln' }],
  ['Jenny', 'Rask', 'jenny.rask@kvallsvaxeln.se', { company: 'Kvällsväxeln' }],
  ['Nattjour', 'Norr', 'nattjour.norr@exempel.se'],
  ['Nattjour', 'Syd', 'nattjour.syd@exempel.se'],
  ['Felanmälan', 'Kö 1', 'felanmalan@exempel.se'],
  ['Reception', 'Luleå', 'reception.lulea@exempel.se'],
  ['Reception', 'Umeå', 'reception.umea@exempel.se'],
  ['Test', 'Telefon', 'test.telefon@exempel.se'],
  ['Kerstin', 'Ödmark', 'kerstin.odmark@exempel.se'],
  ['Leif', 'Äng', 'leif.ang@exempel.se'],
  ['Mats', 'Övergaard', 'mats.overgaard@exempel.se'],
  ['Nina', 'Söder', 'nina.soder@exempel.se'],
];

/** Fills an empty database, and leaves one that has the demo as it is. */
export async function seedDemo({ db }: { db: Database }): Promise<void> {
  const exists = await inOrganisation(db, demoOrganisationId, (tx) =>
    tx
      .selectFrom('app_user')
      .select('id')
      .where('organisation_id', '=', demoOrganisationId)
      .limit(1)
      .executeTakeFirst(),
  );
  if (exists) return;
  await createOrganisation({ db }, { id: demoOrganisationId, name: 'Norrsken Energi AB' });
  await createOrganisation({ db }, { id: secondOrganisationId, name: 'Norrsken Fiber AB' });
  const accounts = new Map<string, string>();
  for (const account of demoAccounts) {
    accounts.set(
      account.email,
      await createAccount({ db }, { email: account.email, name: account.name, password: demoPassword }),
    );
  }
  const ids = await inOrganisation(db, demoOrganisationId, async (tx) => {
    const ids: string[] = [];
    for (const person of [...resembling, ...appOnly])
      ids.push(await insertPerson(tx, demoOrganisationId, person, accounts));
    return ids;
  });
  await seedTeamsAndFields(db, ids);
  await inOrganisation(db, secondOrganisationId, async (tx) => {
    await insertPerson(tx, secondOrganisationId, ['Åsa', 'Öberg', 'asa.oberg@norrsken.se'], accounts);
    await insertPerson(tx, secondOrganisationId, ['Stina', 'Ljus', 'stina.ljus@norrskenfiber.se'], accounts);
  });
}

type InsertTx = Parameters<typeof insertAppUser>[0];

function insertPerson(
  tx: InsertTx,
  organisationId: string,
  person: Person,
  accounts: ReadonlyMap<string, string>,
): Promise<string> {
  const [firstName, lastName, email, more] = person;
  const accountId = accounts.get(email);
  return insertAppUser(tx, {
    organisationId,
    fields: { firstName, lastName, displayName: `${firstName} ${lastName}`, email, ...more },
    permissions: email === demoAccounts[0].email ? ['users_and_teams'] : [],
    ...(accountId !== undefined && { accountId, signInEmail: email }),
    actor: null,
  });
}

async function seedTeamsAndFields(db: Database, appUserIds: readonly string[]): Promise<void> {
  const actor: Actor = {
    organisationId: demoOrganisationId,
    appUserId: present(appUserIds[0], 'the demo has app users'),
    name: demoAccounts[0].name,
    permissions: ['users_and_teams'],
    requestId: 'demo',
  };
  for (const [index, name] of ['Kundservice', 'Växel', 'Jour nord'].entries()) {
    const team = await createTeam({ db }, actor, { name });
    const memberIds = appUserIds.filter((_id, position) => position % 5 === index);
    await updateTeam({ db }, actor, { id: team.id, memberIds });
  }
  for (const label of ['Kostnadsställe', 'Anknytning']) await createCustomField({ db }, actor, { label });
}
