// *Hantera användare*: the review lists and what an administrator does with the people on them.
import { z } from 'zod';
import { accountFilters, markedSchema } from './account-marks.ts';
import { idSchema, organisationParams, pageOf, pageQuery, searchSchema, selectionMax, timeSchema } from './common.ts';
import { defineRoute } from './route.ts';
import { goneReasonSchema, matchReasonSchema, returningReasons, reviewListSchema } from './situations.ts';

const base = '/api/v1/organisations/:organisationId/review';

export const reviewCountsSchema = z.object({
  linked: z.number().int(),
  suggested: z.number().int(),
  available: z.number().int(),
  ignored: z.number().int(),
  gone: z.number().int(),
  app_only: z.number().int(),
  /** Somebody new who may be a linked person who is gone; they stand on `suggested` or `available` as well. */
  returning: z.number().int(),
  /** People in the mirror and in scope; null before the first run. */
  people: z.number().int().nullable(),
});
export const getReviewCounts = defineRoute({
  method: 'GET',
  path: `${base}/counts`,
  access: 'users_and_teams',
  summary: 'How many people stand on each list',
  params: organisationParams,
  response: reviewCountsSchema,
});

export const directoryPersonSchema = z.object({
  /** The Entra object id. */
  id: idSchema,
  displayName: z.string(),
  mail: z.string().nullable(),
  userPrincipalName: z.string(),
  jobTitle: z.string().nullable(),
  department: z.string().nullable(),
  /** What kind of account it is or seems to be, and what shows it, strongest first. */
  marks: z.array(markedSchema),
});
export const appPersonSchema = z.object({ id: idSchema, displayName: z.string(), email: z.string().nullable() });
export const candidateSchema = appPersonSchema.extend({ reasons: z.array(matchReasonSchema) });

/** One row of any list: which members are set depends on the list. */
export const reviewRowSchema = z.object({
  person: directoryPersonSchema.nullable(),
  appUser: appPersonSchema.nullable(),
  candidates: z.array(candidateSchema),
  gone: z
    .object({ reason: goneReasonSchema, since: timeSchema, evidence: z.string(), keptAt: timeSchema.nullable() })
    .nullable(),
  ignored: z.object({ at: timeSchema, by: z.string().nullable(), reason: z.string().nullable() }).nullable(),
  linkedAt: timeSchema.nullable(),
});
export type ReviewRow = z.infer<typeof reviewRowSchema>;
export const listReview = defineRoute({
  method: 'GET',
  path: `${base}/lists/:list`,
  access: 'users_and_teams',
  summary: 'A review list by name; search in name, e-mail and user name, and narrow down by kind of account',
  params: organisationParams.extend({ list: reviewListSchema }),
  query: pageQuery.extend({
    /** Only for `gone`: also those that an administrator chose to keep. */
    kept: z.enum(['without', 'only']).default('without'),
    /** Only people, or only accounts of one kind; not for `app_only`, where there are none of Entra's. */
    account: z.enum(accountFilters).optional(),
  }),
  response: pageOf(reviewRowSchema),
});

const objectIds = z.array(idSchema).min(1).max(selectionMax);
/** How many were done, and who could not be, with a reason each (codes of errors.ts). */
export const bulkResultSchema = z.object({
  done: z.number().int(),
  refused: z.array(z.object({ id: idSchema, name: z.string(), code: z.string() })),
});
export type BulkResult = z.infer<typeof bulkResultSchema>;

const action = <const P extends string, B extends z.ZodType>(name: P, summary: string, body: B) =>
  defineRoute({
    method: 'POST',
    path: `${base}/${name}`,
    access: 'users_and_teams',
    summary,
    params: organisationParams,
    body,
    response: bulkResultSchema,
  });

export const link = action(
  'link',
  'Link app users to Entra users. Their coupled fields follow Entra from then on',
  z.object({
    pairs: z
      .array(z.object({ objectId: idSchema, appUserId: idSchema }))
      .min(1)
      .max(selectionMax),
  }),
);
export const unlink = action(
  'unlink',
  'Undo links; the app users stay as they are',
  z.object({ appUserIds: objectIds }),
);
export const create = action('create', 'Create app users from Entra users and link them', z.object({ objectIds }));
export const ignore = action(
  'ignore',
  'Mark Entra users as ignored',
  z.object({ objectIds, reason: searchSchema.optional() }),
);
export const restore = action('restore', 'Stop ignoring Entra users', z.object({ objectIds }));
export const keep = action('keep', 'Keep app users whose Entra users are gone', z.object({ appUserIds: objectIds }));
export const unkeep = action('unkeep', 'Put kept app users back on the list', z.object({ appUserIds: objectIds }));
export const remove = action(
  'remove',
  'Remove app users whose Entra users are gone',
  z.object({ appUserIds: objectIds }),
);

// -- returning people

export const returningSchema = z.object({
  /** The new entry in Entra. */
  person: directoryPersonSchema,
  /** Linked to the entry that is gone, whose link can move. */
  appUser: appPersonSchema,
  from: z.object({ id: idSchema, displayName: z.string(), reason: goneReasonSchema, since: timeSchema }),
  reasons: z.array(z.enum(returningReasons)),
});
export type Returning = z.infer<typeof returningSchema>;
export const listReturning = defineRoute({
  method: 'GET',
  path: `${base}/returning`,
  access: 'users_and_teams',
  summary: 'New people in Entra who have the address or the number of a linked person who is gone',
  params: organisationParams,
  query: pageQuery,
  response: pageOf(returningSchema),
});
export const moveLinks = action(
  'move',
  'Move links from entries that are gone to new ones; the app users keep their history',
  z.object({
    pairs: z
      .array(z.object({ objectId: idSchema, appUserId: idSchema }))
      .min(1)
      .max(selectionMax),
  }),
);

export const searchAppUsers = defineRoute({
  method: 'GET',
  path: `${base}/app-users`,
  access: 'users_and_teams',
  summary: 'App users without a link, to link by hand; at most 20',
  params: organisationParams,
  query: z.object({ search: searchSchema.optional() }),
  response: z.object({ items: z.array(appPersonSchema) }),
});
/** The other way round: Entra users for an app user that stands alone. */
export const searchDirectory = defineRoute({
  method: 'GET',
  path: `${base}/directory`,
  access: 'users_and_teams',
  summary: 'Entra users without a link, in scope; at most 20',
  params: organisationParams,
  query: z.object({ search: searchSchema.optional() }),
  response: z.object({ items: z.array(directoryPersonSchema) }),
});
