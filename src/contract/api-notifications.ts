// *Notifikationer*: the inbox in the app.
import { z } from 'zod';
import { idSchema, organisationParams, pageOf, pageQuery, timeSchema } from './common.ts';
import { defineRoute } from './route.ts';

const base = '/api/v1/organisations/:organisationId/notifications';

/** What a notification is about; the words come from the catalogue, with `params`. */
export const notificationKinds = [
  'new_people', 'changed', 'gone', 'group_gone', 'group_back', 'run_held', 'hold_ended', 'run_failed', 'sync_degraded', 'connection_trouble', 'credential_expires', 'connected', 'connect_link_opened', 'connect_link_declined',
  'connect_link_waiting', 'connect_link_expired', 'connect_link_revoked', 'connect_awaits_operator', 'connect_refused', 'turned_off',
] as const; // prettier-ignore
export const notificationKindSchema = z.enum(notificationKinds);
export type NotificationKind = z.infer<typeof notificationKindSchema>;

/** Where it leads; the web app makes the address. */
export const notificationTargetSchema = z.enum(['available', 'gone', 'run', 'overview', 'connect']);
export type NotificationTarget = z.infer<typeof notificationTargetSchema>;

export const notificationSchema = z.object({
  id: idSchema,
  kind: notificationKindSchema,
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  target: notificationTargetSchema,
  targetId: z.string().nullable(),
  createdAt: timeSchema,
  readAt: timeSchema.nullable(),
});
export type Notification = z.infer<typeof notificationSchema>;

export const listNotifications = defineRoute({
  method: 'GET',
  path: base,
  access: 'member',
  summary: 'Own notifications, latest first',
  params: organisationParams,
  query: pageQuery.omit({ search: true }),
  response: pageOf(notificationSchema),
});
export const countUnread = defineRoute({
  method: 'GET',
  path: `${base}/unread`,
  access: 'member',
  summary: 'How many own notifications are unread',
  params: organisationParams,
  response: z.object({ unread: z.number().int() }),
});
export const markRead = defineRoute({
  method: 'POST',
  path: `${base}/read`,
  access: 'member',
  summary: 'Mark own notifications as read; without ids, all of them',
  params: organisationParams,
  body: z.object({ ids: z.array(idSchema).max(200).optional() }),
  response: z.object({ unread: z.number().int() }),
});
