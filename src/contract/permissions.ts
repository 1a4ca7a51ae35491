// What an app user may do beyond reading contacts and own notifications.
import { z } from 'zod';

/** `users_and_teams` is *Användare & Team*: the users and teams of the organisation, and everything about Entra ID. */
export const permissions = ['users_and_teams'] as const;
export const permissionSchema = z.enum(permissions);
export type Permission = z.infer<typeof permissionSchema>;

/** What the app asks for in Entra ID, and nothing else: both only read (T25). */
export const entraPermissions = ['User.Read.All', 'GroupMember.Read.All'] as const;
