// Tells people in the app of something that happened to the connection: whoever asked for it, or all administrators.
import { sql } from 'kysely';
import type { NotificationKind, NotificationTarget } from '../contract/api-notifications.ts';
import type { Tx } from '../db/transaction.ts';
import { notifyAppUsers } from './inbox.ts';

export interface TellEvent {
  organisationId: string;
  kind: NotificationKind;
  params: Record<string, string | number>;
  target: NotificationTarget;
  recipients: 'asker' | 'administrators';
  askerId?: string;
}

export async function tell(tx: Tx, event: TellEvent): Promise<void> {
  const { organisationId, kind, params, target } = event;
  await notifyAppUsers(tx, organisationId, await recipientsOf(tx, event), [{ kind, params, target, targetId: null }]);
}

async function recipientsOf(tx: Tx, { organisationId, recipients, askerId }: TellEvent): Promise<string[]> {
  if (recipients === 'asker') return askerId === undefined ? [] : [askerId];
  return listAdministrators(tx, organisationId);
}

/** Who may look after the connection and can sign in. */
export async function listAdministrators(tx: Tx, organisationId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('app_user')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where('removed_at', 'is', null)
    .where('account_id', 'is not', null)
    .where('permissions', '@>', sql.val(['users_and_teams']))
    .execute();
  return rows.map((row) => row.id);
}
