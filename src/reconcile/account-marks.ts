// Which of the directory's users are people (graph-protocol 8.6). Shared, room and equipment mailboxes are users like any other, often
// disabled and without a licence; only what their mailbox is for tells them apart, and where that was not read there is a guess.
import type { Marked } from '../contract/account-marks.ts';

export interface AccountFacts {
  userType: string;
  accountEnabled: boolean;
  mail: string | null;
  /** Whether any licence is assigned; null: not told. */
  licensed: boolean | null;
  resourceAccount: boolean;
  /** externalUserState; null: not told. */
  invitation: string | null;
  /** userPurpose; null: not asked, not permitted, or no mailbox. */
  mailboxPurpose: string | null;
}

/** Strongest first; nothing of somebody who is a person as far as is known. */
export function markAccount(facts: AccountFacts): Marked[] {
  const { accountEnabled, mail, licensed, resourceAccount, mailboxPurpose } = facts;
  const marks: Marked[] = [];
  if (resourceAccount) marks.push({ mark: 'resource', why: 'resource_account' });
  if (mailboxPurpose === 'room') marks.push({ mark: 'room', why: 'mailbox_room' });
  if (mailboxPurpose === 'equipment') marks.push({ mark: 'equipment', why: 'mailbox_equipment' });
  if (mailboxPurpose === 'shared') marks.push({ mark: 'shared', why: 'mailbox_shared' });
  if (isGuest(facts)) marks.push({ mark: 'guest', why: invitationOf(facts) });
  if (isLikeShared(facts)) marks.push({ mark: 'perhaps_shared', why: 'guess' });
  if (!accountEnabled) marks.push({ mark: 'disabled', why: 'account_disabled' });
  // Guests have their licences where they come from, and resource accounts and mailboxes of nobody's need none.
  if (licensed === false && !isGuest(facts) && !isNobodys(facts)) marks.push({ mark: 'unlicensed', why: 'no_licence' });
  if (mail === null) marks.push({ mark: 'no_mail', why: 'no_address' });
  return marks;
}

const isGuest = ({ userType }: AccountFacts): boolean => userType === 'Guest';

function invitationOf({ invitation }: AccountFacts): Marked['why'] {
  if (invitation === 'PendingAcceptance') return 'guest_invited';
  return invitation === 'Accepted' ? 'guest_accepted' : 'guest_type';
}

const nobodys: ReadonlySet<string | null> = new Set(['shared', 'room', 'equipment']);
const isNobodys = ({ resourceAccount, mailboxPurpose }: AccountFacts): boolean =>
  resourceAccount || nobodys.has(mailboxPurpose);

function isLikeShared(facts: AccountFacts): boolean {
  const { accountEnabled, licensed, mail, mailboxPurpose } = facts;
  const isUntold = mailboxPurpose === null && !facts.resourceAccount;
  return isUntold && !isGuest(facts) && !accountEnabled && licensed === false && mail !== null;
}
