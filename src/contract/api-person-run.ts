// One person now: a run that asks Entra about a single person, at once, with what it found and did step by step.
import { z } from 'zod';
import { runSchema } from './api-runs.ts';
import { whySchema } from './api-why.ts';
import { idSchema, organisationParams } from './common.ts';
import { defineRoute } from './route.ts';
import { targetFieldSchema } from './settings.ts';

const base = '/api/v1/organisations/:organisationId/connection/person-runs';

/** What the run keeps of its steps: what Entra said of the person, and in which groups it says they are, directly or through others; null: not asked. */
export const personStepsSchema = z.object({
  entra: z.enum(['present', 'deleted', 'missing']).nullable(),
  groups: z.array(z.string()).nullable(),
});
export type PersonSteps = z.infer<typeof personStepsSchema>;

export const personRunSchema = z.object({
  run: runSchema,
  /** The Entra object id. */
  objectId: idSchema,
  displayName: z.string(),
  appUserId: idSchema.nullable(),
  steps: personStepsSchema,
  /** Where the person stands now, with the ways through groups; null while nobody has read the person. */
  why: whySchema.nullable(),
  changes: z.array(z.object({ field: targetFieldSchema, before: z.string().nullable(), after: z.string().nullable() })),
  /** Changes of fields that wait for a decision. */
  heldFields: z.array(targetFieldSchema),
  issues: z.array(
    z.object({
      code: z.enum(['value_too_long', 'value_invalid', 'attribute_refused', 'email_taken', 'number_taken']),
      field: targetFieldSchema.nullable(),
      otherName: z.string().nullable(),
    }),
  ),
});
export type PersonRun = z.infer<typeof personRunSchema>;

export const startPersonRun = defineRoute({
  method: 'POST',
  path: base,
  access: 'users_and_teams',
  summary: 'Sync one person now, by Entra object id or by app user',
  params: organisationParams,
  body: z.union([z.strictObject({ objectId: idSchema }), z.strictObject({ appUserId: idSchema })]),
  response: personRunSchema,
});
export const getPersonRun = defineRoute({
  method: 'GET',
  path: `${base}/:id`,
  access: 'users_and_teams',
  summary: 'The sync of one person, step by step',
  params: organisationParams.extend({ id: idSchema }),
  response: personRunSchema,
});
