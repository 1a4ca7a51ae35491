// History: what changed on people, and what administrators decided. Nothing of it is ever rewritten.
import { z } from 'zod';
import { idSchema, organisationParams, pageOf, pageQuery, timeSchema } from './common.ts';
import { defineRoute } from './route.ts';
import { targetFieldSchema } from './settings.ts';
import { exportBody } from './table-export.ts';

const base = '/api/v1/organisations/:organisationId/history';

/** Why a value changed: `approved` is what a run wanted and an administrator allowed, `system` the server itself. */
export const changeCauses = ['run', 'approved', 'link', 'create', 'edit', 'undo', 'decision', 'system'] as const;

// A year that the database has too.
const dateSchema = z.iso.date().regex(/^(19|20|21)/);
/** Days in the organisation's own time zone, both included. */
const span = { from: dateSchema.optional(), until: dateSchema.optional() };

export const changeFilter = z.object({
  appUserId: idSchema.optional(),
  field: targetFieldSchema.optional(),
  runId: idSchema.optional(),
  /** The administrator who made it. */
  actorId: idSchema.optional(),
  ...span,
});

export const historyChangeSchema = z.object({
  id: z.string(),
  at: timeSchema,
  person: z.object({ id: idSchema, displayName: z.string(), removed: z.boolean() }),
  field: targetFieldSchema,
  before: z.string().nullable(),
  after: z.string().nullable(),
  cause: z.enum(changeCauses),
  actorName: z.string().nullable(),
  /** The run that made it or wanted it. */
  run: z
    .object({
      id: idSchema,
      trigger: z.enum(['manual', 'nightly', 'retry', 'preview', 'person']),
      requestedBy: z.string().nullable(),
    })
    .nullable(),
});
export type HistoryChange = z.infer<typeof historyChangeSchema>;
export const listChanges = defineRoute({
  method: 'GET',
  path: `${base}/changes`,
  access: 'users_and_teams',
  summary: 'What changed, person by person and field by field, latest first; search in names and in how values begin',
  params: organisationParams,
  query: pageQuery.extend(changeFilter.shape),
  response: pageOf(historyChangeSchema),
});
export const exportChanges = defineRoute({
  method: 'POST',
  path: `${base}/changes/export`,
  access: 'users_and_teams',
  recentSignIn: true,
  summary: 'The same as a file, all of it',
  params: organisationParams,
  body: exportBody.extend({ search: pageQuery.shape.search, ...changeFilter.shape }),
  download: true,
});

export const exportRunChanges = defineRoute({
  method: 'POST',
  path: `${base}/runs/:id/export`,
  access: 'users_and_teams',
  recentSignIn: true,
  summary: 'What a run changed, as a file',
  params: organisationParams.extend({ id: idSchema }),
  body: exportBody.extend({ search: pageQuery.shape.search }),
  download: true,
});

/** What administrators do, by subject. */
export const decisionGroups = ['people', 'links', 'settings', 'connection', 'runs', 'exports'] as const;
export const decisionGroupSchema = z.enum(decisionGroups);
export const decisionFilter = z.object({
  group: decisionGroupSchema.optional(),
  actorId: idSchema.optional(),
  ...span,
});

/** Between attribute and rules, where a value is a coupled field: `jobTitle · always · keep`. */
export const mappingSeparator = ' · ';

export const decisionSchema = z.object({
  id: idSchema,
  at: timeSchema,
  actorName: z.string(),
  /** Room and past tense: `person.ignored`. One that the page has no words for is shown as it is. */
  action: z.string(),
  /** Whom it was about: how many, and the first of them by name. */
  people: z.object({ count: z.number().int(), names: z.array(z.string()) }).nullable(),
  /** What it was about otherwise: a team, a file. */
  subject: z.string().nullable(),
  /** What was said to it. */
  reason: z.string().nullable(),
  runId: idSchema.nullable(),
  /** Of settings: what they were and what they became, by Samsyn's own words for it. */
  changes: z.array(z.object({ what: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
});
export type Decision = z.infer<typeof decisionSchema>;
export const listDecisions = defineRoute({
  method: 'GET',
  path: `${base}/decisions`,
  access: 'users_and_teams',
  summary: 'What administrators did, latest first',
  params: organisationParams,
  query: pageQuery.omit({ search: true }).extend(decisionFilter.shape),
  response: pageOf(decisionSchema),
});
export const exportDecisions = defineRoute({
  method: 'POST',
  path: `${base}/decisions/export`,
  access: 'users_and_teams',
  recentSignIn: true,
  summary: 'The same as a file, all of it',
  params: organisationParams,
  body: exportBody.extend(decisionFilter.shape),
  download: true,
});

export const listHistoryActors = defineRoute({
  method: 'GET',
  path: `${base}/administrators`,
  access: 'users_and_teams',
  summary: 'Who has changed or decided something, by name, to filter by',
  params: organisationParams,
  response: z.object({ items: z.array(z.object({ id: idSchema, displayName: z.string() })) }),
});
