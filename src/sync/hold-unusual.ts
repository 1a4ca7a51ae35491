// The brake in a run: what the plan would do is counted, beside what the last seven days did without a person's word, and what is
// over a limit is held. A plan that somebody saw and approved, and that is exactly the same now, passes (F43, I37).
import { sql } from 'kysely';
import { z } from 'zod';
import { findBrakeLimits } from '../connection/brake-limits.ts';
import type { HeldWhy } from '../contract/brake.ts';
import { targetFieldSchema, type Mapping } from '../contract/settings.ts';
import type { Tx } from '../db/transaction.ts';
import { applyAbsences, isLinked, undecided } from '../mirror/absence.ts';
import { brake, heldAbsences, heldFields, sumDeeds, type Deeds } from '../reconcile/brake.ts';
import { endHeldChanges, holdChanges } from './held-changes.ts';
import { dropForHeldManagers } from './plan.ts';
import { hashPlan } from './plan-hash.ts';

export interface WeighInput {
  organisationId: string;
  connectionId: string;
  runId: string;
  settingsVersion: number;
  /** Held absences, undecided or waiting, before the switch. */
  absencesBefore: number;
  /** Of a run of one person: absences of others are no part of its plan. */
  onlyObjectId?: string;
}

export interface Weighed {
  hash: string;
  why: HeldWhy[];
  isApproved: boolean;
  plan: Deeds;
  /** In scope before the run, and after it if all were done. */
  peopleBefore: number;
  peopleAfter: number;
  /** Held before, and taken back by the directory. */
  ended: number;
}

export interface Holding {
  /** Held now, by this run and earlier ones; dismissed ones not counted. */
  held: number;
  /** Held by this run for the first time. */
  fresh: number;
  /** Done without an approval, for the sum of the next seven days; null for an approved plan. */
  unapproved: Deeds | null;
}

const deedsSchema = z.object({
  gone: z.number(),
  fields: z.array(z.object({ field: targetFieldSchema, changed: z.number(), emptied: z.number() })),
});

/** What the plan would do, and which limits it meets. Drops from the plan what a person dismissed. */
export async function weighPlan(tx: Tx, input: WeighInput): Promise<Weighed> {
  const endedChanges = await endHeldChanges(tx, input);
  const stillHeld = await countHeldAbsences(tx, input, sql`d.held_at < now()`);
  const hash = await hashPlan(tx, input);
  const counted = await countPlan(tx, input);
  const isApproved = await hasApproval(tx, input, hash);
  const numbers = { limits: (await findBrakeLimits(tx, input)).limits, week: await countWeek(tx, input), ...counted };
  return {
    hash,
    why: isApproved ? [] : brake(numbers),
    isApproved,
    plan: counted.plan,
    peopleBefore: counted.peopleBefore,
    peopleAfter: counted.peopleAfter,
    ended: endedChanges + Math.max(0, input.absencesBefore - stillHeld),
  };
}

/** Applies the absences that are not held, and leaves in planned_change only the changes that are not. */
export async function holdUnusual(
  tx: Tx,
  run: RunKey & { generation: number; mappings: readonly Mapping[] },
  { why, plan, isApproved }: Weighed,
): Promise<Holding> {
  const absences = heldAbsences(why);
  const which = { everybody: sql`false`, linked: sql`not (${isLinked})`, nobody: sql`true` }[absences];
  await applyAbsences(tx, run, {
    generation: run.generation,
    which: sql`${undecided} and ${which} and ${isMeant(run)}`,
  });
  if (absences !== 'nobody') await dropForHeldManagers(tx, run);
  const fields = heldFields(why);
  const freshChanges = await holdChanges(tx, run, fields);
  const freshAbsences = await countHeldAbsences(tx, run, sql`d.held_at = now()`);
  return {
    held: (await countHeldChanges(tx, run)) + (await countHeldAbsences(tx, run)),
    fresh: freshAbsences + freshChanges,
    unapproved: isApproved
      ? null
      : {
          gone: absences === 'nobody' ? plan.gone : 0,
          fields: fields === null ? [] : plan.fields.filter(({ field }) => !fields.includes(field)),
        },
  };
}

const isMeant = ({ onlyObjectId = null }: { onlyObjectId?: string | null }) =>
  sql`(${onlyObjectId}::uuid is null or d.object_id = ${onlyObjectId})`;

interface RunKey extends OfConnection {
  runId: string;
  onlyObjectId?: string;
}

interface OfConnection {
  organisationId: string;
  connectionId: string;
}

/** Absences that wait, whether or not somebody chose to. */
export async function countHeldAbsences(tx: Tx, of: OfConnection, also = sql`true`): Promise<number> {
  const { rows } = await sql<{ people: string }>`
    select count(*) as people from directory_user d
    where d.organisation_id = ${of.organisationId} and d.connection_id = ${of.connectionId}
      and d.held_reason is not null and d.held_decision is distinct from 'dismissed' and ${also}
  `.execute(tx);
  return Number(rows[0]?.people ?? 0);
}

async function countHeldChanges(tx: Tx, of: OfConnection): Promise<number> {
  const { rows } = await sql<{ changes: string }>`
    select count(*) as changes from held_change
    where organisation_id = ${of.organisationId} and connection_id = ${of.connectionId} and decision is distinct from 'dismissed'
  `.execute(tx);
  return Number(rows[0]?.changes ?? 0);
}

async function countPlan(
  tx: Tx,
  input: RunKey,
): Promise<{ linked: number; peopleBefore: number; peopleAfter: number; plan: Deeds }> {
  const people = await sql<{ linked: string; before: string; after: string; gone: string }>`
    select
      (select count(*) from link where organisation_id = ${input.organisationId} and connection_id = ${input.connectionId}) as linked,
      count(*) filter (where d.scope_since < now()) as before,
      count(*) filter (where d.held_reason is null or d.held_decision is not null) as after,
      count(*) filter (where ${undecided} and ${isLinked} and ${isMeant(input)}) as gone
    from directory_user d
    where d.organisation_id = ${input.organisationId} and d.connection_id = ${input.connectionId}
      and d.deleted_at is null and d.in_scope
  `.execute(tx);
  const fields = await sql<{ field: string; changed: string; emptied: string }>`
    select field, count(*) as changed, count(*) filter (where after is null) as emptied
    from planned_change
    where organisation_id = ${input.organisationId} and run_id = ${input.runId}
    group by field order by field
  `.execute(tx);
  const row = people.rows[0];
  return {
    linked: Number(row?.linked ?? 0),
    peopleBefore: Number(row?.before ?? 0),
    peopleAfter: Number(row?.after ?? 0),
    plan: {
      gone: Number(row?.gone ?? 0),
      fields: fields.rows.map(presentCount),
    },
  };
}

/**
 * What runs of the last seven days did without an approval. Of a field each person counts once, however often it changed in them, and
 * whom the plan is about counts with the plan.
 */
async function countWeek(tx: Tx, run: RunKey): Promise<Deeds> {
  const ofWeek = sql`
    r.organisation_id = ${run.organisationId} and r.connection_id = ${run.connectionId}
      and r.unapproved is not null and r.finished_at > now() - interval '7 days'`;
  const { rows } = await sql<{ unapproved: unknown }>`select r.unapproved from sync_run r where ${ofWeek}`.execute(tx);
  const fields = await sql<{ field: string; changed: string; emptied: string }>`
    select c.field, count(distinct c.app_user_id) as changed,
      count(distinct c.app_user_id) filter (where c.after is null) as emptied
    from sync_run r
    join field_change c on c.organisation_id = r.organisation_id and c.run_id = r.id
    where ${ofWeek} and c.actor_id is null
      and not exists (select from planned_change p
        where p.organisation_id = c.organisation_id and p.run_id = ${run.runId} and p.app_user_id = c.app_user_id and p.field = c.field)
    group by c.field
  `.execute(tx);
  return {
    gone: sumDeeds(rows.map(({ unapproved }) => deedsSchema.parse(unapproved))).gone,
    fields: fields.rows.map(presentCount),
  };
}

const presentCount = ({ field, changed, emptied }: { field: string; changed: string; emptied: string }) => ({
  field: targetFieldSchema.parse(field),
  changed: Number(changed),
  emptied: Number(emptied),
});

async function hasApproval(tx: Tx, input: WeighInput, hash: string): Promise<boolean> {
  const { rows } = await sql`
    select from plan_approval
    where organisation_id = ${input.organisationId} and connection_id = ${input.connectionId}
      and settings_version = ${input.settingsVersion} and plan_hash = ${hash}
    limit 1
  `.execute(tx);
  return rows.length > 0;
}
