// Mails wait here, written in the transaction that they tell of; a job sends them (R4). A row keeps its Message-ID over all tries.
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import { notificationKindSchema, notificationSchema, notificationTargetSchema } from '../contract/api-notifications.ts';
import type { Tx } from '../db/transaction.ts';
import type { Jobs } from '../jobs/jobs.ts';

/** What is to be told; it becomes words when it is sent, in the language that the organisation then has. */
const noticesSchema = z.object({
  notices: z.array(
    z.object({
      kind: notificationKindSchema,
      params: notificationSchema.shape.params,
      target: notificationTargetSchema,
      targetId: z.string().nullable(),
    }),
  ),
});
/** To the side of the tenant, of a connection that was made (T3). */
const toTenantSchema = z.object({
  toTenant: z.object({
    tenantName: z.string(),
    signerName: z.string(),
    asker: z.object({ name: z.string(), email: z.string().nullable() }),
  }),
});
export const outboxMessageSchema = z.union([noticesSchema, toTenantSchema]);
export type OutboxMessage = z.output<typeof outboxMessageSchema>;

export interface OutboxDeps {
  clock: Clock;
  jobs: Pick<Jobs, 'enqueue'>;
}

/** One mail to each of these addresses. */
export async function queueMails(
  { clock, jobs }: OutboxDeps,
  tx: Tx,
  organisationId: string,
  mails: readonly { recipient: string; message: OutboxMessage }[],
): Promise<void> {
  if (mails.length === 0) return;
  const now = clock.now();
  await tx
    .insertInto('outbox')
    .values(
      mails.map(({ recipient, message }) => {
        const id = newId();
        return {
          organisation_id: organisationId,
          id,
          recipient,
          message: JSON.stringify(message),
          message_id: id,
          // By one clock: how long a mail has been tried is counted from here.
          created_at: now,
          next_attempt_at: now,
        };
      }),
    )
    .execute();
  // A job of its own: one that waits already could look before this transaction is committed, and would see none of its mails.
  await jobs.enqueue('mail', { organisationId }, { tx, key: newId() });
}
