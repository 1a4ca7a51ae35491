import { describe, expect, test } from 'vitest';
import { markAccount, type AccountFacts } from './account-marks.ts';

const person: AccountFacts = {
  userType: 'Member',
  accountEnabled: true,
  mail: 'anna@example.se',
  licensed: true,
  resourceAccount: false,
  invitation: null,
  mailboxPurpose: null,
};
const marksOf = (facts: Partial<AccountFacts>) =>
  markAccount({ ...person, ...facts }).map(({ mark, why }) => `${mark}: ${why}`);

describe('which users are people, and what shows that one is not (graph-protocol 8.6)', () => {
  test('a member with a licence is a person, also when the mailbox says so or nothing is told', () => {
    expect(marksOf({})).toEqual([]);
    expect(marksOf({ mailboxPurpose: 'user' })).toEqual([]);
    expect(marksOf({ licensed: null })).toEqual([]);
  });

  test('what the mailbox is for tells shared, room and equipment mailboxes, and then no guess is made', () => {
    const nobodys = { accountEnabled: false, licensed: false };
    expect(marksOf({ ...nobodys, mailboxPurpose: 'shared' })).toEqual(['shared: mailbox_shared', 'disabled: account_disabled']); // prettier-ignore
    expect(marksOf({ ...nobodys, mailboxPurpose: 'room' })).toEqual([
      'room: mailbox_room',
      'disabled: account_disabled',
    ]);
    expect(marksOf({ licensed: false, mailboxPurpose: 'equipment' })).toEqual(['equipment: mailbox_equipment']);
  });

  test('disabled, without a licence and with an address is a guess, and called one', () => {
    expect(marksOf({ accountEnabled: false, licensed: false })).toEqual([
      'perhaps_shared: guess', 'disabled: account_disabled', 'unlicensed: no_licence',
    ]); // prettier-ignore
  });

  test.each([
    ['somebody whose mailbox was read', { accountEnabled: false, licensed: false, mailboxPurpose: 'user' }],
    ['an enabled account', { licensed: false }],
    ['a licensed one', { accountEnabled: false }],
    ['one of whose licences nothing was told', { accountEnabled: false, licensed: null }],
    ['one without an address', { accountEnabled: false, licensed: false, mail: null }],
    ['a guest', { accountEnabled: false, licensed: false, userType: 'Guest' }],
    ['a resource account', { accountEnabled: false, licensed: false, resourceAccount: true }],
  ])('there is no guess about %s', (_who, facts) => {
    expect(marksOf(facts).join()).not.toContain('guess');
  });

  test('a guest is told with the state of the invitation, and needs no licence here', () => {
    const guest = { userType: 'Guest', licensed: false };
    expect(marksOf({ ...guest, invitation: 'PendingAcceptance' })).toEqual(['guest: guest_invited']);
    expect(marksOf({ ...guest, invitation: 'Accepted' })).toEqual(['guest: guest_accepted']);
    expect(marksOf(guest)).toEqual(['guest: guest_type']);
  });

  test('a resource account of Teams is one by isResourceAccount', () => {
    expect(marksOf({ resourceAccount: true, licensed: false, accountEnabled: false })).toEqual([
      'resource: resource_account',
      'disabled: account_disabled',
    ]);
  });

  test('disabled, without a licence, without an address: each by its own member', () => {
    expect(marksOf({ accountEnabled: false })).toEqual(['disabled: account_disabled']);
    expect(marksOf({ licensed: false })).toEqual(['unlicensed: no_licence']);
    expect(marksOf({ mail: null })).toEqual(['no_mail: no_address']);
  });
});
