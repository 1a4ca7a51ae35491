// The organisation, its app users and teams, its custom fields, and the contacts that everybody sees.
import { z } from 'zod';
import { emailSchema, idSchema, languageSchema, organisationParams, pageOf, pageQuery, timeSchema } from './common.ts';
import { permissionSchema } from './permissions.ts';
import { defineRoute } from './route.ts';
import { customFieldKeySchema, fieldValueMax, targetFieldSchema } from './settings.ts';

const base = '/api/v1/organisations/:organisationId';
const withId = organisationParams.extend({ id: idSchema });

/** Field values by target (`firstName`, `custom:costCentre`). Empty fields are absent. */
export const fieldsSchema = z.partialRecord(targetFieldSchema, z.string().max(fieldValueMax));

export const organisationSchema = z.object({
  id: idSchema,
  name: z.string(),
  language: languageSchema,
  timeZone: z.string(),
  country: z.string(),
});
export const getOrganisation = defineRoute({
  method: 'GET',
  path: base,
  access: 'member',
  summary: 'The organisation',
  params: organisationParams,
  response: organisationSchema,
});
export const updateOrganisation = defineRoute({
  method: 'PATCH',
  path: base,
  access: 'users_and_teams',
  summary: 'Change language and time zone of the organisation',
  params: organisationParams,
  body: z.object({ language: languageSchema.optional(), timeZone: z.string().max(64).optional() }),
  response: organisationSchema,
});

// -- contacts

export const contactRowSchema = z.object({
  id: idSchema,
  displayName: z.string(),
  jobTitle: z.string().nullable(),
  department: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
});
export const listContacts = defineRoute({
  method: 'GET',
  path: `${base}/contacts`,
  access: 'member',
  summary: 'Colleagues by name; search in name, e-mail, title, department and phone',
  params: organisationParams,
  query: pageQuery,
  response: pageOf(contactRowSchema),
});
export const contactCardSchema = z.object({
  id: idSchema,
  displayName: z.string(),
  fields: fieldsSchema,
  /** The custom fields' labels by key, for those that have a value. */
  customFields: z.array(z.object({ key: z.string(), label: z.string(), value: z.string() })),
  teams: z.array(z.string()),
  /** Set when the person is linked to Entra and the connection is on. */
  entra: z.object({ syncedAt: timeSchema.nullable(), fields: z.array(targetFieldSchema) }).nullable(),
});
export type ContactCard = z.infer<typeof contactCardSchema>;
export const getContact = defineRoute({
  method: 'GET',
  path: `${base}/contacts/:id`,
  access: 'member',
  summary: 'A contact card with all fields',
  params: withId,
  response: contactCardSchema,
});

// -- app users

export const appUserRowSchema = z.object({
  id: idSchema,
  displayName: z.string(),
  email: z.string().nullable(),
  signInEmail: z.string().nullable(),
  permissions: z.array(permissionSchema),
  linked: z.boolean(),
  teams: z.array(z.string()),
});
export const appUserSchema = appUserRowSchema.extend({
  fields: fieldsSchema,
  teamIds: z.array(idSchema),
  /** Fields that follow Entra for this person and cannot be edited here. */
  syncedFields: z.array(targetFieldSchema),
  /** Fields that are coupled for this person, followed or not: of these an exception can be made. */
  coupledFields: z.array(targetFieldSchema),
  /** Those that stand: the field does not follow Entra. */
  exceptions: z.array(
    z.object({
      field: targetFieldSchema,
      /** Who is responsible for it. */
      owner: z.object({ id: idSchema, displayName: z.string() }),
      reason: z.string(),
      /** The last day; null: until somebody ends it. */
      until: z.iso.date().nullable(),
    }),
  ),
  entra: z.object({ displayName: z.string(), userPrincipalName: z.string() }).nullable(),
  version: z.number().int(),
  createdAt: timeSchema,
});
export type AppUser = z.infer<typeof appUserSchema>;
export const listAppUsers = defineRoute({
  method: 'GET',
  path: `${base}/users`,
  access: 'users_and_teams',
  summary: 'App users by name',
  params: organisationParams,
  query: pageQuery.extend({ teamId: idSchema.optional() }),
  response: pageOf(appUserRowSchema),
});
export const createAppUser = defineRoute({
  method: 'POST',
  path: `${base}/users`,
  access: 'users_and_teams',
  summary: 'Create an app user by hand',
  params: organisationParams,
  body: z.object({
    fields: fieldsSchema,
    permissions: z.array(permissionSchema).default([]),
    teamIds: z.array(idSchema).max(100).default([]),
  }),
  response: appUserSchema,
});
export const getAppUser = defineRoute({
  method: 'GET',
  path: `${base}/users/:id`,
  access: 'users_and_teams',
  summary: 'An app user',
  params: withId,
  response: appUserSchema,
});
export const updateAppUser = defineRoute({
  method: 'PATCH',
  path: `${base}/users/:id`,
  access: 'users_and_teams',
  summary: 'Change an app user; `version` is the one that was read',
  params: withId,
  body: z.object({
    version: z.number().int(),
    /** null clears a field. */
    fields: z.partialRecord(targetFieldSchema, z.string().max(fieldValueMax).nullable()).optional(),
    permissions: z.array(permissionSchema).optional(),
    teamIds: z.array(idSchema).max(100).optional(),
  }),
  response: appUserSchema,
});
export const removeAppUser = defineRoute({
  method: 'DELETE',
  path: `${base}/users/:id`,
  access: 'users_and_teams',
  summary: 'Remove an app user (restorable; a sync never does this)',
  params: withId,
});
export const createPasswordLink = defineRoute({
  method: 'POST',
  path: `${base}/users/:id/password-link`,
  access: 'users_and_teams',
  recentSignIn: true,
  summary: 'Give the app user a sign-in: a link, shown once, by which the person chooses a password',
  params: withId,
  body: z.object({ signInEmail: emailSchema }),
  response: z.object({ url: z.string(), expiresAt: timeSchema }),
});
export const listAppUserHistory = defineRoute({
  method: 'GET',
  path: `${base}/users/:id/history`,
  access: 'users_and_teams',
  summary: 'What changed on the app user, field by field, latest first',
  params: withId,
  query: pageQuery.omit({ search: true }),
  response: pageOf(
    z.object({
      id: z.string(),
      at: timeSchema,
      field: targetFieldSchema,
      before: z.string().nullable(),
      after: z.string().nullable(),
      source: z.enum(['sync', 'person']),
      actorName: z.string().nullable(),
      runId: idSchema.nullable(),
    }),
  ),
});

// -- teams and custom fields

export const teamSchema = z.object({ id: idSchema, name: z.string(), members: z.number().int() });
export const listTeams = defineRoute({
  method: 'GET',
  path: `${base}/teams`,
  access: 'users_and_teams',
  summary: 'Teams by name',
  params: organisationParams,
  response: z.object({ items: z.array(teamSchema) }),
});
export const createTeam = defineRoute({
  method: 'POST',
  path: `${base}/teams`,
  access: 'users_and_teams',
  summary: 'Create a team',
  params: organisationParams,
  body: z.object({ name: z.string().trim().min(1).max(100) }),
  response: teamSchema,
});
export const updateTeam = defineRoute({
  method: 'PATCH',
  path: `${base}/teams/:id`,
  access: 'users_and_teams',
  summary: 'Rename a team or set its members',
  params: withId,
  body: z.object({
    name: z.string().trim().min(1).max(100).optional(),
    memberIds: z.array(idSchema).max(5000).optional(),
  }),
  response: teamSchema,
});
export const deleteTeam = defineRoute({
  method: 'DELETE',
  path: `${base}/teams/:id`,
  access: 'users_and_teams',
  summary: 'Delete a team; its members stay',
  params: withId,
});
export const listTeamMembers = defineRoute({
  method: 'GET',
  path: `${base}/teams/:id/members`,
  access: 'users_and_teams',
  summary: 'The members of a team',
  params: withId,
  response: z.object({ items: z.array(z.object({ id: idSchema, displayName: z.string() })) }),
});

export const customFieldSchema = z.object({ id: idSchema, key: customFieldKeySchema, label: z.string() });
export const listCustomFields = defineRoute({
  method: 'GET',
  path: `${base}/custom-fields`,
  access: 'member',
  summary: "The organisation's own fields",
  params: organisationParams,
  response: z.object({ items: z.array(customFieldSchema) }),
});
export const createCustomField = defineRoute({
  method: 'POST',
  path: `${base}/custom-fields`,
  access: 'users_and_teams',
  summary: 'Add a field of one’s own; the key is made from the label',
  params: organisationParams,
  body: z.object({ label: z.string().trim().min(1).max(60) }),
  response: customFieldSchema,
});
