// Taking back: a whole run, one person's changes of it, a bulk action of *Hantera användare*, or an earlier taking back.
import { z } from 'zod';
import { idSchema, organisationParams, pageOf, pageQuery, selectionMax, timeSchema } from './common.ts';
import { defineRoute } from './route.ts';
import { targetFieldSchema } from './settings.ts';

const base = '/api/v1/organisations/:organisationId/undo';

/** What is taken back: `deed` is an audit event of linking, unlinking or creating. */
export const undoKindSchema = z.enum(['run', 'deed', 'undo']);
export type UndoKind = z.infer<typeof undoKindSchema>;
const of = organisationParams.extend({ kind: undoKindSchema, id: idSchema });
const onePerson = z.object({ appUserId: idSchema.optional() });

export const undoPlanSchema = z.object({
  /** What would be put back as it was. */
  fields: z.number().int(),
  links: z.number().int(),
  createdUsers: z.number().int(),
  /** Of all these: what somebody or another run has changed since, and is left alone unless it is named. */
  changedSince: z.number().int(),
  /** What was taken back before. */
  undone: z.number().int(),
  last: z.object({ at: timeSchema, by: z.string().nullable(), undoId: idSchema }).nullable(),
});
export type UndoPlan = z.infer<typeof undoPlanSchema>;
export const getUndoPlan = defineRoute({
  method: 'GET',
  path: `${base}/:kind/:id`,
  access: 'users_and_teams',
  summary: 'What taking back would do, for all or for one person',
  params: of,
  query: onePerson,
  response: undoPlanSchema,
});

export const undoRowSchema = z.object({
  /** Names the row in `overwrite`. */
  key: z.string(),
  what: z.enum(['field', 'link', 'created_user']),
  appUserId: idSchema,
  displayName: z.string(),
  field: targetFieldSchema.nullable(),
  /** As it is, and as it would be: of a link or a created user null. */
  now: z.string().nullable(),
  back: z.string().nullable(),
  changedSince: z.boolean(),
});
export type UndoRow = z.infer<typeof undoRowSchema>;
export const listUndoRows = defineRoute({
  method: 'GET',
  path: `${base}/:kind/:id/rows`,
  access: 'users_and_teams',
  summary: 'The same row by row; what was changed since first',
  params: of,
  query: pageQuery.extend(onePerson.shape),
  response: pageOf(undoRowSchema),
});

export const undo = defineRoute({
  method: 'POST',
  path: `${base}/:kind/:id`,
  access: 'users_and_teams',
  summary: 'Take back. What was changed since stays as it is, but for the rows in `overwrite`',
  params: of,
  body: z.object({
    appUserId: idSchema.optional(),
    overwrite: z.array(z.string().max(100)).max(selectionMax).default([]),
  }),
  response: z.object({
    undoId: idSchema,
    fields: z.number().int(),
    links: z.number().int(),
    createdUsers: z.number().int(),
    /** Changed since, and left alone. */
    leftAlone: z.number().int(),
  }),
});
