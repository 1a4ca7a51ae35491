// Runs: start one, follow it, look at what it did.
import { z } from 'zod';
import { heldWhySchema } from './brake.ts';
import { idSchema, organisationParams, pageOf, pageQuery, timeSchema } from './common.ts';
import { errorCodes } from './errors.ts';
import { defineRoute } from './route.ts';
import { targetFieldSchema } from './settings.ts';

const base = '/api/v1/organisations/:organisationId/connection/runs';

export const runPhases = ['queued', 'pull', 'reconcile', 'apply', 'notify', 'done'] as const;
export const runSchema = z.object({
  id: idSchema,
  /** `retry`: of itself, some time after one that failed for what may pass. `preview` changes nothing; `person` reads one person. */
  trigger: z.enum(['manual', 'nightly', 'retry', 'preview', 'person']),
  /** `initial` reads everyone, `incremental` only what changed; null until the run has begun. */
  mode: z.enum(['initial', 'incremental']).nullable(),
  /** `held`: done but for the parts that wait for a decision. `retrying`: it failed, and another begins at `retryAt`. */
  state: z.enum(['queued', 'running', 'ok', 'held', 'retrying', 'failed', 'superseded']),
  phase: z.enum(runPhases),
  requestedBy: z.string().nullable(),
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  retryAt: timeSchema.nullable(),
  /** How many runs in a row have tried the same, this one counted. */
  attempt: z.number().int(),
  /** While Microsoft asks us to wait. */
  waitingUntil: timeSchema.nullable(),
  progress: z.object({
    peopleRead: z.number().int(),
    peopleExpected: z.number().int().nullable(),
    groupsRead: z.number().int(),
    /** When it was not read straight through: gone on with where it was stopped, or begun once more. */
    turn: z.object({ kind: z.enum(['resumed', 'again']), at: timeSchema }).nullable(),
  }),
  counts: z.object({
    /** People in scope after the run. */
    people: z.number().int(),
    newPeople: z.number().int(),
    changedUsers: z.number().int(),
    changedFields: z.number().int(),
    gone: z.number().int(),
    returned: z.number().int(),
    /** Absences and changes that it held. */
    held: z.number().int(),
    /** Held before, and no longer: the directory took it back. */
    holdsEnded: z.number().int(),
    issues: z.number().int(),
    requests: z.number().int(),
    /** How often the request was sent that the run failed with; 0 when it did not. */
    tries: z.number().int(),
  }),
  /** Which limits held it; empty when none did. */
  heldWhy: z.array(heldWhySchema),
  error: z
    .object({
      code: z.enum(errorCodes),
      detail: z.string().nullable(),
      /** Microsoft's. */
      graphRequestId: z.string().nullable(),
      /** Ours, which was sent along, when no answer came. */
      clientRequestId: z.string().nullable(),
    })
    .nullable(),
});
export type Run = z.infer<typeof runSchema>;

export const startRun = defineRoute({
  method: 'POST',
  path: base,
  access: 'users_and_teams',
  summary: 'Sync now',
  params: organisationParams,
  response: runSchema,
});
export const listRuns = defineRoute({
  method: 'GET',
  path: base,
  access: 'users_and_teams',
  summary: 'Runs, latest first',
  params: organisationParams,
  query: pageQuery.omit({ search: true }),
  response: pageOf(runSchema),
});
export const getRun = defineRoute({
  method: 'GET',
  path: `${base}/:id`,
  access: 'users_and_teams',
  summary: 'A run, with its progress',
  params: organisationParams.extend({ id: idSchema }),
  response: runSchema,
});
export const runChangeSchema = z.object({
  id: z.string(),
  appUserId: idSchema,
  displayName: z.string(),
  field: targetFieldSchema,
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export const listRunChanges = defineRoute({
  method: 'GET',
  path: `${base}/:id/changes`,
  access: 'users_and_teams',
  summary: 'What a run changed, person by person and field by field',
  params: organisationParams.extend({ id: idSchema }),
  query: pageQuery,
  response: pageOf(runChangeSchema),
});
export const listRunIssues = defineRoute({
  method: 'GET',
  path: `${base}/:id/issues`,
  access: 'users_and_teams',
  summary: 'People or fields that a run could not take care of',
  params: organisationParams.extend({ id: idSchema }),
  query: pageQuery.omit({ search: true }),
  response: pageOf(
    z.object({
      id: z.string(),
      code: z.enum([
        'value_too_long',
        'value_invalid',
        'attribute_refused',
        'group_gone',
        'email_taken',
        'number_taken',
      ]),
      subject: z.string(),
      /** Of a clash: who has the value, or would get it as well. */
      otherName: z.string().nullable(),
      field: targetFieldSchema.nullable(),
    }),
  ),
});
