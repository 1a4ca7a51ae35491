// The settings of a mailbox, kept by Exchange and not by the directory: one user at a time, and what kind of mailbox it is.
// https://learn.microsoft.com/graph/api/user-get-mailboxsettings
import type { DirectoryUser, Json, MailboxPurpose, Props } from '../model.ts';
import { text } from '../tenant.ts';
import { GraphError } from './graph-error.ts';
import { answerEntity } from './plain-list.ts';
import { noSegment } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';

/** `rest` is what follows `mailboxSettings`, in lower case. */
export function answerMailboxSettings(
  graph: GraphContext,
  request: GraphRequest,
  user: DirectoryUser,
  rest: readonly string[],
): Json {
  const settings = mailboxSettings(user);
  const context = `users('${user.id}')/mailboxSettings`;
  const [wanted, tail] = rest;
  if (wanted === undefined) return answerEntity(graph, request, context, settings);
  const name = Object.keys(settings).find((one) => one.toLowerCase() === wanted);
  if (name === undefined || tail !== undefined) throw noSegment(tail ?? wanted);
  const part = settings[name] ?? null;
  const value = typeof part === 'object' && part !== null && !Array.isArray(part) ? part : { value: part };
  return { '@odata.context': `${graph.publicUrl}/v1.0/$metadata#${context}/${name}`, ...value };
}

/** All of them, or 404 for somebody without a mailbox. */
export function mailboxSettings(user: DirectoryUser): Props {
  const userPurpose = purposeOf(user);
  if (userPurpose === null)
    throw new GraphError(
      404,
      'MailboxNotEnabledForRESTAPI',
      'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
    );
  const swedish = text(user.props['preferredLanguage']) !== 'en-GB';
  const moment = { dateTime: '2026-01-31T08:00:00.0000000', timeZone: 'UTC' };
  return {
    archiveFolder: null,
    timeZone: 'W. Europe Standard Time',
    delegateMeetingMessageDeliveryOptions: 'sendToDelegateOnly',
    dateFormat: swedish ? 'yyyy-MM-dd' : 'dd/MM/yyyy',
    timeFormat: 'HH:mm',
    userPurpose,
    automaticRepliesSetting: {
      status: 'disabled',
      externalAudience: 'all',
      internalReplyMessage: '',
      externalReplyMessage: '',
      scheduledStartDateTime: moment,
      scheduledEndDateTime: { ...moment, dateTime: '2026-02-01T08:00:00.0000000' },
    },
    language: swedish
      ? { locale: 'sv-SE', displayName: 'Swedish (Sweden)' }
      : { locale: 'en-GB', displayName: 'English (United Kingdom)' },
    workingHours: {
      daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
      startTime: '08:00:00.0000000',
      endTime: '17:00:00.0000000',
      timeZone: { name: 'W. Europe Standard Time' },
    },
  };
}

/** Null: no mailbox. Without a word about it whoever has an address and a licence has one of their own. */
function purposeOf(user: DirectoryUser): MailboxPurpose | null {
  if (user.beyond?.mailboxPurpose !== undefined) return user.beyond.mailboxPurpose;
  const { mail, assignedLicenses, userType } = user.props;
  const licensed = Array.isArray(assignedLicenses) && assignedLicenses.length > 0;
  return typeof mail === 'string' && licensed && userType !== 'Guest' ? 'user' : null;
}
