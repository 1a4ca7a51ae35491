// What an administrator chooses: which people, which fields, who is told, when it runs.
import { z } from 'zod';
import { emailSchema, idSchema } from './common.ts';

/** The app's own fields that every organisation has. Values are text; custom fields come beside them as `custom:<key>`. */
export const appFields = [
  'firstName', 'lastName', 'displayName', 'email', 'jobTitle', 'department', 'company', 'office', 'mobile', 'phone',
  'street', 'postalCode', 'city', 'country', 'employeeId', 'preferredLanguage', 'manager',
] as const; // prettier-ignore
export type AppField = (typeof appFields)[number];
export const fieldValueMax = 1024;
/** Of names and the employee number. Entra's own are no longer, and an index of the database takes no more than 2.7 kB. */
export const keyValueMax = 256;

export const customFieldKeySchema = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/);
/** A target of a mapping: an app field, or `custom:<key>`. */
export const targetFieldSchema = z.union([
  z.enum(appFields),
  z.templateLiteral(['custom:', z.string().regex(/^[a-z][a-z0-9_]{0,39}$/)]),
]);
export type TargetField = z.infer<typeof targetFieldSchema>;

const extensionAttributes = [
  'extensionAttribute1', 'extensionAttribute2', 'extensionAttribute3', 'extensionAttribute4', 'extensionAttribute5',
  'extensionAttribute6', 'extensionAttribute7', 'extensionAttribute8', 'extensionAttribute9', 'extensionAttribute10',
  'extensionAttribute11', 'extensionAttribute12', 'extensionAttribute13', 'extensionAttribute14', 'extensionAttribute15',
] as const; // prettier-ignore

/** Attributes of an Entra user that can be coupled, by Graph's names. `manager` is the manager's display name. */
export const sourceAttributes = [
  'givenName', 'surname', 'displayName', 'mail', 'userPrincipalName', 'jobTitle', 'department', 'companyName',
  'officeLocation', 'mobilePhone', 'businessPhones', 'faxNumber', 'streetAddress', 'postalCode', 'city', 'state', 'country',
  'employeeId', 'employeeType', 'preferredLanguage', 'usageLocation', 'mailNickname', 'manager', ...extensionAttributes,
] as const; // prettier-ignore
export const sourceAttributeSchema = z.enum(sourceAttributes);
export type SourceAttribute = z.infer<typeof sourceAttributeSchema>;

/** `always`: Entra's value replaces the app's. `when_empty`: only an empty field is filled. */
export const writeRuleSchema = z.enum(['always', 'when_empty']);
/** What an empty value in Entra does: `keep` the app's value (default), or `clear` it. */
export const emptyRuleSchema = z.enum(['keep', 'clear']);

export const mappingSchema = z.object({
  source: sourceAttributeSchema,
  target: targetFieldSchema,
  write: writeRuleSchema.default('always'),
  empty: emptyRuleSchema.default('keep'),
});
export type Mapping = z.infer<typeof mappingSchema>;

/** Coupled from the start and always there. */
export const defaultMappings: readonly Mapping[] = [
  { source: 'givenName', target: 'firstName', write: 'always', empty: 'keep' },
  { source: 'surname', target: 'lastName', write: 'always', empty: 'keep' },
  { source: 'displayName', target: 'displayName', write: 'always', empty: 'keep' },
  { source: 'mail', target: 'email', write: 'always', empty: 'keep' },
];
export const mappingsMax = 60;

/** Whom a notice is about. */
export const noticeKinds = ['new_people', 'changed', 'gone', 'run_failed', 'connection_trouble'] as const;
export const noticeKindSchema = z.enum(noticeKinds);
export type NoticeKind = z.infer<typeof noticeKindSchema>;

export const groupsSettingsSchema = z.object({
  scope: z.enum(['all', 'groups']),
  /** Ids of directory groups; members of nested groups count. */
  groups: z.array(z.object({ id: idSchema, name: z.string().max(256) })).max(200),
  includeGuests: z.boolean(),
  includeDisabled: z.boolean(),
});
export type GroupsSettings = z.infer<typeof groupsSettingsSchema>;

export const fieldsSettingsSchema = z.object({ mappings: z.array(mappingSchema).min(1).max(mappingsMax) });
export type FieldsSettings = z.infer<typeof fieldsSettingsSchema>;

export const recipientSchema = z.union([
  z.object({ appUserId: idSchema, kinds: z.array(noticeKindSchema).min(1) }),
  z.object({ email: emailSchema, kinds: z.array(noticeKindSchema).min(1) }),
]);
export type Recipient = z.infer<typeof recipientSchema>;
export const noticesSettingsSchema = z.object({ recipients: z.array(recipientSchema).max(100) });
export type NoticesSettings = z.infer<typeof noticesSettingsSchema>;

export const scheduleSettingsSchema = z.object({ mode: z.enum(['manual', 'daily']) });
export type ScheduleSettings = z.infer<typeof scheduleSettingsSchema>;

/** The four steps, in their order. A connection syncs only when all are done. */
export const steps = ['groups', 'fields', 'notices', 'schedule'] as const;
export const stepSchema = z.enum(steps);
export type Step = z.infer<typeof stepSchema>;
