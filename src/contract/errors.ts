// The closed list of what can go wrong for a user. The code is the translation key (i18n/*/errors.ts).
import { z } from 'zod';

/** Each code with the HTTP status that it is answered with. */
export const errorStatus = {
  // the door
  invalid_input: 400,
  not_signed_in: 401,
  wrong_credentials: 401,
  forbidden: 403,
  cross_site: 403,
  password_needed: 403,
  not_found: 404,
  too_many_requests: 429,
  payload_too_large: 413,
  internal: 500,
  database_unavailable: 503,
  storage_full: 503,
  server_read_only: 503,
  // people
  email_taken: 409,
  email_invalid: 400,
  name_taken: 409,
  stale_version: 409,
  last_administrator: 409,
  password_too_short: 400,
  sign_in_link_invalid: 410,
  custom_field_limit: 409,
  // connecting
  already_connected: 409,
  tenant_taken: 409,
  not_connected: 409,
  connect_link_invalid: 410,
  connect_link_reminded: 409,
  connect_flow_missing: 410,
  connect_declined: 409,
  connect_cancelled: 409,
  connect_role_missing: 403,
  connect_not_proved: 409,
  connect_guest: 403,
  connect_tenant_mismatch: 409,
  connect_permission_missing: 409,
  connect_refused: 403,
  connect_failed: 502,
  mail_not_sent: 502,
  // settings
  steps_missing: 409,
  group_unknown: 400,
  groups_empty: 400,
  field_unknown: 400,
  field_mapped_twice: 400,
  default_field_required: 400,
  recipient_unknown: 400,
  recipients_empty: 400,
  // Entra ID and Graph, by what to do about them
  graph_unreachable: 502,
  graph_busy: 503,
  graph_certificate: 502,
  graph_malformed: 502,
  graph_intercepted: 502,
  graph_too_large: 502,
  graph_foreign_link: 502,
  graph_loop: 502,
  graph_resync: 502,
  graph_consent_revoked: 409,
  graph_credentials_refused: 409,
  graph_credentials_expired: 409,
  graph_permission_missing: 409,
  graph_tenant_gone: 409,
  graph_request_refused: 502,
  // runs
  run_open: 409,
  run_interrupted: 500,
  run_superseded: 409,
  run_scope_group_hidden: 409,
  run_implausible: 409,
  run_unsafe: 500,
  plan_changed: 409,
  // review
  already_linked: 409,
  app_user_linked: 409,
  not_available: 409,
  not_gone: 409,
  cannot_remove_self: 409,
} as const;

export type ErrorCode = keyof typeof errorStatus;
export const errorCodes = Object.keys(errorStatus) as [ErrorCode, ...ErrorCode[]]; // keys of a const object are its codes

/** A person in Entra or with the credentials has to act: these block a connection and are told as trouble. All else may pass by itself. */
export const blockingCodes: ReadonlySet<ErrorCode> = new Set([
  'graph_consent_revoked',
  'graph_credentials_refused',
  'graph_credentials_expired',
  'graph_permission_missing',
  'graph_tenant_gone',
  // Not by itself: until somebody has looked, nothing more is asked (F24).
  'graph_foreign_link',
]);

/** The body of every answer that is not 2xx. `fields` names what in the input is wrong; `requestId` is ours, `graphRequestId` Microsoft's. */
export const errorBodySchema = z.object({
  error: z.object({
    code: z.enum(errorCodes),
    params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    fields: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    requestId: z.string().optional(),
    graphRequestId: z.string().optional(),
  }),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;

export interface AppErrorDetail {
  params?: Record<string, string | number>;
  fields?: { path: string; message: string }[];
  graphRequestId?: string;
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** What a room throws when it cannot do what was asked. Caught once: at the door, or in the run. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: AppErrorDetail;
  constructor(code: ErrorCode, detail: AppErrorDetail = {}) {
    super(code, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'AppError';
    this.code = code;
    this.detail = detail;
  }
}
