// Why is this person (not) here? The facts behind the situation of one directory user, each with who and when, read together so that
// they belong to one moment.
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import type { searchWhy as searchRoute, Why } from '../contract/api-why.ts';
import { AppError } from '../contract/errors.ts';
import { goneReasons, outOfScopeReasons, situations } from '../contract/situations.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { matchesSearch } from '../people/search.ts';
import { requireConnected, type Connected } from './connected.ts';
import { personColumns, presentPerson, type PersonRow } from './person.ts';
import { isKept } from './sources.ts';
import { listWays } from './why-groups.ts';

const shownMax = 20;

/** Whoever was ever read, by name: gone and ignored ones too. Throws not_connected. */
export async function searchWhy(
  deps: { db: Database },
  actor: Actor,
  input: { search?: string | undefined },
): Promise<z.output<typeof searchRoute.response>> {
  return inOrganisation(
    deps.db,
    actor.organisationId,
    async (tx) => {
      const of = await requireConnected(tx, actor.organisationId);
      const { rows } = await sql<PersonRow & { object_id: string; in_scope: boolean; situation: string | null }>`
        with found as materialized (
          select d.* from directory_user d
          where d.organisation_id = ${of.organisationId} and d.connection_id = ${of.connectionId}
            and ${matchesSearch(sql.ref<string>('d.search_text'), input.search)}
          order by d.display_name, d.object_id limit ${shownMax}
        )
        select ${personColumns}, d.in_scope and d.deleted_at is null as in_scope,
          (select s.situation from directory_situation s
            where s.organisation_id = d.organisation_id and s.connection_id = d.connection_id and s.object_id = d.object_id)
        from found d order by d.display_name, d.object_id
      `.execute(tx);
      return {
        items: rows.map((row) => ({
          person: presentPerson(row),
          situation: situationOf(row.situation),
          inScope: row.in_scope,
        })),
      };
    },
    { readOnly: true },
  );
}

/** Throws not_connected, and not_found for whom no run has read. */
export async function getWhy(deps: { db: Database }, actor: Actor, { id }: { id: string }): Promise<Why> {
  return inOrganisation(
    deps.db,
    actor.organisationId,
    async (tx) => {
      const of = await requireConnected(tx, actor.organisationId);
      const row = await findFacts(tx, of, id);
      if (!row) throw new AppError('not_found');
      return { ...present(row), ...(await listWays(tx, of, id)) };
    },
    { readOnly: true },
  );
}

interface Facts extends PersonRow {
  object_id: string;
  situation: string | null;
  candidates: string;
  in_scope: boolean;
  scope_since: Date;
  out_reason: string | null;
  scope: string | null;
  include_guests: boolean;
  include_disabled: boolean;
  deleted_at: Date | null;
  deleted_reason: string | null;
  deleted_evidence: string | null;
  held_at: Date | null;
  held_reason: string | null;
  held_evidence: string | null;
  held_decision: string | null;
  held_by: string | null;
  ignored_at: Date | null;
  ignored_reason: string | null;
  ignored_by: string | null;
  app_user_id: string | null;
  app_name: string | null;
  app_email: string | null;
  linked_at: Date | null;
  linked_by: string | null;
  kept_at: Date | null;
  kept_by: string | null;
  first_seen_at: Date;
  read_at: Date | null;
}

async function findFacts(tx: Tx, of: Connected, objectId: string): Promise<Facts | undefined> {
  const nameOf = (id: string) => sql`
    (select w.display_name from app_user w where w.organisation_id = d.organisation_id and w.id = ${sql.ref(id)})`;
  const { rows } = await sql<Facts>`
    select ${personColumns},
      (select s.situation from directory_situation s
        where s.organisation_id = d.organisation_id and s.connection_id = d.connection_id and s.object_id = d.object_id),
      (select count(*) from candidate c
        where c.organisation_id = d.organisation_id and c.connection_id = d.connection_id and c.object_id = d.object_id) as candidates,
      d.in_scope, d.scope_since, d.out_reason, k.scope, k.include_guests, k.include_disabled,
      d.deleted_at, d.deleted_reason, d.deleted_evidence,
      d.held_at, d.held_reason, d.held_evidence, d.held_decision, ${nameOf('d.held_decided_by')} as held_by,
      i.ignored_at, i.reason as ignored_reason, ${nameOf('i.ignored_by')} as ignored_by,
      l.app_user_id, a.display_name as app_name, a.fields ->> 'email' as app_email, l.linked_at, ${nameOf('l.linked_by')} as linked_by,
      case when ${isKept} then l.kept_at end as kept_at, ${nameOf('l.kept_by')} as kept_by, d.first_seen_at, m.read_at
    from directory_user d
    join connection k on k.organisation_id = d.organisation_id and k.id = d.connection_id
    left join mirror_state m on m.organisation_id = d.organisation_id and m.connection_id = d.connection_id
    left join link l on l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id
    left join app_user a on a.organisation_id = l.organisation_id and a.id = l.app_user_id
    left join ignored i on i.organisation_id = d.organisation_id and i.tenant_id = ${of.tenantId} and i.object_id = d.object_id
    where d.organisation_id = ${of.organisationId} and d.connection_id = ${of.connectionId} and d.object_id = ${objectId}
  `.execute(tx);
  return rows[0];
}

const situationOf = (text: string | null) => situations.find((one) => one === text) ?? null;

function present(row: Facts): Omit<Why, 'paths' | 'groups' | 'chosenGroups' | 'goneGroups'> {
  const heldReason = goneReasons.find((one) => one === row.held_reason);
  return {
    person: presentPerson(row),
    situation: situationOf(row.situation),
    candidates: Number(row.candidates),
    scope: {
      isIn: row.in_scope && row.deleted_at === null,
      since: row.scope_since.toISOString(),
      rule: row.scope === 'groups' ? 'groups' : 'all',
      outReason: outOfScopeReasons.find((one) => one === row.out_reason) ?? null,
      includeGuests: row.include_guests,
      includeDisabled: row.include_disabled,
      isGuest: row.user_type === 'Guest',
      isDisabled: !row.account_enabled,
    },
    deleted: row.deleted_at && {
      reason: row.deleted_reason === 'purged' ? 'purged' : 'deleted',
      since: row.deleted_at.toISOString(),
      evidence: row.deleted_evidence,
    },
    held:
      heldReason === undefined || row.held_at === null
        ? null
        : {
            reason: heldReason,
            since: row.held_at.toISOString(),
            evidence: row.held_evidence,
            decision: row.held_decision === 'waiting' || row.held_decision === 'dismissed' ? row.held_decision : null,
            decidedBy: row.held_by,
          },
    ignored: row.ignored_at && { at: row.ignored_at.toISOString(), by: row.ignored_by, reason: row.ignored_reason },
    link:
      row.app_user_id === null || row.linked_at === null
        ? null
        : {
            appUser: { id: row.app_user_id, displayName: row.app_name ?? '', email: row.app_email },
            at: row.linked_at.toISOString(),
            by: row.linked_by,
          },
    kept: row.kept_at && { at: row.kept_at.toISOString(), by: row.kept_by },
    firstSeenAt: row.first_seen_at.toISOString(),
    readAt: row.read_at?.toISOString() ?? null,
  };
}
