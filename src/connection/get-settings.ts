// The four steps as they were saved, and the settings of an earlier connection as a proposal that nobody applies but a person.
import type { Actor } from '../base/actor.ts';
import type { ConnectionSettings } from '../contract/api-connection.ts';
import {
  noticeKinds,
  sourceAttributes,
  steps,
  type NoticeKind,
  type Recipient,
  type SourceAttribute,
  type Step,
} from '../contract/settings.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { ConnectionDeps } from './deps.ts';
import { requireConnection, type ConnectionRow } from './find-connection.ts';
import { listMappings } from './mappings.ts';

type StepSettings = Omit<ConnectionSettings, 'proposal' | 'refusedSources'>;

export async function getSettings(deps: Pick<ConnectionDeps, 'db'>, actor: Actor): Promise<ConnectionSettings> {
  const { organisationId } = actor;
  return inOrganisation(deps.db, organisationId, async (tx) => {
    const connection = await requireConnection(tx, organisationId, 'read');
    const earlier = await tx
      .selectFrom('connection')
      .selectAll()
      .where('organisation_id', '=', organisationId)
      .where('status', '=', 'off')
      .orderBy('turned_off_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    const refusedSources = await listRefused(tx, { organisationId, connectionId: connection.id });
    const own = { ...(await readSteps(tx, connection)), refusedSources };
    if (!earlier || earlier.steps_done.length === 0) return { ...own, proposal: null };
    const past = await readSteps(tx, earlier);
    // Groups of another tenant mean nothing here.
    const groups = earlier.tenant_id === connection.tenant_id ? past.groups : null;
    return { ...own, proposal: { ...past, groups } };
  });
}

async function readSteps(tx: Tx, row: ConnectionRow): Promise<StepSettings> {
  const done = new Set(row.steps_done);
  const of = { organisationId: row.organisation_id, connectionId: row.id };
  return {
    groups:
      done.has('groups') && (row.scope === 'all' || row.scope === 'groups')
        ? {
            scope: row.scope,
            groups: await listGroups(tx, of),
            includeGuests: row.include_guests,
            includeDisabled: row.include_disabled,
          }
        : null,
    fields: done.has('fields') ? { mappings: await listMappings(tx, of.organisationId, of.connectionId) } : null,
    notices: done.has('notices') ? { recipients: await listRecipients(tx, of) } : null,
    schedule: done.has('schedule') && (row.mode === 'manual' || row.mode === 'daily') ? { mode: row.mode } : null,
  };
}

interface OfConnection {
  organisationId: string;
  connectionId: string;
}

/** As the last run met it; a mirror that was never read knows of none. */
async function listRefused(tx: Tx, of: OfConnection): Promise<SourceAttribute[]> {
  const row = await tx
    .selectFrom('mirror_state')
    .select('refused')
    .where('organisation_id', '=', of.organisationId)
    .where('connection_id', '=', of.connectionId)
    .executeTakeFirst();
  return sourceAttributes.filter((source) => row?.refused.includes(source));
}

export async function listGroups(tx: Tx, of: OfConnection): Promise<{ id: string; name: string }[]> {
  return tx
    .selectFrom('connection_group')
    .select(['group_id as id', 'name'])
    .where('organisation_id', '=', of.organisationId)
    .where('connection_id', '=', of.connectionId)
    .orderBy('name')
    .orderBy('group_id')
    .execute();
}

async function listRecipients(tx: Tx, of: OfConnection): Promise<Recipient[]> {
  const rows = await tx
    .selectFrom('notice_recipient')
    .select(['app_user_id', 'email', 'kinds'])
    .where('organisation_id', '=', of.organisationId)
    .where('connection_id', '=', of.connectionId)
    .orderBy('position')
    .execute();
  return rows.flatMap(({ app_user_id: appUserId, email, kinds }): Recipient[] => {
    const known = noticeKinds.filter((kind): kind is NoticeKind => kinds.includes(kind));
    if (appUserId !== null) return [{ appUserId, kinds: known }];
    return email === null ? [] : [{ email, kinds: known }];
  });
}

/** In the order of the steps, whatever the order they were saved in. */
export function stepsOf(row: Pick<ConnectionRow, 'steps_done'>): Step[] {
  return steps.filter((step) => row.steps_done.includes(step));
}
