// Sends an organisation's mails that are due. A mail is claimed by putting off its next try, then sent outside any transaction:
// whoever dies between sending and saying so sends it again with the same Message-ID, and never not at all (F61).
import { sql } from 'kysely';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { writeNoticeMail } from '../mail/notice-mail.ts';
import { writeTenantMail } from '../mail/connect-mail.ts';
import { MailError, type Transport } from '../mail/transport.ts';
import { getOrganisation } from '../people/organisations.ts';
import { outboxMessageSchema } from './outbox.ts';

export interface SendDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  jobs: Pick<Jobs, 'enqueue'>;
  transport: Transport;
  publicUrl: string;
}

// 5 minutes at first, twice as long each time, at most a day; a last time after three days, and then it is given up (F59).
const firstWaitSeconds = 300;
const longestWaitSeconds = 24 * 3600;
const giveUpAfterMs = 72 * 3_600_000;
const claimedAtOnce = 20;
/** Sent mails are kept for a month, for whoever asks whether one was sent. */
const keepSentDays = 30;

export async function sendDue(deps: SendDeps, organisationId: string): Promise<void> {
  for (;;) {
    const claimed = await inOrganisation(deps.db, organisationId, (tx) => claimDue(deps, tx, organisationId));
    for (const row of claimed) await sendOne(deps, organisationId, row);
    if (claimed.length < claimedAtOnce) break;
  }
  await inOrganisation(deps.db, organisationId, (tx) => prepareNext(deps, tx, organisationId));
}

interface Claimed {
  id: string;
  recipient: string;
  message: unknown;
  messageId: string;
  createdAt: Date;
}

async function claimDue({ clock }: SendDeps, tx: Tx, organisationId: string): Promise<Claimed[]> {
  const now = clock.now();
  const { rows } = await sql<Claimed>`
    update outbox o set attempts = o.attempts + 1,
      next_attempt_at = greatest(
        ${now}::timestamptz + make_interval(secs => ${firstWaitSeconds}),
        least(
          ${now}::timestamptz + make_interval(secs => least(${longestWaitSeconds}, ${firstWaitSeconds} * 2 ^ least(o.attempts, 20))),
          o.created_at + make_interval(secs => ${giveUpAfterMs / 1000})))
    where o.organisation_id = ${organisationId} and o.id in (
      select d.id from outbox d
      where d.organisation_id = ${organisationId} and d.sent_at is null and d.failed_at is null and d.next_attempt_at <= ${now}::timestamptz
      order by d.next_attempt_at, d.id limit ${claimedAtOnce} for update skip locked)
    returning o.id, o.recipient, o.message, o.message_id as "messageId", o.created_at as "createdAt"
  `.execute(tx);
  return rows;
}

async function sendOne(deps: SendDeps, organisationId: string, row: Claimed): Promise<void> {
  const { clock, log, publicUrl, transport } = deps;
  try {
    const organisation = await inOrganisation(deps.db, organisationId, (tx) => getOrganisation(tx, organisationId), {
      readOnly: true,
    });
    const message = outboxMessageSchema.parse(row.message);
    const about = { language: organisation.language, organisation, publicUrl };
    const written =
      'notices' in message
        ? await writeNoticeMail(message.notices, about)
        : await writeTenantMail(message.toTenant, about);
    const messageId = `<${row.messageId}@${new URL(publicUrl).hostname}>`;
    await transport.send({ to: row.recipient, messageId, ...written });
    await settle(deps, organisationId, row.id, { sent_at: clock.now(), last_error: null });
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    // Waiting does not help against a missing server or an address that cannot be one.
    const isFinal =
      error.failure === 'not_configured' ||
      error.failure === 'address' ||
      clock.now().getTime() - row.createdAt.getTime() >= giveUpAfterMs;
    log.warn('A mail was not sent', { organisation: organisationId, code: error.failure });
    const lastError = error.answer ?? error.failure;
    await settle(deps, organisationId, row.id, { last_error: lastError, ...(isFinal && { failed_at: clock.now() }) });
  }
}

async function settle(
  { db }: SendDeps,
  organisationId: string,
  id: string,
  set: { sent_at?: Date; failed_at?: Date; last_error: string | null },
): Promise<void> {
  await inOrganisation(db, organisationId, (tx) =>
    tx.updateTable('outbox').set(set).where('organisation_id', '=', organisationId).where('id', '=', id).execute(),
  );
}

/** Plans the next try of what was refused, and clears away what was sent long ago. */
async function prepareNext({ clock, jobs }: SendDeps, tx: Tx, organisationId: string): Promise<void> {
  const now = clock.now();
  await sql`
    delete from outbox where organisation_id = ${organisationId}
      and coalesce(sent_at, failed_at) < ${now}::timestamptz - make_interval(days => ${keepSentDays})
  `.execute(tx);
  const { at } = await tx
    .selectFrom('outbox')
    .select((eb) => eb.fn.min('next_attempt_at').as('at'))
    .where('organisation_id', '=', organisationId)
    .where('sent_at', 'is', null)
    .where('failed_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (at === null) return;
  const delaySeconds = Math.max(1, Math.ceil((at.getTime() - now.getTime()) / 1000));
  // A key a minute: two that plan the same try plan it once.
  const key = `${organisationId}:${Math.ceil(at.getTime() / 60_000)}`;
  await jobs.enqueue('mail', { organisationId }, { tx, key, delaySeconds });
}
