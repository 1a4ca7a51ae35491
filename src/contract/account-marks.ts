// What tells an Entra user from a person who works here, each mark with what shows it. A guess says that it is one.
import { z } from 'zod';

/** Strongest first. */
export const accountMarks = [
  'resource', 'room', 'equipment', 'shared', 'guest', 'perhaps_shared', 'disabled', 'unlicensed', 'no_mail',
] as const; // prettier-ignore

/** What shows it: the member of Graph that says so, or for `guess` that none does. */
export const markReasons = [
  'resource_account', // isResourceAccount
  'mailbox_room', // mailboxSettings.userPurpose, as the next two
  'mailbox_equipment',
  'mailbox_shared',
  'guest_invited', // userType and externalUserState, as the next
  'guest_accepted',
  'guest_type', // userType alone
  'guess', // disabled, without a licence and with an address: as shared mailboxes, rooms and equipment mostly are
  'account_disabled', // accountEnabled
  'no_licence', // assignedLicenses
  'no_address', // mail
] as const;

export const markedSchema = z.object({ mark: z.enum(accountMarks), why: z.enum(markReasons) });
export type Marked = z.infer<typeof markedSchema>;

/** Whom a list can be narrowed down to: people, or who has one of the marks. */
export const accountFilters = [
  'person', 'guest', 'disabled', 'unlicensed', 'shared', 'room', 'equipment', 'resource', 'perhaps_shared',
] as const; // prettier-ignore
export type AccountFilter = (typeof accountFilters)[number];
