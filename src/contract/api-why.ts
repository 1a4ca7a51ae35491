// Why is this person (not) here? Everybody in Entra has an answer: from the mirror, or, if never read, from Entra itself.
import { z } from 'zod';
import { appPersonSchema, directoryPersonSchema } from './api-review.ts';
import { idSchema, organisationParams, searchSchema, timeSchema } from './common.ts';
import { defineRoute } from './route.ts';
import { goneReasonSchema, outOfScopeReasons, situations } from './situations.ts';

const base = '/api/v1/organisations/:organisationId/why';

const situationSchema = z.enum(situations);
export const searchWhy = defineRoute({
  method: 'GET',
  path: `${base}/people`,
  access: 'users_and_teams',
  summary: 'Anybody who was ever read from Entra ID, wherever they stand; at most 20',
  params: organisationParams,
  query: z.object({ search: searchSchema.optional() }),
  response: z.object({
    items: z.array(
      z.object({
        person: directoryPersonSchema,
        situation: situationSchema.nullable(),
        inScope: z.boolean(),
      }),
    ),
  }),
});

/** A way from a chosen group to the person, through the groups within it, outermost first. */
export const groupPathSchema = z.object({
  groups: z.array(z.object({ id: idSchema, name: z.string() })).min(1),
});
export type GroupPath = z.infer<typeof groupPathSchema>;

export const whySchema = z.object({
  person: directoryPersonSchema,
  situation: situationSchema.nullable(),
  /** How many app users it may be. */
  candidates: z.number().int(),
  scope: z.object({
    isIn: z.boolean(),
    since: timeSchema,
    rule: z.enum(['all', 'groups']),
    outReason: z.enum(outOfScopeReasons).nullable(),
    includeGuests: z.boolean(),
    includeDisabled: z.boolean(),
    isGuest: z.boolean(),
    isDisabled: z.boolean(),
  }),
  /** The shortest way in for each chosen group that has one. */
  paths: z.array(groupPathSchema),
  /** Groups that the person is directly in, by name, chosen or not; empty where groups are not read. */
  groups: z.array(z.string()),
  chosenGroups: z.number().int(),
  /** Chosen groups that are gone from Entra, through which the person counts for the time being (F8). */
  goneGroups: z.array(z.object({ name: z.string(), since: timeSchema })),
  deleted: z
    .object({ reason: z.enum(['deleted', 'purged']), since: timeSchema, evidence: z.string().nullable() })
    .nullable(),
  /** The directory says that the person is gone, and the brake waits for a decision. */
  held: z
    .object({
      reason: goneReasonSchema,
      since: timeSchema,
      evidence: z.string().nullable(),
      decision: z.enum(['waiting', 'dismissed']).nullable(),
      decidedBy: z.string().nullable(),
    })
    .nullable(),
  ignored: z.object({ at: timeSchema, by: z.string().nullable(), reason: z.string().nullable() }).nullable(),
  link: z.object({ appUser: appPersonSchema, at: timeSchema, by: z.string().nullable() }).nullable(),
  /** An administrator keeps the app user although the person is gone. */
  kept: z.object({ at: timeSchema, by: z.string().nullable() }).nullable(),
  firstSeenAt: timeSchema,
  readAt: timeSchema.nullable(),
});
export type Why = z.infer<typeof whySchema>;
export const getWhy = defineRoute({
  method: 'GET',
  path: `${base}/people/:id`,
  access: 'users_and_teams',
  summary: 'Why somebody is here or is not, by Entra object id',
  params: organisationParams.extend({ id: idSchema }),
  response: whySchema,
});

/** Somebody whom no run has read: what Entra says now. */
export const unreadPersonSchema = z.object({
  id: idSchema,
  displayName: z.string(),
  mail: z.string().nullable(),
  userPrincipalName: z.string().nullable(),
  isGuest: z.boolean(),
  isDisabled: z.boolean(),
  /** In Entra's deleted items. */
  isDeleted: z.boolean(),
  /** Read by a run after all: then getWhy knows more. */
  isRead: z.boolean(),
});
export type UnreadPerson = z.infer<typeof unreadPersonSchema>;
export const askEntra = defineRoute({
  method: 'GET',
  path: `${base}/entra`,
  access: 'users_and_teams',
  summary: 'Looks in Entra ID itself, by name, address or object id; at most 20',
  params: organisationParams,
  query: z.object({ search: searchSchema.min(1) }),
  response: z.object({
    items: z.array(unreadPersonSchema),
    /** By what rule such people count once they are read. */
    rule: z.enum(['all', 'groups']).nullable(),
    includeGuests: z.boolean(),
    includeDisabled: z.boolean(),
    /** Of the last run; null before the first. */
    readAt: timeSchema.nullable(),
  }),
});
