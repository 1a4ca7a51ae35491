// The night follows the organisation: its time zone (F56), and what a restored database or a new version brings.
import { inOrganisation } from '../db/transaction.ts';
import type { ConnectionDeps } from './deps.ts';
import { findConnection } from './find-connection.ts';

/** Sets the night of the organisation's connection anew; nothing happens where there is none, or its steps are not done. */
export async function rescheduleNightly(
  { db, schedule }: Pick<ConnectionDeps, 'db' | 'schedule'>,
  organisationId: string,
): Promise<void> {
  await inOrganisation(db, organisationId, async (tx) => {
    const connection = await findConnection(tx, organisationId);
    if (!connection || connection.status === 'configuring') return;
    await schedule(tx, organisationId, connection.id, connection.mode === 'daily' ? 'daily' : 'manual');
  });
}
