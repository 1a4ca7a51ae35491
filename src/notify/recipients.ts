// Whom a connection has chosen to be told, and of what: app users read it in the inbox, addresses get one mail for all of it.
import { noticeKindSchema, type NoticeKind } from '../contract/settings.ts';
import type { Tx } from '../db/transaction.ts';
import { notifyAppUsers, type NewNotification } from './inbox.ts';
import { queueMails, type OutboxDeps } from './outbox.ts';

export interface OfConnection {
  organisationId: string;
  connectionId: string;
}

export interface Notice {
  /** It goes to the recipients who asked for this. */
  topic: NoticeKind;
  notification: NewNotification;
}

/** `others` read all of it in the inbox, whatever the recipients asked for; nobody reads the same twice. */
export async function tellRecipients(
  deps: OutboxDeps,
  tx: Tx,
  connection: OfConnection,
  notices: readonly Notice[],
  others: readonly string[] = [],
): Promise<void> {
  const { organisationId } = connection;
  const mails: Parameters<typeof queueMails>[3][number][] = [];
  for (const { kinds, email, appUserId } of await listRecipients(tx, connection)) {
    const theirs = notices.filter(({ topic }) => kinds.includes(topic)).map(({ notification }) => notification);
    if (theirs.length === 0) continue;
    if (email !== null) mails.push({ recipient: email, message: { notices: theirs } });
    else if (appUserId !== null && !others.includes(appUserId))
      await notifyAppUsers(tx, organisationId, [appUserId], theirs);
  }
  await notifyAppUsers(
    tx,
    organisationId,
    others,
    notices.map(({ notification }) => notification),
  );
  await queueMails(deps, tx, organisationId, mails);
}

interface Recipient {
  kinds: NoticeKind[];
  email: string | null;
  appUserId: string | null;
}

async function listRecipients(tx: Tx, { organisationId, connectionId }: OfConnection): Promise<Recipient[]> {
  const rows = await tx
    .selectFrom('notice_recipient as n')
    .leftJoin('app_user as a', (join) =>
      join.onRef('a.organisation_id', '=', 'n.organisation_id').onRef('a.id', '=', 'n.app_user_id'),
    )
    .select(['n.app_user_id', 'n.email', 'n.kinds', 'a.removed_at'])
    .where('n.organisation_id', '=', organisationId)
    .where('n.connection_id', '=', connectionId)
    .orderBy('n.position')
    .execute();
  return rows
    .filter((row) => row.removed_at === null)
    .map((row) => ({ kinds: noticeKindSchema.array().parse(row.kinds), email: row.email, appUserId: row.app_user_id }));
}
