// The nightly run follows the organisation: its time zone (F56), and what a restored database or a new version brings.
import { inOrganisation } from '../db/transaction.ts';
import type { ConnectionDeps } from './deps.ts';
import { findConnection } from './find-connection.ts';

/** Sets the nightly run of the organisation's connection anew; nothing happens where there is none, or it is manual. */
export async function rescheduleNightly(
  { db, schedule }: Pick<ConnectionDeps, 'db' | 'schedule'>,
  organisationId: string,
): Promise<void> {
  const connection = await inOrganisation(db, organisationId, (tx) => findConnection(tx, organisationId), {
    readOnly: true,
  });
  if (!connection || connection.status === 'configuring' || connection.mode !== 'daily') return;
  await schedule(organisationId, connection.id, 'daily');
}
