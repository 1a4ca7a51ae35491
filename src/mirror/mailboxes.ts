// After a generation has become visible: what the mailboxes are for of those who may be no person (disabled, or without a licence).
// Only who is new or changed is asked about, only as long as the permission is there, and each batch is kept as soon as it is read.
import { sql } from 'kysely';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { batchMax } from '../graph/batch.ts';
import type { Purposes } from '../graph/mailboxes.ts';
import type { TenantReader } from '../graph/reader.ts';
import type { MirrorKey } from './state.ts';

export interface MailboxInput extends MirrorKey {
  reader: Pick<TenantReader, 'readPurposes'>;
  /** Throws unless the run still holds the connection. */
  assertHeld(tx: Tx): Promise<void>;
}

// A hundred requests: more than a night brings, and what a first run leaves is taken by the next ones.
const peopleAtOnceMax = 2_000;
const askAgainHours = 24;

/**
 * Answers how many mailboxes were read. What Microsoft does not answer is thrown, and asked for by the next run; that the permission
 * is not granted is remembered for a day, or until somebody consents anew.
 */
export async function readMailboxes(deps: { db: Database }, input: MailboxInput): Promise<number> {
  const { due, isKnown } = await listDue(deps, input);
  // As long as nobody's mailbox was ever read, one shows whether it is permitted at all.
  let size = isKnown ? batchMax : 1;
  let read = 0;
  while (read < due.length) {
    const purposes = await input.reader.readPurposes(due.slice(read, read + size));
    await write(deps, input, (tx) => (purposes === null ? noteDenied(tx, input) : keep(tx, input, purposes)));
    if (purposes === null) break;
    read += purposes.size;
    size = batchMax;
  }
  return read;
}

/** Nobody while the permission is known to be missing. Guests are told apart without it. */
async function listDue({ db }: { db: Database }, key: MirrorKey): Promise<{ due: string[]; isKnown: boolean }> {
  const { rows } = await inOrganisation(
    db,
    key.organisationId,
    (tx) =>
      sql<{ object_id: string; is_known: boolean }>`
        select d.object_id, exists (select from directory_user r
          where r.organisation_id = ${key.organisationId} and r.connection_id = ${key.connectionId}
            and r.mailbox_read_at is not null) as is_known
        from directory_user d
        join mirror_state m on m.organisation_id = d.organisation_id and m.connection_id = d.connection_id
        join connection k on k.organisation_id = d.organisation_id and k.id = d.connection_id
        where d.organisation_id = ${key.organisationId} and d.connection_id = ${key.connectionId}
          and d.mailbox_read_at is null and d.in_scope and d.deleted_at is null and d.user_type <> 'Guest'
          and d.mail is not null and (d.licensed = false or not d.account_enabled)
          and (m.mailbox_denied_at is null or m.mailbox_denied_at < k.consented_at
            or m.mailbox_denied_at < now() - make_interval(hours => ${askAgainHours}))
        order by d.object_id
        limit ${peopleAtOnceMax}
      `.execute(tx),
    { role: 'samsyn_sync', readOnly: true },
  );
  return { due: rows.map((row) => row.object_id), isKnown: rows[0]?.is_known ?? false };
}

function write(deps: { db: Database }, input: MailboxInput, fn: (tx: Tx) => Promise<void>): Promise<void> {
  return inOrganisation(
    deps.db,
    input.organisationId,
    async (tx) => {
      await input.assertHeld(tx);
      await fn(tx);
    },
    { role: 'samsyn_sync' },
  );
}

async function noteDenied(tx: Tx, key: MirrorKey): Promise<void> {
  await sql`
    update mirror_state set mailbox_denied_at = now()
    where organisation_id = ${key.organisationId} and connection_id = ${key.connectionId}
  `.execute(tx);
}

/** The generation stays: nothing that a run goes by has changed. */
async function keep(tx: Tx, key: MirrorKey, purposes: Purposes): Promise<void> {
  const rows = [...purposes].map(([object_id, purpose]) => ({ object_id, purpose }));
  await sql`
    update directory_user d set mailbox_purpose = r.purpose, mailbox_read_at = now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (object_id uuid, purpose text)
    where d.organisation_id = ${key.organisationId} and d.connection_id = ${key.connectionId} and d.object_id = r.object_id
  `.execute(tx);
  await sql`
    update mirror_state set mailbox_denied_at = null
    where organisation_id = ${key.organisationId} and connection_id = ${key.connectionId} and mailbox_denied_at is not null
  `.execute(tx);
}
