// Connecting to Entra ID, the four steps of settings, and turning off.
import { z } from 'zod';
import { emailSchema, idSchema, organisationParams, searchSchema, timeSchema } from './common.ts';
import { errorCodes } from './errors.ts';
import { defineRoute } from './route.ts';
import {
  fieldsSettingsSchema,
  sourceAttributeSchema,
  groupsSettingsSchema,
  mappingSchema,
  noticesSettingsSchema,
  scheduleSettingsSchema,
  stepSchema,
} from './settings.ts';

const base = '/api/v1/organisations/:organisationId/connection';

/** A chosen group that Entra no longer has. Who counted through it stays in scope until it is back or no longer chosen. */
export const goneGroupSchema = z.object({
  id: idSchema,
  name: z.string(),
  since: timeSchema,
  /** The last run found it again. */
  backAt: timeSchema.nullable(),
  /** Linked people who would leave the scope if it were no longer chosen. */
  leaving: z.number().int(),
});
export type GoneGroup = z.infer<typeof goneGroupSchema>;

/** configuring: consent given, steps not all done · active · blocked: needs a person in Entra (see `trouble`). */
export const connectionSchema = z.object({
  id: idSchema,
  status: z.enum(['configuring', 'active', 'blocked']),
  trouble: z.object({ code: z.enum(errorCodes), since: timeSchema, graphRequestId: z.string().nullable() }).nullable(),
  tenantId: idSchema,
  tenantName: z.string(),
  /** The default domain first. */
  tenantDomains: z.array(z.string()),
  consentedBy: z.string(),
  consentedAt: timeSchema,
  /** When the certificate or secret by which this server signs in at Microsoft runs out; null when it does not know. */
  credentialExpiresAt: timeSchema.nullable(),
  stepsDone: z.array(stepSchema),
  /** Null until the step is saved. */
  mode: z.enum(['manual', 'daily']).nullable(),
  /** The coming nightly run, when mode is daily; null, too, when trouble keeps nights from asking until a person has. */
  nextRunAt: timeSchema.nullable(),
  scope: z.enum(['all', 'groups']).nullable(),
  groupNames: z.array(z.string()),
  goneGroups: z.array(goneGroupSchema),
  mappingCount: z.number().int(),
  recipients: z.object({ appUsers: z.number().int(), emails: z.number().int() }),
});
export type Connection = z.infer<typeof connectionSchema>;

export const getConnection = defineRoute({
  method: 'GET',
  path: base,
  access: 'users_and_teams',
  summary: 'The connection, or null while there is none; `earlier` tells of one that was turned off',
  params: organisationParams,
  response: z.object({
    connection: connectionSchema.nullable(),
    earlier: z.object({ tenantName: z.string(), turnedOffAt: timeSchema, links: z.number().int() }).nullable(),
    /** A consent that is proved and waits for the operator's approval. */
    awaiting: z.object({ tenantName: z.string(), signerName: z.string(), since: timeSchema }).nullable(),
  }),
});

/** Turning off deletes nothing: app users, links, ignored marks and history stay. */
export const turnOff = defineRoute({
  method: 'POST',
  path: `${base}/turn-off`,
  access: 'users_and_teams',
  summary: 'Turn the sync off',
  params: organisationParams,
});

// -- connecting

export const startSignIn = defineRoute({
  method: 'POST',
  path: `${base}/sign-in`,
  access: 'users_and_teams',
  recentSignIn: true,
  summary: 'Begin to connect: the address of Microsoft’s sign-in',
  params: organisationParams,
  response: z.object({ redirectUrl: z.string() }),
});

const linkStates = [
  'created',
  'opened',
  'waiting',
  'waiting_operator',
  'declined',
  'refused',
  'used',
  'expired',
  'revoked',
] as const;

/** What can happen to a link; `by` is a person in the app or in Entra, `address` where the reminder went. */
export const connectLinkEventSchema = z.object({
  kind: z.enum([...linkStates, 'reminded']),
  at: timeSchema,
  by: z.string().nullable(),
  address: z.string().nullable(),
  /** Of `used`: what was granted in Entra, by its names there. */
  permissions: z.array(z.string()),
});
export type ConnectLinkEvent = z.infer<typeof connectLinkEventSchema>;
/**
 * waiting: who signed in may not grant, and somebody else has to · waiting_operator: granted, and the operator has to approve ·
 * refused: the operator said no.
 */
export const connectLinkSchema = z.object({
  id: idSchema,
  state: z.enum(linkStates),
  createdBy: z.string(),
  createdAt: timeSchema,
  expiresAt: timeSchema,
  /** Somebody can still do something with it. */
  isOpen: z.boolean(),
  /** One reminder can be sent, while the link is open. */
  canRemind: z.boolean(),
  /** In the order in which it happened. */
  events: z.array(connectLinkEventSchema),
});
export type ConnectLink = z.infer<typeof connectLinkSchema>;
export const listConnectLinks = defineRoute({
  method: 'GET',
  path: `${base}/links`,
  access: 'users_and_teams',
  summary: 'The links of the last 30 days, latest first',
  params: organisationParams,
  response: z.object({ items: z.array(connectLinkSchema) }),
});
/** One link is active at a time: an earlier one is revoked. The address is shown this once. */
export const createConnectLink = defineRoute({
  method: 'POST',
  path: `${base}/links`,
  access: 'users_and_teams',
  recentSignIn: true,
  summary: 'Generate a link for a colleague',
  params: organisationParams,
  response: z.object({ url: z.string(), link: connectLinkSchema }),
});
/**
 * The mail holds a new address, and the one before stops working: only hashes are kept, so that the earlier one cannot be sent again.
 * At most one a link. Fails with mail_not_sent when the mail server did not take it; nothing has changed then.
 */
export const remindConnectLink = defineRoute({
  method: 'POST',
  path: `${base}/links/:id/reminder`,
  access: 'users_and_teams',
  recentSignIn: true,
  summary: 'Send the colleague one reminder, with a new address for the link',
  params: organisationParams.extend({ id: idSchema }),
  body: z.object({ email: emailSchema }),
  response: connectLinkSchema,
});
export const revokeConnectLink = defineRoute({
  method: 'DELETE',
  path: `${base}/links/:id`,
  access: 'users_and_teams',
  summary: 'Revoke a link',
  params: organisationParams.extend({ id: idSchema }),
});

/** The colleague's landing page. Unknown, used, expired and revoked links all answer connect_link_invalid. */
export const openConnectLink = defineRoute({
  method: 'POST',
  path: '/api/v1/connect-link/open',
  access: 'public',
  summary: 'Open a connect link: who asks, for which organisation. Binds the link to this browser',
  body: z.object({ token: z.string().max(200) }),
  response: z.object({
    organisationName: z.string(),
    askedBy: z.object({ name: z.string(), email: z.string().nullable() }),
    expiresAt: timeSchema,
  }),
});
export const startLinkSignIn = defineRoute({
  method: 'POST',
  path: '/api/v1/connect-link/sign-in',
  access: 'public',
  summary: 'Begin to connect by the link that this browser opened',
  response: z.object({ redirectUrl: z.string() }),
});
export const declineConnectLink = defineRoute({
  method: 'POST',
  path: '/api/v1/connect-link/decline',
  access: 'public',
  summary: 'Decline: the asker is told',
});

/** The flow that this browser is in. `confirm`: signed in, tenant known · `proving`: consent given, waiting for Microsoft. */
export const connectFlowSchema = z.object({
  /** `waiting`: proved, and the operator has to approve. */
  step: z.enum(['confirm', 'consent', 'proving', 'waiting', 'connected', 'failed']),
  error: z.object({ code: z.enum(errorCodes), graphRequestId: z.string().nullable() }).nullable(),
  organisationId: idSchema,
  organisationName: z.string(),
  tenantId: idSchema.nullable(),
  tenantName: z.string().nullable(),
  /** Domain of the signer's sign-in name. */
  tenantDomain: z.string().nullable(),
  signerName: z.string().nullable(),
  /** Whether the signer's roles (a hint only) allow consent. */
  signerMayConsent: z.boolean().nullable(),
  /** T3: the asker's mail domain is none of the tenant's: the organisation's name must be typed. */
  nameMustBeTyped: z.boolean(),
  /** True in the colleague's browser: there is no app to go back to. */
  byLink: z.boolean(),
});
export type ConnectFlow = z.infer<typeof connectFlowSchema>;
export const getConnectFlow = defineRoute({
  method: 'GET',
  path: '/api/v1/connect-flow',
  access: 'public',
  summary: 'The state of the connecting that this browser is in the middle of',
  response: connectFlowSchema,
});
export const confirmConnectFlow = defineRoute({
  method: 'POST',
  path: '/api/v1/connect-flow/confirm',
  access: 'public',
  summary: '“Connect tenant X to organisation Y”: the address of Microsoft’s consent page',
  body: z.object({ typedName: z.string().max(200).optional() }),
  response: z.object({ redirectUrl: z.string() }),
});
export const cancelConnectFlow = defineRoute({
  method: 'POST',
  path: '/api/v1/connect-flow/cancel',
  access: 'public',
  summary: 'Leave the connecting; nothing is changed',
});

// -- settings

/** Each part is null until its step has been saved once. `proposal` holds an earlier connection's settings, never applied by themselves. */
export const connectionSettingsSchema = z.object({
  /** Coupled attributes that Microsoft would not give in the last run: their fields stand still. */
  refusedSources: z.array(sourceAttributeSchema),
  groups: groupsSettingsSchema.nullable(),
  fields: fieldsSettingsSchema.nullable(),
  notices: noticesSettingsSchema.nullable(),
  schedule: scheduleSettingsSchema.nullable(),
  proposal: z
    .object({
      groups: groupsSettingsSchema.nullable(),
      fields: fieldsSettingsSchema.nullable(),
      notices: noticesSettingsSchema.nullable(),
      schedule: scheduleSettingsSchema.nullable(),
    })
    .nullable(),
});
export type ConnectionSettings = z.infer<typeof connectionSettingsSchema>;
export const getSettings = defineRoute({
  method: 'GET',
  path: `${base}/settings`,
  access: 'users_and_teams',
  summary: 'The four steps as saved',
  params: organisationParams,
  response: connectionSettingsSchema,
});
const saved = z.object({ stepsDone: z.array(stepSchema) });
/** The preview that the administrator saw: saving approves exactly its plan. Refused as plan_changed when it is not of these settings. */
const approvesSchema = z.object({ previewId: idSchema, hash: z.string().max(100) });
export const saveGroups = defineRoute({
  method: 'PUT',
  path: `${base}/settings/groups`,
  access: 'users_and_teams',
  summary: 'Choose which people count. Takes effect with the next run',
  params: organisationParams,
  body: groupsSettingsSchema.extend({ approves: approvesSchema.optional() }),
  response: saved,
});
export const saveFields = defineRoute({
  method: 'PUT',
  path: `${base}/settings/fields`,
  access: 'users_and_teams',
  summary: 'Choose which attributes are synced. Takes effect with the next run',
  params: organisationParams,
  body: z.object({ mappings: z.array(mappingSchema), approves: approvesSchema.optional() }),
  response: saved,
});
export const saveNotices = defineRoute({
  method: 'PUT',
  path: `${base}/settings/notices`,
  access: 'users_and_teams',
  summary: 'Choose who is told of changes',
  params: organisationParams,
  body: noticesSettingsSchema,
  response: saved,
});
export const saveSchedule = defineRoute({
  method: 'PUT',
  path: `${base}/settings/schedule`,
  access: 'users_and_teams',
  summary: 'Choose manual or daily sync',
  params: organisationParams,
  body: scheduleSettingsSchema,
  response: saved,
});

export const directoryGroupSchema = z.object({
  id: idSchema,
  name: z.string(),
  description: z.string().nullable(),
  /** People in the group, nested ones counted; null when Microsoft did not say. */
  people: z.number().int().nullable(),
});
export const searchGroups = defineRoute({
  method: 'GET',
  path: `${base}/groups`,
  access: 'users_and_teams',
  summary: 'Search the tenant’s groups by name, at most 20',
  params: organisationParams,
  query: z.object({ search: searchSchema.optional() }),
  response: z.object({ items: z.array(directoryGroupSchema), suggested: z.array(directoryGroupSchema) }),
});
export const countScope = defineRoute({
  method: 'POST',
  path: `${base}/scope-count`,
  access: 'users_and_teams',
  summary: 'How many people a choice of groups has now, asked of Microsoft',
  params: organisationParams,
  body: groupsSettingsSchema,
  /** `exact` is false when filters (guests, disabled) could not be counted by Microsoft. */
  response: z.object({ people: z.number().int(), exact: z.boolean() }),
});
/** A real person with all couplable attributes, for the examples beside each row of *Fält*. */
export const getExamplePerson = defineRoute({
  method: 'GET',
  path: `${base}/example-person`,
  access: 'users_and_teams',
  summary: 'An example person of the tenant, by search or the next one in order',
  params: organisationParams,
  query: z.object({ search: searchSchema.optional(), skip: z.coerce.number().int().min(0).max(50).default(0) }),
  response: z.object({
    person: z
      .object({ id: idSchema, displayName: z.string(), attributes: z.record(z.string(), z.string()) })
      .nullable(),
  }),
});

// -- notices: who can be told
export const listRecipientChoices = defineRoute({
  method: 'GET',
  path: `${base}/recipient-choices`,
  access: 'users_and_teams',
  summary: 'App users who can be told of changes',
  params: organisationParams,
  query: z.object({ search: searchSchema.optional(), ids: z.string().max(4000).optional() }),
  response: z.object({
    items: z.array(z.object({ id: idSchema, displayName: z.string(), email: z.string().nullable() })),
  }),
});
export const sendTestNotice = defineRoute({
  method: 'POST',
  path: `${base}/test-notice`,
  access: 'users_and_teams',
  summary: 'Send a test e-mail to one of the recipients',
  params: organisationParams,
  body: z.object({ email: emailSchema }),
  response: z.object({ sent: z.boolean(), error: z.string().nullable() }),
});
