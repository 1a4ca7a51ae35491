// A preview: a run that reads Entra and works out everything, and changes nothing. Its rows stay until the next one.
import { z } from 'zod';
import { runSchema } from './api-runs.ts';
import { heldWhySchema } from './brake.ts';
import { idSchema, organisationParams, pageOf, pageQuery } from './common.ts';
import { defineRoute } from './route.ts';
import { exportBody } from './table-export.ts';
import { fieldsSettingsSchema, groupsSettingsSchema, targetFieldSchema } from './settings.ts';

const base = '/api/v1/organisations/:organisationId/connection/previews';
const previewParams = organisationParams.extend({ id: idSchema });

/** Settings that are not saved: what is left out counts as saved. */
export const draftSchema = z.object({
  groups: groupsSettingsSchema.optional(),
  fields: fieldsSettingsSchema.optional(),
});
export type Draft = z.infer<typeof draftSchema>;
export const startPreview = defineRoute({
  method: 'POST',
  path: base,
  access: 'users_and_teams',
  summary: 'Work out what a run would do, also with settings that are not saved. Followed like a run',
  params: organisationParams,
  body: z.object({ draft: draftSchema.optional() }),
  response: runSchema,
});

export const previewKinds = ['changed', 'new', 'gone', 'returned', 'clash'] as const;
export const previewKindSchema = z.enum(previewKinds);
export type PreviewKind = z.infer<typeof previewKindSchema>;

export const previewSchema = z.object({
  run: runSchema,
  /** Given back when the settings are saved: that approves exactly this. Null until it is worked out, or when it failed. */
  hash: z.string().nullable(),
  draft: draftSchema.nullable(),
  /** Whether the saved settings are still those that it was worked out beside. */
  isCurrent: z.boolean(),
  counts: z.object({
    /** People whom the changes concern; `changed` counts fields. */
    changedPeople: z.number().int(),
    changed: z.number().int(),
    new: z.number().int(),
    gone: z.number().int(),
    returned: z.number().int(),
    clash: z.number().int(),
    /** People in scope before and after. */
    peopleBefore: z.number().int(),
    people: z.number().int(),
  }),
  /** Changes by field; emptied are those among them that become empty, filled those that were. */
  fields: z.array(
    z.object({
      field: targetFieldSchema,
      changed: z.number().int(),
      filled: z.number().int(),
      emptied: z.number().int(),
    }),
  ),
  /** Which limits it meets: without an approval these parts would be held. */
  held: z.array(heldWhySchema),
});
export type Preview = z.infer<typeof previewSchema>;
export const getPreview = defineRoute({
  method: 'GET',
  path: `${base}/:id`,
  access: 'users_and_teams',
  summary: 'A preview, with its counts',
  params: previewParams,
  response: previewSchema,
});

export const previewRowSchema = z.object({
  /** Its place in the preview. */
  id: z.string(),
  kind: previewKindSchema,
  objectId: idSchema.nullable(),
  appUserId: idSchema.nullable(),
  displayName: z.string(),
  detail: z.string().nullable(),
  field: targetFieldSchema.nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** Of `gone` one of goneReasons, of `clash` the code of a run's issue. */
  reason: z.string().nullable(),
  held: z.boolean(),
});
export type PreviewRow = z.infer<typeof previewRowSchema>;
export const previewFilter = z.object({ kind: previewKindSchema.optional(), field: targetFieldSchema.optional() });
export const listPreviewRows = defineRoute({
  method: 'GET',
  path: `${base}/:id/rows`,
  access: 'users_and_teams',
  summary: 'What it would do, by kind and name; search in names and values',
  params: previewParams,
  query: pageQuery.extend(previewFilter.shape),
  response: pageOf(previewRowSchema),
});
export const exportPreview = defineRoute({
  method: 'POST',
  path: `${base}/:id/export`,
  access: 'users_and_teams',
  recentSignIn: true,
  summary: 'The preview as a file',
  params: previewParams,
  query: previewFilter,
  body: exportBody,
  download: true,
});
