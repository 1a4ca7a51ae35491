// Where each review list comes from, as SQL: facts only, so that a list, its count and its actions cannot disagree.
import { sql, type RawBuilder } from 'kysely';
import type { Connected } from './connected.ts';

/** Directory users of the connection with their link, ignored mark and app user, whatever their situation. */
export function everybody(of: Connected): RawBuilder<unknown> {
  return sql`
    directory_user d
    left join link l on l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id
    left join app_user a on a.organisation_id = l.organisation_id and a.id = l.app_user_id
    left join ignored i on i.organisation_id = d.organisation_id and i.tenant_id = ${of.tenantId} and i.object_id = d.object_id
    where d.organisation_id = ${of.organisationId} and d.connection_id = ${of.connectionId}`;
}

const here = sql`d.deleted_at is null and d.in_scope`;
const free = sql`${here} and l.app_user_id is null and i.object_id is null`;

/**
 * Begins a statement that asks for `suggested` or `available`: everybody who has a candidate, worked out once for page and count,
 * as one set by hash joins and not by a look-up a row.
 */
export function withCandidates(of: Connected): RawBuilder<unknown> {
  return sql`
    with with_candidate as materialized (
      select distinct c.object_id from candidate_match c
      where c.organisation_id = ${of.organisationId} and c.connection_id = ${of.connectionId})`;
}
const hasCandidate = sql`d.object_id in (select w.object_id from with_candidate w)`;

export type DirectoryList = 'linked' | 'suggested' | 'available' | 'ignored' | 'gone';

/** Whether an administrator chose to keep the app user, since the person was gone: an earlier absence was another question. */
export const isKept = sql`coalesce(l.kept_at >= coalesce(d.deleted_at, d.scope_since), false)`;

/** The condition of a list; those with or without candidates need withCandidates. `kept`: gone people whom an administrator chose to keep stand apart. */
export function conditionOf(list: DirectoryList, kept: 'without' | 'only' = 'without'): RawBuilder<unknown> {
  switch (list) {
    case 'linked':
      return sql`${here} and l.app_user_id is not null and i.object_id is null`;
    case 'suggested':
      return sql`${free} and ${hasCandidate}`;
    case 'available':
      return sql`${free} and not (${hasCandidate})`;
    case 'ignored':
      return sql`i.object_id is not null`;
    case 'gone':
      return sql`l.app_user_id is not null and i.object_id is null and not (${here})
        and ${kept === 'only' ? isKept : sql`not ${isKept}`}`;
  }
}

/** App users without a link of this connection. */
export function appOnly(of: Connected): RawBuilder<unknown> {
  return sql`
    app_user a
    where a.organisation_id = ${of.organisationId} and a.removed_at is null
      and not exists (select from link l
        where l.organisation_id = a.organisation_id and l.connection_id = ${of.connectionId} and l.app_user_id = a.id)`;
}
