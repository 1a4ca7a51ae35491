// Exceptions: a field of one app user that does not follow Entra, although it is coupled.
import { z } from 'zod';
import { appUserSchema } from './api-people.ts';
import { idSchema, organisationParams } from './common.ts';
import { defineRoute } from './route.ts';
import { targetFieldSchema } from './settings.ts';

const base = '/api/v1/organisations/:organisationId/users/:id/exceptions';
const withId = organisationParams.extend({ id: idSchema });

export const makeException = defineRoute({
  method: 'POST',
  path: base,
  access: 'users_and_teams',
  summary: 'Let a coupled field of one app user stand as it is, whatever Entra says; replaces an exception that stands',
  params: withId,
  body: z.object({
    field: targetFieldSchema,
    reason: z.string().trim().min(1).max(200),
    /** Who is responsible for it; without it whoever makes it. */
    ownerId: idSchema.optional(),
    /** The last day, in the organisation's time zone; null: until somebody ends it. */
    until: z.iso.date().nullable(),
  }),
  response: appUserSchema,
});
export const endException = defineRoute({
  method: 'POST',
  path: `${base}/end`,
  access: 'users_and_teams',
  summary: "End an exception: the next run writes Entra's value again",
  params: withId,
  body: z.object({ field: targetFieldSchema }),
  response: appUserSchema,
});
