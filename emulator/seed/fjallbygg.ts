// Tenant B of the demo: a builder with a premium licence, small, and with each kind of account that makes a directory untidy.
import { guidFrom } from '../keys.ts';
import type { Beyond, Props } from '../model.ts';
import { FJALLBYGG, groupId, SIGN_IN_ACCOUNTS, userId } from '../people.ts';
import type { Store } from '../store.ts';
import { dateTime } from '../store/input.ts';
import { extensionValues, seedFacts } from './facts.ts';
import { syntheticUser } from './synthetic.ts';

const T = FJALLBYGG.id;
const PEOPLE = 17;

/** By number: what sets this account apart from an ordinary employee's. */
const APART: Record<number, { props: Props; beyond?: Beyond }> = {
  9: { props: { accountEnabled: false } },
  10: { props: { assignedLicenses: [] } },
  11: { props: { mail: null } },
  12: mailbox('Info Fjällbygg', 'info', { mailboxPurpose: 'shared' }),
  13: mailbox('Konferensrum Fjällsippan', 'fjallsippan', { mailboxPurpose: 'room' }),
  14: mailbox('Släpvagn 2', 'slapvagn2', { mailboxPurpose: 'equipment' }),
  15: mailbox('Telefonkö Fjällbygg', 'telefonko', { mailboxPurpose: null }, { isResourceAccount: true }),
  16: {
    props: {
      displayName: 'Signe Underentreprenör',
      givenName: null,
      surname: null,
      userPrincipalName: 'signe_betong.example#EXT#@fjallbygg.onmicrosoft.com',
      mail: 'signe@betong.example',
      userType: 'Guest',
      creationType: 'Invitation',
      externalUserState: 'PendingAcceptance',
      companyName: null,
      jobTitle: null,
      department: null,
      assignedLicenses: [],
    },
  },
};

function mailbox(
  displayName: string,
  name: string,
  beyond: Beyond,
  more: Props = {},
): { props: Props; beyond: Beyond } {
  const nobody = { givenName: null, surname: null, jobTitle: null, department: null, employeeId: null };
  const upn = `${name}@fjallbygg.se`;
  const own = { displayName, userPrincipalName: upn, mail: upn, accountEnabled: false, assignedLicenses: [] };
  return { props: { ...nobody, ...own, ...more }, beyond: { ...beyond, photo: false, lastSignIn: null } };
}

export function seedFjallbygg(store: Store): void {
  store.createTenant(FJALLBYGG);
  seedFacts(store, T, { premium: true });
  const members: string[] = [];
  for (const account of SIGN_IN_ACCOUNTS.filter((one) => one.tenantId === T)) {
    const [givenName = '', surname = ''] = account.displayName.split(' ');
    store.createUser(
      T,
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
      { lastSignIn: daysAgo(store, 1) },
    );
    members.push(userId(account.upn));
  }
  for (let index = 1; index <= PEOPLE; index += 1) {
    const apart = APART[index];
    const user = {
      ...syntheticUser('fjallbygg.se', index, 'fjall'),
      companyName: FJALLBYGG.displayName,
      accountEnabled: true,
      ...(apart === undefined ? extensionValues(index, '7100') : {}),
      ...apart?.props,
    };
    store.createUser(
      T,
      // What is null above never had a value.
      {
        displayName: user.displayName,
        ...Object.fromEntries(Object.entries(user).filter(([, value]) => value !== null)),
      },
      [],
      { lastSignIn: index === 16 ? null : daysAgo(store, index), ...apart?.beyond },
    );
    members.push(user.id);
  }
  for (let index = 2; index <= PEOPLE; index += 1)
    if (APART[index] === undefined) store.setManager(T, members[index + 1] ?? '', members[0] ?? '');
  addGuest(store, members[0] ?? '');
  addDeleted(store);
  addGroups(store, members);
}

const daysAgo = (store: Store, days: number): string => dateTime(store.now() - days * 86_400_000);

const GUEST = guidFrom('guest maria.strom@norrsken.se in fjallbygg');

/** A person of tenant A who is a guest here: same person, other object id. */
function addGuest(store: Store, sponsor: string): void {
  store.createUser(
    T,
    {
      id: GUEST,
      displayName: 'Maria Ström',
      userPrincipalName: 'maria.strom_norrsken.se#EXT#@fjallbygg.onmicrosoft.com',
      mail: 'maria.strom@norrsken.se',
      userType: 'Guest',
      creationType: 'Invitation',
      externalUserState: 'Accepted',
    },
    [],
    { lastSignIn: daysAgo(store, 12) },
  );
  store.setSponsors(T, GUEST, [sponsor]);
}

function addDeleted(store: Store): void {
  const gone = syntheticUser('fjallbygg.se', PEOPLE + 1, 'fjall');
  store.createUser(T, { ...gone, displayName: 'Helge Slutat', companyName: FJALLBYGG.displayName });
  store.deleteUser(T, gone.id);
}

/** One with a group in it, and two that are members of each other. */
function addGroups(store: Store, members: readonly string[]): void {
  const group = (displayName: string, description: string, within: readonly string[]): string => {
    const id = groupId(T, displayName);
    store.createGroup(T, { id, displayName, description });
    store.setOwners(T, id, members.slice(0, 1));
    for (const member of within) store.addMember(T, id, member);
    return id;
  };
  const lead = group('Byggledning', 'Platschefer och projektledare', [...members.slice(0, 6), GUEST]);
  group('Alla arbetsplatser', 'Byggledning och platsernas folk', [lead, ...members.slice(6, 10)]);
  const first = group('Etapp 1', 'Medlem i Etapp 2, som är medlem här', members.slice(2, 4));
  const second = group('Etapp 2', 'Medlem i Etapp 1, som är medlem här', [first, ...members.slice(4, 6)]);
  store.addMember(T, first, second);
}
