// Clashes (F34, F35): what is unique to one person is not written to a second. Judged by how everybody would stand after all planned
// changes, so two who swap their addresses do not clash. What clashes leaves the plan and becomes a case for a person; the rest goes on.
import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '../db/transaction.ts';

interface RunKey {
  organisationId: string;
  connectionId: string;
  runId: string;
}

interface Kind {
  code: 'email_taken' | 'number_taken';
  fields: readonly string[];
  /** What two values are compared by. */
  key(value: RawBuilder<unknown>): RawBuilder<unknown>;
  /** `id, field, key` of what app users have now. */
  held(organisationId: string): RawBuilder<unknown>;
}

const present = (organisationId: string) => sql`a.organisation_id = ${organisationId} and a.removed_at is null`;
const matchKey = (value: RawBuilder<unknown>) => sql`match_key(${value})`;
// Spaces, hyphens and brackets are how a number is written, and not which it is.
const digits = (value: RawBuilder<unknown>) => sql`nullif(regexp_replace(${value}, '[^0-9+]', '', 'g'), '')`;

const kinds: readonly Kind[] = [
  {
    code: 'email_taken',
    fields: ['email'],
    key: matchKey,
    // Whoever signs in by an address has it, whatever becomes of the contact address.
    held: (organisationId) => sql`
      select a.id, 'email' as field, a.email_key as key from app_user a
      where ${present(organisationId)} and a.email_key in (select after_key from wanted)
      union all
      select a.id, 'sign_in', a.sign_in_key from app_user a
      where ${present(organisationId)} and a.sign_in_key is not null and a.sign_in_key in (select after_key from wanted)`,
  },
  {
    code: 'number_taken',
    fields: ['employeeId'],
    key: matchKey,
    held: (organisationId) => sql`
      select a.id, 'employeeId' as field, a.employee_key as key from app_user a
      where ${present(organisationId)} and a.employee_key is not null and a.employee_key in (select after_key from wanted)`,
  },
  {
    code: 'number_taken',
    fields: ['mobile', 'phone'],
    key: digits,
    held: (organisationId) => sql`
      select n.id, n.field, n.key
      from (
        select a.id, f.field, ${digits(sql`a.fields ->> f.field`)} as key
        from app_user a cross join (values ('mobile'), ('phone')) as f (field)
        where ${present(organisationId)} and a.fields ?| array['mobile', 'phone']) n
      where n.key in (select after_key from wanted)`,
  },
];

/** Takes clashing changes out of the plan and notes each as an issue of the run that names both people. Returns how many. */
export async function dropClashes(tx: Tx, run: RunKey): Promise<number> {
  const { rows } = await sql<{ field: string }>`
    select distinct field from planned_change
    where organisation_id = ${run.organisationId} and run_id = ${run.runId} and after is not null
  `.execute(tx);
  const planned = new Set(rows.map(({ field }) => field));
  let dropped = 0;
  for (const kind of kinds) {
    if (kind.fields.some((field) => planned.has(field))) dropped += await dropKind(tx, run, kind);
  }
  return dropped;
}

/** Somebody other than `w` among those who have a key: the first and the last of them, so that many are no more work than two. */
const firstAndLast = sql`(array_agg(id order by id))[1] as first, (array_agg(id order by id desc))[1] as last`;
const otherThan = (of: RawBuilder<unknown>) =>
  sql`nullif(case when ${of}.first <> w.id then ${of}.first else ${of}.last end, w.id)`;

/**
 * Blocked is whoever would get what somebody keeps, or what somebody else would get as well; and then whoever would get what a
 * blocked one was to give away, and so on: each key is followed once.
 */
async function dropKind(tx: Tx, { organisationId, connectionId, runId }: RunKey, kind: Kind): Promise<number> {
  // What a person has chosen not to have done yet is not done: whoever has the value keeps it.
  const isPutOff = sql`exists (select from held_change h
    where h.organisation_id = p.organisation_id and h.connection_id = ${connectionId} and h.app_user_id = p.app_user_id
      and h.field = p.field and h.after is not distinct from p.after and h.decision is not null)`;
  const result = await sql`
    with recursive planned as materialized (
      select p.app_user_id as id, p.field, ${kind.key(sql`p.before`)} as before_key, ${kind.key(sql`p.after`)} as after_key
      from planned_change p
      where p.organisation_id = ${organisationId} and p.run_id = ${runId} and p.field = any(${[...kind.fields]}::text[])
        and not ${isPutOff}
    ),
    -- Another way to write the same takes nothing and gives nothing away.
    moving as materialized (select * from planned where before_key is distinct from after_key),
    wanted as materialized (select id, field, before_key, after_key from moving where after_key is not null),
    held as materialized (${kind.held(organisationId)}),
    kept as (
      select h.key, ${firstAndLast} from held h
      where not exists (select from moving m where m.id = h.id and m.field = h.field) group by h.key
    ),
    wanting as (select w.after_key as key, ${firstAndLast} from wanted w group by w.after_key),
    blocked as materialized (
      select w.id, w.field, w.before_key, coalesce(${otherThan(sql`k`)}, ${otherThan(sql`t`)}) as other
      from wanted w
      join wanting t on t.key = w.after_key
      left join kept k on k.key = w.after_key
    ),
    unmoved (key) as (
      select before_key from blocked where other is not null and before_key is not null
      union
      select w.before_key from unmoved u join wanted w on w.after_key = u.key where w.before_key is not null
    ),
    staying as (select m.before_key as key, ${firstAndLast} from moving m join unmoved u on u.key = m.before_key group by m.before_key),
    clash as (
      select w.id, w.field, coalesce(b.other, ${otherThan(sql`s`)}) as other
      from wanted w
      join blocked b on b.id = w.id and b.field = w.field
      left join staying s on s.key = w.after_key
    ),
    dropped as (
      delete from planned_change p using clash c
      where p.organisation_id = ${organisationId} and p.run_id = ${runId} and p.app_user_id = c.id and p.field = c.field
        and c.other is not null
      returning p.app_user_id, p.field, c.other
    )
    insert into run_issue (organisation_id, run_id, code, subject, app_user_id, field, other_name)
    select ${organisationId}::uuid, ${runId}::uuid, ${kind.code}, a.display_name, d.app_user_id, d.field, o.display_name
    from dropped d
    join app_user a on a.organisation_id = ${organisationId} and a.id = d.app_user_id
    join app_user o on o.organisation_id = ${organisationId} and o.id = d.other
    order by a.display_name, d.app_user_id, d.field
  `.execute(tx);
  return Number(result.numAffectedRows ?? 0);
}
