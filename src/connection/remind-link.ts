// The one reminder of a connect link, sent from the app to a colleague's address. Only the hash of a token is kept, so the earlier address
// cannot be sent once more: the mail holds a new one, and with it the earlier one dies (docs/decisions/0020-the-life-of-a-connect-link-and-both-sides.md).
import type { Actor } from '../base/actor.ts';
import { recordAudit } from '../audit/record.ts';
import type { ConnectLink } from '../contract/api-connection.ts';
import { AppError } from '../contract/errors.ts';
import { isMailRecipient } from '../contract/field-value.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { addressOfLink, findLink, getAsker, lifeMinutes, requireUsableLink } from './connect-link.ts';
import type { ConnectionDeps } from './deps.ts';
import { minutesFrom } from './flow.ts';
import { presentLink, type LinkRow } from './link-life.ts';
import { newSecret } from './secrets.ts';

/**
 * Guarantee: at most one mail a link, also of two that ask at once. What a colleague has open in a browser goes on. The token is in this
 * process's memory and in the mail alone; when the mail server does not take the mail, the link is as it was before.
 */
export async function remindConnectLink(
  deps: ConnectionDeps,
  actor: Actor,
  { linkId, email }: { linkId: string; email: string },
): Promise<ConnectLink> {
  const { organisationId } = actor;
  if (!isMailRecipient(email)) throw new AppError('email_invalid');
  const now = deps.clock.now();
  const token = newSecret(organisationId);
  const { before, letter } = await inOrganisation(deps.db, organisationId, async (tx) => {
    const found = await findLink(tx, organisationId, linkId);
    if (!found) throw new AppError('not_found');
    const link = await requireUsableLink(tx, organisationId, { id: linkId }, now);
    if (link.reminded_at) throw new AppError('connect_link_reminded');
    const { asker, organisationName } = await getAsker(tx, organisationId, link.created_by);
    const expiresAt = minutesFrom(now, lifeMinutes);
    await tx
      .updateTable('connect_link')
      .set({ token_hash: token.hash, expires_at: expiresAt, reminded_at: now, reminded_email: email })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', linkId)
      .execute();
    await deps.watchLink(tx, { organisationId, linkId, expiresAt });
    await recordAudit(tx, { organisationId, actor, action: 'connect_link.reminded', subject: linkId });
    return { before: link, letter: { organisationName, asker, expiresAt } };
  });
  const isSent = await deps.mailReminder({ organisationId, email, url: addressOfLink(deps, token.text), ...letter });
  if (!isSent) {
    await inOrganisation(deps.db, organisationId, (tx) => putBack(tx, before, token.hash));
    throw new AppError('mail_not_sent');
  }
  const row = await inOrganisation(deps.db, organisationId, (tx) => findLink(tx, organisationId, linkId), {
    readOnly: true,
  });
  if (!row) throw new AppError('not_found');
  return presentLink(row, row.creator, now);
}

/** As it was, unless something has happened to it since. */
async function putBack(tx: Tx, before: LinkRow, sentHash: Buffer): Promise<void> {
  const { token_hash, expires_at, reminded_at, reminded_email } = before;
  await tx
    .updateTable('connect_link')
    .set({ token_hash, expires_at, reminded_at, reminded_email })
    .where('organisation_id', '=', before.organisation_id)
    .where('id', '=', before.id)
    .where('token_hash', '=', sentHash)
    .execute();
}
