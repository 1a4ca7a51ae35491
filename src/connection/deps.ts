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
  nextNightly(connection: { organisationId: string; connectionId: string; timeZone: string }): Date;
}
