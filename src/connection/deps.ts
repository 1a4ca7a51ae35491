// What connecting and its settings need of the outside, composed once in main.ts.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Sealer } from '../base/seal.ts';
import type { NotificationKind, NotificationTarget } from '../contract/api-notifications.ts';
import type { Database } from '../db/pool.ts';
import type { Tx } from '../db/transaction.ts';
import type { Graph } from '../graph/graph.ts';

export interface TellEvent {
  organisationId: string;
  kind: NotificationKind;
  params: Record<string, string | number>;
  target: NotificationTarget;
  recipients: 'asker' | 'administrators';
  askerId?: string;
}

export interface ReminderLetter {
  organisationId: string;
  email: string;
  /** The only place where it is written down. */
  url: string;
  organisationName: string;
  asker: { name: string; email: string | null };
  expiresAt: Date;
}

/** To the tenant's side, of a connection that was made (T3). */
export interface TenantLetter {
  organisationId: string;
  tenantName: string;
  signerName: string;
  asker: { name: string; email: string | null };
  /** Checked: single mailboxes in domains of the tenant. */
  recipients: readonly string[];
}

export interface ConnectionDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  graph: Graph;
  sealer: Sealer;
  /** Origin by which browsers reach this server. */
  publicUrl: string;
  /** When the certificate or secret of the app registration runs out, as far as it is known. */
  credentialExpiresAt?: Date | undefined;
  /** Notifies in the caller's transaction. */
  tell(tx: Tx, event: TellEvent): Promise<void>;
  /** Starts, changes or (null) ends the nights: of a daily connection its run, of a manual one a probe. */
  schedule(tx: Tx, organisationId: string, connectionId: string, mode: 'manual' | 'daily' | null): Promise<void>;
  /** Looks at the link when its time is over. */
  watchLink(tx: Tx, link: { organisationId: string; linkId: string; expiresAt: Date }): Promise<void>;
  /** At once, and not kept anywhere; false when the mail server did not take it. */
  mailReminder(letter: ReminderLetter): Promise<boolean>;
  /** Sent when the caller's transaction commits. */
  mailTenant(tx: Tx, letter: TenantLetter): Promise<void>;
  /** Whether a proved consent waits for the operator before it becomes a connection (T3). */
  operatorApproves: boolean;
  /** The first night after `after`. */
  nextNightly(connection: { organisationId: string; connectionId: string; timeZone: string }, after: Date): Date;
}
