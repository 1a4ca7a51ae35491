// The audit trail: who did what to whom. Written in the transaction of the deed, so that there is never one without the other.
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import type { Tx } from '../db/transaction.ts';

export interface AuditEntry {
  organisationId: string;
  /** When what was done has to name it. */
  id?: string;
  /** Null for the system, or for a colleague without an account (then `actorName` says who). */
  actor: Actor | null;
  actorName?: string;
  /** `connection.connected`, `link.created` … room and past tense. */
  action: string;
  subject?: string;
  detail?: Record<string, unknown>;
}

/** Adds one event. Throws when the row cannot be written: the deed is then rolled back too. */
export async function recordAudit(tx: Tx, entry: AuditEntry): Promise<void> {
  await tx
    .insertInto('audit_event')
    .values({
      organisation_id: entry.organisationId,
      id: entry.id ?? newId(),
      actor_id: entry.actor?.appUserId ?? null,
      actor_name: entry.actor?.name ?? entry.actorName ?? 'Samsyn',
      action: entry.action,
      subject: entry.subject ?? null,
      detail: JSON.stringify(entry.detail ?? {}),
      request_id: entry.actor?.requestId ?? null,
    })
    .execute();
}
