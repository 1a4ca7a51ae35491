// Signing in, and what the signed-in person may open.
import { z } from 'zod';
import { idSchema, languageSchema } from './common.ts';
import { permissionSchema } from './permissions.ts';
import { defineRoute } from './route.ts';

export const sessionSchema = z.object({
  account: z.object({ id: z.string(), email: z.string(), name: z.string(), language: languageSchema.nullable() }),
  /** The organisations that one belongs to, by name. */
  organisations: z.array(
    z.object({
      id: idSchema,
      name: z.string(),
      language: languageSchema,
      appUserId: idSchema,
      displayName: z.string(),
      permissions: z.array(permissionSchema),
      unread: z.number().int(),
    }),
  ),
});
export type Session = z.infer<typeof sessionSchema>;

export const signIn = defineRoute({
  method: 'POST',
  path: '/api/v1/session',
  access: 'public',
  summary: 'Sign in with e-mail and password',
  body: z.object({ email: z.string().max(254), password: z.string().max(256) }),
  response: sessionSchema,
});
export const getSession = defineRoute({
  method: 'GET',
  path: '/api/v1/session',
  access: 'signed-in',
  summary: 'The signed-in account and its organisations',
  response: sessionSchema,
});
export const updateSession = defineRoute({
  method: 'PATCH',
  path: '/api/v1/session',
  access: 'signed-in',
  summary: 'Choose the language of the interface',
  body: z.object({ language: languageSchema }),
  response: sessionSchema,
});
/** Gives a new session in place of the present one: what asks for a recent sign-in then works for some minutes. */
export const confirmPassword = defineRoute({
  method: 'POST',
  path: '/api/v1/session/confirm',
  access: 'signed-in',
  summary: 'Give the password once more, before something that matters',
  body: z.object({ password: z.string().max(256) }),
});
export const signOut = defineRoute({
  method: 'DELETE',
  path: '/api/v1/session',
  access: 'signed-in',
  summary: 'Sign out',
});

/** What the sign-in page may show before anybody signed in. `demo` names the demo sign-ins and the demo directory. */
export const getServerInfo = defineRoute({
  method: 'GET',
  path: '/api/v1/server',
  access: 'public',
  summary: 'Name and version of the server, and the demo sign-ins when it runs the demo',
  response: z.object({
    version: z.string(),
    /** Set when the server shows and changes nothing, because the key of its secrets is missing or another one (F69). */
    readOnly: z.enum(['key_missing', 'key_wrong']).nullable(),
    demo: z
      .object({
        directoryUrl: z.string(),
        password: z.string(),
        accounts: z.array(
          z.object({ email: z.string(), name: z.string(), role: z.enum(['administrator', 'colleague']) }),
        ),
      })
      .nullable(),
  }),
});

/** The link by which a new app user chooses a password. The token travels in the body only. */
export const usePasswordLink = defineRoute({
  method: 'POST',
  path: '/api/v1/password-link',
  access: 'public',
  summary: 'Choose a password by a link from an administrator',
  body: z.object({ token: z.string().max(200), password: z.string().max(256) }),
});
