// The connection as its page shows it.
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import type { Connection, getConnection as route } from '../contract/api-connection.ts';
import { errorStatus, type ErrorCode } from '../contract/errors.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { ConnectionDeps } from './deps.ts';
import { findConnection, type ConnectionRow } from './find-connection.ts';
import { listGroups, stepsOf } from './get-settings.ts';
import { asksFrom } from './health.ts';
import { listGoneGroups } from './gone-groups.ts';

export async function getConnection(deps: ConnectionDeps, actor: Actor): Promise<z.input<typeof route.response>> {
  const { organisationId } = actor;
  return inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      const row = await findConnection(tx, organisationId);
      return {
        connection: row ? await present(deps, tx, row) : null,
        earlier: row ? null : await findEarlier(tx, organisationId),
        awaiting: row ? null : await findAwaiting(tx, organisationId, deps.clock.now()),
      };
    },
    { readOnly: true },
  );
}

async function present(deps: ConnectionDeps, tx: Tx, row: ConnectionRow): Promise<Connection> {
  const organisationId = row.organisation_id;
  const { time_zone: timeZone } = await tx
    .selectFrom('organisation')
    .select('time_zone')
    .where('id', '=', organisationId)
    .executeTakeFirstOrThrow();
  const counts = await tx
    .selectNoFrom((eb) => [
      eb
        .selectFrom('attribute_mapping')
        .select((one) => one.fn.countAll<string>().as('n'))
        .where('organisation_id', '=', organisationId)
        .where('connection_id', '=', row.id)
        .as('mappings'),
      eb
        .selectFrom('notice_recipient')
        .select((one) => one.fn.count<string>('app_user_id').as('n'))
        .where('organisation_id', '=', organisationId)
        .where('connection_id', '=', row.id)
        .as('appUsers'),
      eb
        .selectFrom('notice_recipient')
        .select((one) => one.fn.count<string>('email').as('n'))
        .where('organisation_id', '=', organisationId)
        .where('connection_id', '=', row.id)
        .as('emails'),
    ])
    .executeTakeFirstOrThrow();
  const groups = await listGroups(tx, { organisationId, connectionId: row.id });
  const from = row.mode === 'daily' && row.status !== 'configuring' ? asksFrom(row, deps.clock.now()) : null;
  return {
    id: row.id,
    status: row.status as Connection['status'], // "off" was not looked for, the others are the contract's
    trouble: readTrouble(row),
    tenantId: row.tenant_id,
    tenantName: row.tenant_name,
    tenantDomains: row.tenant_domains,
    consentedBy: row.consented_by_name,
    consentedAt: row.consented_at.toISOString(),
    credentialExpiresAt: deps.credentialExpiresAt?.toISOString() ?? null,
    stepsDone: stepsOf(row),
    mode: row.mode === 'daily' || row.mode === 'manual' ? row.mode : null,
    nextRunAt:
      from === null ? null : deps.nextNightly({ organisationId, connectionId: row.id, timeZone }, from).toISOString(),
    scope: row.scope === 'all' || row.scope === 'groups' ? row.scope : null,
    groupNames: groups.map((group) => group.name),
    goneGroups: await listGoneGroups(tx, { organisationId, connectionId: row.id }),
    mappingCount: Number(counts.mappings),
    recipients: { appUsers: Number(counts.appUsers), emails: Number(counts.emails) },
  };
}

function readTrouble(row: ConnectionRow): Connection['trouble'] {
  const { trouble_code: code, trouble_since: since } = row;
  if (code === null || since === null || !Object.hasOwn(errorStatus, code)) return null;
  return { code: code as ErrorCode, since: since.toISOString(), graphRequestId: row.trouble_request_id }; // just looked up
}

/** What the operator has not answered yet. */
async function findAwaiting(tx: Tx, organisationId: string, now: Date) {
  const row = await tx
    .selectFrom('connect_flow')
    .select(['tenant_name', 'signer_name', 'approval_asked_at'])
    .where('organisation_id', '=', organisationId)
    .where('step', '=', 'waiting')
    .where('expires_at', '>', now)
    .orderBy('approval_asked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row?.approval_asked_at) return null;
  const { tenant_name: tenantName, signer_name: signerName } = row;
  return { tenantName: tenantName ?? '', signerName: signerName ?? '', since: row.approval_asked_at.toISOString() };
}

/** The latest that was turned off, with its links: they are kept, and offered when the same tenant is connected again. */
async function findEarlier(tx: Tx, organisationId: string) {
  const row = await tx
    .selectFrom('connection as c')
    .select((eb) => [
      'c.tenant_name',
      'c.turned_off_at',
      eb
        .selectFrom('link as l')
        .select((one) => one.fn.countAll<string>().as('n'))
        .whereRef('l.organisation_id', '=', 'c.organisation_id')
        .whereRef('l.connection_id', '=', 'c.id')
        .as('links'),
    ])
    .where('c.organisation_id', '=', organisationId)
    .where('c.status', '=', 'off')
    .orderBy('c.turned_off_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row?.turned_off_at) return null;
  return { tenantName: row.tenant_name, turnedOffAt: row.turned_off_at.toISOString(), links: Number(row.links ?? 0) };
}
