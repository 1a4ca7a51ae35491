// A held run: which parts wait for a person, row by row, and what the person decides. There is at most one set of held rows for a
// connection: a later run adds to it, and what the directory takes back leaves it by itself.
import { z } from 'zod';
import { bulkResultSchema } from './api-review.ts';
import { brakeLimitsSchema, heldWhySchema } from './brake.ts';
import { idSchema, organisationParams, pageOf, pageQuery, selectionMax, timeSchema } from './common.ts';
import { defineRoute } from './route.ts';
import { targetFieldSchema } from './settings.ts';
import { goneReasonSchema } from './situations.ts';
import { exportBody } from './table-export.ts';

const base = '/api/v1/organisations/:organisationId/connection/held';

export const heldSchema = z.object({
  /** The run that first held something that still waits. */
  runId: idSchema,
  since: timeSchema,
  /** Of the rows that wait, as they are now: given back with a decision on all of them. */
  hash: z.string(),
  why: z.array(heldWhySchema),
  absences: z.number().int(),
  changes: z.number().int(),
  /** Rows that wait by field; emptied are those among them that would become empty. */
  fields: z.array(z.object({ field: targetFieldSchema, changes: z.number().int(), emptied: z.number().int() })),
  /** Dismissed rows that still stand: they are kept apart, and can be taken up again. */
  dismissed: z.number().int(),
});
export type Held = z.infer<typeof heldSchema>;
export const getHeld = defineRoute({
  method: 'GET',
  path: base,
  access: 'users_and_teams',
  summary: 'What waits for a decision; null when nothing does',
  params: organisationParams,
  response: z.object({ held: heldSchema.nullable() }),
});

/** `key` names the row in a decision. */
export const heldRowSchema = z.object({
  key: z.string(),
  kind: z.enum(['absence', 'change']),
  objectId: idSchema.nullable(),
  /** Null: nobody is linked to the person. */
  appUserId: idSchema.nullable(),
  displayName: z.string(),
  email: z.string().nullable(),
  /** Of an absence. `evidence` as on the list of those who are gone: deleted_items, not_found, out_of_scope. */
  reason: goneReasonSchema.nullable(),
  evidence: z.string().nullable(),
  since: timeSchema,
  /** Of a change. */
  field: targetFieldSchema.nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  decision: z.enum(['waiting', 'dismissed']).nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: timeSchema.nullable(),
});
export type HeldRow = z.infer<typeof heldRowSchema>;
export const heldFilter = z.object({
  kind: z.enum(['absence', 'change']).optional(),
  reason: goneReasonSchema.optional(),
  field: targetFieldSchema.optional(),
  dismissed: z.enum(['without', 'only']).default('without'),
});
export const listHeldRows = defineRoute({
  method: 'GET',
  path: `${base}/rows`,
  access: 'users_and_teams',
  summary: 'Held rows by name; search in name and values',
  params: organisationParams,
  query: pageQuery.extend(heldFilter.shape),
  response: pageOf(heldRowSchema),
});
export const exportHeldRows = defineRoute({
  method: 'POST',
  path: `${base}/export`,
  access: 'users_and_teams',
  recentSignIn: true,
  summary: 'The held rows as a file',
  params: organisationParams,
  query: heldFilter,
  body: exportBody,
  download: true,
});

export const decideHeld = defineRoute({
  method: 'POST',
  path: `${base}/decide`,
  access: 'users_and_teams',
  recentSignIn: true,
  summary:
    'Approve (done at once), wait (stays held), or dismiss (not done as long as the directory says the same) held rows, or take dismissed ones up again',
  params: organisationParams,
  body: z.object({
    decision: z.enum(['approve', 'wait', 'dismiss']),
    /** Keys, or all that wait: then with the hash that was shown; another one is refused as stale_version. */
    rows: z.union([z.array(z.string().max(100)).min(1).max(selectionMax), z.object({ all: z.string() })]),
  }),
  response: bulkResultSchema,
});

export const getBrakeLimits = defineRoute({
  method: 'GET',
  path: `${base}/limits`,
  access: 'users_and_teams',
  summary: 'From when on a run is held',
  params: organisationParams,
  response: z.object({ limits: brakeLimitsSchema, isDefault: z.boolean() }),
});
export const saveBrakeLimits = defineRoute({
  method: 'PUT',
  path: `${base}/limits`,
  access: 'users_and_teams',
  summary: 'Set from when on a run is held. Holds from the next run on',
  params: organisationParams,
  body: brakeLimitsSchema,
  response: z.object({ limits: brakeLimitsSchema, isDefault: z.boolean() }),
});
