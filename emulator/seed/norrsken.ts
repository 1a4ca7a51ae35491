// Tenant A of the demo: an energy company with everything that makes a real directory untidy.
import { ANCHORS, NORRSKEN, SIGN_IN_ACCOUNTS, userId } from '../people.ts';
import type { MailboxPurpose, Props } from '../model.ts';
import { dateTime, mailNickname } from '../store/input.ts';
import type { Store } from '../store.ts';
import type { UserInput } from '../store/input.ts';
import { guidFrom } from '../keys.ts';
import { DEPARTMENTS, dice, FIRST, landline, LAST, mobile, OFFICES, pick } from './names.ts';
import type { Department } from './names.ts';
import { extensionValues, seedFacts } from './facts.ts';
import { LICENCE_E3, LICENCE_F3 } from './synthetic.ts';

const PEOPLE = 212;
const DOMAIN = 'norrsken.se';
const T = NORRSKEN.id;

export interface Seeded {
  id: string;
  department: string;
}

export function seedNorrsken(store: Store): Seeded[] {
  store.createTenant(NORRSKEN);
  seedFacts(store, T, { premium: false });
  const roll = dice(20260131);
  const people: Seeded[] = [];
  const add = (input: UserInput & { id: string }, roles: string[] = []): Seeded => {
    store.createUser(T, input, roles, { lastSignIn: lastSignIn(store, input, people.length) });
    const one = { id: input.id, department: typeof input['department'] === 'string' ? input['department'] : '' };
    people.push(one);
    return one;
  };

  for (const [index, anchor] of ANCHORS.entries()) {
    const roles = SIGN_IN_ACCOUNTS.find((one) => one.upn === anchor.upn)?.roles ?? [];
    const department =
      index < 2
        ? {
            name: 'Ledning',
            office: 'Luleå',
            costCentre: '1000',
            titles: index === 0 ? ['IT-chef'] : ['Verkställande direktör'],
          }
        : anchor.group === 'telefoni'
          ? pick(roll, DEPARTMENTS)
          : (DEPARTMENTS[5] ?? pick(roll, DEPARTMENTS));
    const input = employee(roll, {
      id: anchor.id,
      givenName: anchor.givenName,
      surname: anchor.surname,
      upn: anchor.upn,
      department,
      number: 1001 + index,
    });
    add(
      { ...input, proxyAddresses: [`SMTP:${anchor.mail}`, ...anchor.aliases.map((alias) => `smtp:${alias}`)] },
      roles,
    );
  }
  for (const account of SIGN_IN_ACCOUNTS) {
    if (account.tenantId !== T || people.some((one) => one.id === userId(account.upn))) continue;
    const [givenName = '', surname = ''] = account.displayName.split(' ');
    add(
      employee(roll, {
        id: userId(account.upn),
        givenName,
        surname,
        upn: account.upn,
        department: DEPARTMENTS[9] ?? pick(roll, DEPARTMENTS),
        number: 1090 + people.length,
      }),
      account.roles,
    );
  }
  const taken = new Set(people.map((one) => one.id));
  for (let index = 0; index < PEOPLE; index += 1) {
    const [givenName, surname] = [pick(roll, FIRST), pick(roll, LAST)];
    let upn = `${mailNickname(givenName)}.${mailNickname(surname)}@${DOMAIN}`;
    if (taken.has(userId(upn))) upn = upn.replace('@', `${index}@`);
    taken.add(userId(upn));
    const department = DEPARTMENTS[index % DEPARTMENTS.length] ?? pick(roll, DEPARTMENTS);
    add(
      oddities(
        index,
        employee(roll, { id: userId(upn), givenName, surname, upn, department, number: 1200 + index }),
        surname,
      ),
    );
  }
  setManagers(store, people);
  addGuests(store, people);
  addMailboxes(store);
  addDeleted(store, people);
  return people;
}

/** Some weeks back at most, later for some than for others; who is disabled has long been away. */
function lastSignIn(store: Store, input: UserInput, index: number): string {
  const days = input['accountEnabled'] === false ? 200 + (index % 90) : 1 + (index % 30);
  return dateTime(store.now() - days * 86_400_000);
}

function employee(
  roll: (sides: number) => number,
  of: { id: string; givenName: string; surname: string; upn: string; department: Department; number: number },
): UserInput & { id: string } {
  const { id, givenName, surname, upn, department, number } = of;
  const office = OFFICES[department.office];
  const extensions: Props = { extensionAttribute3: `KS-${department.costCentre}` };
  if (roll(3) === 0) extensions['extensionAttribute1'] = pick(roll, ['Fast', 'Visstid', 'Konsult']);
  if (roll(5) === 0) extensions['extensionAttribute7'] = `P-plats ${roll(90) + 1}`;
  if (roll(9) === 0) extensions['extensionAttribute15'] = pick(roll, ['Jour A', 'Jour B', 'Skift 3']);
  return {
    id,
    displayName: `${givenName} ${surname}`,
    givenName,
    surname,
    userPrincipalName: upn,
    mail: upn,
    proxyAddresses: [`SMTP:${upn}`, `smtp:${upn.split('@')[0] ?? ''}@norrskenenergi.onmicrosoft.com`],
    jobTitle: pick(roll, department.titles),
    department: department.name,
    companyName: NORRSKEN.displayName,
    officeLocation: department.office,
    ...(office === undefined ? {} : { streetAddress: office.street, postalCode: office.postalCode }),
    city: department.office,
    country: 'Sverige',
    usageLocation: 'SE',
    preferredLanguage: pick(roll, ['sv-SE', 'sv-SE', 'sv-SE', 'sv-SE', 'en-GB', 'fi-FI']),
    employeeId: String(number),
    employeeType: 'Employee',
    businessPhones: roll(3) === 0 ? [] : [landline(roll, office?.area ?? '0920')],
    ...(roll(6) === 0 ? {} : { mobilePhone: mobile(roll) }),
    assignedLicenses: roll(12) === 0 ? [] : [{ skuId: roll(3) === 0 ? LICENCE_F3 : LICENCE_E3, disabledPlans: [] }],
    onPremisesExtensionAttributes: extensions,
    ...extensionValues(number, department.costCentre),
    accountEnabled: true,
    createdDateTime: `20${String(12 + roll(13))}-${String(1 + roll(12)).padStart(2, '0')}-${String(1 + roll(28)).padStart(2, '0')}T08:00:00Z`,
  };
}

/** The untidy ones: disabled, without mail, with a mail that differs from the user name, without a title. */
function oddities(index: number, input: UserInput & { id: string }, surname: string): UserInput & { id: string } {
  if (index % 21 === 20) return { ...input, accountEnabled: false };
  if (index === 33 || index === 77 || index === 121) {
    const { mail: _mail, proxyAddresses: _addresses, ...rest } = input;
    return rest;
  }
  if (index === 50)
    return {
      ...input,
      mail: `${mailNickname(surname)}@${DOMAIN}`,
      proxyAddresses: [`SMTP:${mailNickname(surname)}@${DOMAIN}`],
    };
  if (index % 17 === 5) {
    const { jobTitle: _title, ...rest } = input;
    return rest;
  }
  return input;
}

/** The first of each department leads it, and answers to the managing director. */
function setManagers(store: Store, people: readonly Seeded[]): void {
  const [assistant, director] = people;
  if (assistant === undefined || director === undefined) return;
  store.setManager(T, assistant.id, director.id);
  const heads = new Map<string, string>();
  for (const one of people.slice(2)) {
    const head = heads.get(one.department);
    if (head === undefined) heads.set(one.department, one.id);
    store.setManager(T, one.id, head ?? director.id);
  }
}

export const GUESTS = [
  ['Anna Svensson', 'anna.svensson@konsultbyran.se'],
  ['Mark Taylor', 'mark.taylor@gridworks.example'],
  ['Jukka Mäkelä', 'jukka.makela@sahko.example'],
  ['Ingrid Solberg', 'ingrid.solberg@kraftlaget.example'],
  ['Nils User', 'nils.user@fjallbygg.se'],
  ['Élodie Martin', 'elodie.martin@reseaux.example'],
  ['Hans Müller', 'hans.mueller@netztechnik.example'],
  ['Sofie Jensen', 'sofie.jensen@energi.example'],
  ['Åke Revisor', 'ake@revision.example'],
  ['Priya Nair', 'priya.nair@gridworks.example'],
  ['Tomasz Zieliński', 'tomasz.zielinski@kable.example'],
  ['Karl Snickare', 'karl@snickeri.example'],
];

export const guestId = (mail: string): string => guidFrom(`guest ${T} ${mail}`);

function addGuests(store: Store, people: readonly Seeded[]): void {
  for (const [index, [displayName = '', mail = '']] of GUESTS.entries()) {
    const id = guestId(mail);
    store.createUser(T, {
      id,
      displayName,
      userPrincipalName: `${mail.replace('@', '_')}#EXT#@norrskenenergi.onmicrosoft.com`,
      mail,
      userType: 'Guest',
      creationType: 'Invitation',
      externalUserState: index % 5 === 4 ? 'PendingAcceptance' : 'Accepted',
      otherMails: [mail],
      assignedLicenses: [],
    });
    const sponsor = people[2 + index * 5];
    if (sponsor !== undefined) store.setSponsors(T, id, [sponsor.id]);
  }
}

const MAILBOXES: [string, string, MailboxPurpose][] = [
  ['Konferensrum Polstjärnan', 'polstjarnan', 'room'],
  ['Konferensrum Norrsken', 'rum.norrsken', 'room'],
  ['Konferensrum Midnattssol', 'midnattssol', 'room'],
  ['Poolbil Luleå 1', 'poolbil1', 'equipment'],
  ['Projektor plan 3', 'projektor3', 'equipment'],
  ['Info Norrsken', 'info', 'shared'],
  ['Faktura', 'faktura', 'shared'],
  ['Kundservice (delad)', 'kundservice', 'shared'],
];
/** The room with a Teams screen in it, which signs in by an account of its own. */
const TEAMS_ROOM = 'rum.norrsken';

function addMailboxes(store: Store): void {
  for (const [displayName, name, mailboxPurpose] of MAILBOXES) {
    const upn = `${name}@${DOMAIN}`;
    const input = {
      id: userId(upn),
      displayName,
      userPrincipalName: upn,
      mail: upn,
      accountEnabled: false,
      assignedLicenses: [],
      usageLocation: 'SE',
      ...(name === TEAMS_ROOM ? { isResourceAccount: true } : {}),
    };
    store.createUser(T, input, [], { mailboxPurpose, photo: false });
  }
}

function addDeleted(store: Store, people: readonly Seeded[]): void {
  for (const [displayName, name] of [
    ['Gösta Hemberg', 'gosta.hemberg'],
    ['Rut Salin', 'rut.salin'],
    ['Ivar Flodin', 'ivar.flodin'],
  ]) {
    const upn = `${name ?? ''}@${DOMAIN}`;
    const roll = dice(people.length);
    store.createUser(
      T,
      employee(roll, {
        id: userId(upn),
        givenName: displayName?.split(' ')[0] ?? '',
        surname: displayName?.split(' ')[1] ?? '',
        upn,
        department: pick(roll, DEPARTMENTS),
        number: 1900,
      }),
    );
    store.deleteUser(T, userId(upn));
  }
}
