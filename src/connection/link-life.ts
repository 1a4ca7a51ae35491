// What can happen to a connect link, and where it stands: read from its row, told to whoever asked, and shown as a timeline.
import type { ExpressionBuilder, Selectable } from 'kysely';
import type { ConnectLink, ConnectLinkEvent } from '../contract/api-connection.ts';
import type { NotificationKind } from '../contract/api-notifications.ts';
import type { ConnectLinkTable, Schema } from '../db/schema.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { ConnectionDeps } from './deps.ts';

export type LinkRow = Selectable<ConnectLinkTable>;

/** As a condition: neither used, nor declined, nor revoked. Its time may be over all the same. */
export const hasNotEnded = (eb: ExpressionBuilder<Schema, 'connect_link'>) =>
  eb.and([eb('used_at', 'is', null), eb('declined_at', 'is', null), eb('revoked_at', 'is', null)]);

const openStates: ReadonlySet<ConnectLink['state']> = new Set(['created', 'opened', 'waiting']);

export function presentLink(row: LinkRow, createdBy: string, now: Date): ConnectLink {
  const state = stateOf(row, now);
  const isOpen = openStates.has(state);
  return {
    id: row.id,
    state,
    createdBy,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    isOpen,
    canRemind: isOpen && row.reminded_at === null,
    events: eventsOf(row, createdBy, state),
  };
}

function stateOf(row: LinkRow, now: Date): ConnectLink['state'] {
  if (row.used_at) return 'used';
  if (row.declined_at) return row.declined_by === 'operator' ? 'refused' : 'declined';
  // A new link also ends those whose time was over: what they show is that.
  if (row.revoked_at && (row.revoked_at < row.expires_at || row.operator_asked_at)) return 'revoked';
  // The colleague has done what the link was for: its time does not count any more.
  if (row.operator_asked_at) return 'waiting_operator';
  if (row.expires_at <= now) return 'expired';
  if (row.waiting_at) return 'waiting';
  return row.opened_at ? 'opened' : 'created';
}

function eventsOf(row: LinkRow, createdBy: string, state: ConnectLink['state']): ConnectLinkEvent[] {
  const events: ConnectLinkEvent[] = [];
  const add = (kind: ConnectLinkEvent['kind'], at: Date | null, more: Partial<ConnectLinkEvent> = {}) => {
    if (at) events.push({ kind, at: at.toISOString(), by: null, address: null, permissions: [], ...more });
  };
  add('created', row.created_at, { by: createdBy });
  add('opened', row.opened_at);
  add('reminded', row.reminded_at, { address: row.reminded_email });
  add('waiting', row.waiting_at, { by: row.waiting_person });
  add('waiting_operator', row.operator_asked_at, { by: row.used_by_name });
  add(row.declined_by === 'operator' ? 'refused' : 'declined', row.declined_at);
  add('used', row.used_at, { by: row.used_by_name, permissions: row.used_permissions });
  add('revoked', state === 'revoked' ? row.revoked_at : null);
  add('expired', state === 'expired' ? row.expires_at : null);
  return events.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** Whoever made the link is told what became of it. */
export async function tellAsker(
  deps: Pick<ConnectionDeps, 'tell'>,
  tx: Tx,
  link: Pick<LinkRow, 'organisation_id' | 'created_by'>,
  event: { kind: NotificationKind; params?: Record<string, string> },
): Promise<void> {
  await deps.tell(tx, {
    organisationId: link.organisation_id,
    kind: event.kind,
    params: event.params ?? {},
    target: 'connect',
    recipients: 'asker',
    askerId: link.created_by,
  });
}

/** Somebody signed in by the link who may not grant, or Microsoft sent somebody away: told the first time. */
export async function noteWaiting(
  deps: ConnectionDeps,
  organisationId: string,
  of: { linkId: string; person: string },
): Promise<void> {
  await inOrganisation(deps.db, organisationId, async (tx) => {
    const waiting = await tx
      .updateTable('connect_link')
      .set({ waiting_at: deps.clock.now(), waiting_person: of.person })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', of.linkId)
      .where('waiting_at', 'is', null)
      .where(hasNotEnded)
      .returningAll()
      .executeTakeFirst();
    if (waiting) await tellAsker(deps, tx, waiting, { kind: 'connect_link_waiting', params: { person: of.person } });
  });
}

/**
 * Called when a link's time is over. Does nothing for one that has come to an end before, or has got more time by a reminder; told once,
 * also when it is called again.
 */
export async function tellOfExpiredLink(
  deps: Pick<ConnectionDeps, 'db' | 'clock' | 'tell'>,
  { organisationId, linkId }: { organisationId: string; linkId: string },
): Promise<void> {
  const now = deps.clock.now();
  await inOrganisation(deps.db, organisationId, async (tx) => {
    const expired = await tx
      .updateTable('connect_link')
      .set({ expiry_told_at: now })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', linkId)
      .where('expires_at', '<=', now)
      .where('expiry_told_at', 'is', null)
      .where(hasNotEnded)
      .where('operator_asked_at', 'is', null)
      .returningAll()
      .executeTakeFirst();
    if (expired) await tellAsker(deps, tx, expired, { kind: 'connect_link_expired' });
  });
}
