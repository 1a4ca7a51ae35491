// The tables as kysely sees them. Kept in step with migrations/ by test/schema.test.ts.
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

type Json<T> = ColumnType<T, string | T, string | T>;

export interface AuthUserTable {
  id: string;
  name: string;
  email: string;
  email_verified: Generated<boolean>;
  image: string | null;
  language: string | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface AuthSessionTable {
  id: string;
  user_id: string;
  token: string;
  expires_at: Date;
  ip_address: string | null;
  user_agent: string | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface AuthAccountTable {
  id: string;
  account_id: string;
  provider_id: string;
  user_id: string;
  access_token: string | null;
  refresh_token: string | null;
  id_token: string | null;
  access_token_expires_at: Date | null;
  refresh_token_expires_at: Date | null;
  scope: string | null;
  password: string | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface AuthVerificationTable {
  id: string;
  identifier: string;
  value: string;
  expires_at: Date;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface OrganisationTable {
  id: string;
  name: string;
  language: Generated<string>;
  time_zone: Generated<string>;
  country: Generated<string>;
  created_at: Generated<Date>;
}

export interface AppUserTable {
  organisation_id: string;
  id: string;
  account_id: string | null;
  sign_in_email: string | null;
  fields: ColumnType<
    Record<string, string>,
    string | Record<string, string> | undefined,
    string | Record<string, string>
  >;
  display_name: GeneratedAlways<string>;
  email_key: GeneratedAlways<string | null>;
  sign_in_key: GeneratedAlways<string | null>;
  employee_key: GeneratedAlways<string | null>;
  search_text: GeneratedAlways<string | null>;
  permissions: Generated<string[]>;
  created_at: Generated<Date>;
  created_by: string | null;
  updated_at: Generated<Date>;
  removed_at: Date | null;
  removed_by: string | null;
  version: Generated<number>;
}

export interface TeamTable {
  organisation_id: string;
  id: string;
  name: string;
  created_at: Generated<Date>;
}

export interface TeamMemberTable {
  organisation_id: string;
  team_id: string;
  app_user_id: string;
}

export interface CustomFieldTable {
  organisation_id: string;
  id: string;
  key: string;
  label: string;
  created_at: Generated<Date>;
}

export interface FieldChangeTable {
  organisation_id: string;
  id: GeneratedAlways<string>;
  app_user_id: string;
  field: string;
  before: string | null;
  after: string | null;
  at: Generated<Date>;
  run_id: string | null;
  actor_id: string | null;
  request_id: string | null;
  undo_id: string | null;
  deed_id: string | null;
  before_key: GeneratedAlways<string | null>;
  after_key: GeneratedAlways<string | null>;
}

export interface PasswordLinkTable {
  organisation_id: string;
  id: string;
  app_user_id: string;
  sign_in_email: string;
  token_hash: Buffer;
  created_by: string;
  created_at: Generated<Date>;
  expires_at: Date;
  used_at: Date | null;
}

export interface ConnectionTable {
  organisation_id: string;
  id: string;
  tenant_id: string;
  tenant_name: string;
  tenant_domains: Generated<string[]>;
  status: string;
  trouble_code: string | null;
  trouble_since: Date | null;
  trouble_request_id: string | null;
  trouble_asked_at: Date | null;
  consented_by_name: string;
  consented_by_oid: string;
  consented_at: Date;
  connected_by: string | null;
  turned_off_at: Date | null;
  turned_off_by: string | null;
  scope: string | null;
  include_guests: Generated<boolean>;
  include_disabled: Generated<boolean>;
  mode: string | null;
  steps_done: Generated<string[]>;
  settings_version: Generated<number>;
  created_at: Generated<Date>;
}

export interface ConnectionGroupTable {
  organisation_id: string;
  connection_id: string;
  group_id: string;
  name: string;
}

export interface AttributeMappingTable {
  organisation_id: string;
  connection_id: string;
  target: string;
  source: string;
  write_rule: string;
  empty_rule: string;
  position: number;
}

export interface NoticeRecipientTable {
  organisation_id: string;
  connection_id: string;
  id: string;
  app_user_id: string | null;
  email: string | null;
  kinds: string[];
  position: number;
}

export interface ConnectLinkTable {
  organisation_id: string;
  id: string;
  token_hash: Buffer;
  created_by: string;
  created_at: Generated<Date>;
  expires_at: Date;
  opened_at: Date | null;
  declined_at: Date | null;
  used_at: Date | null;
  used_by_name: string | null;
  used_by_oid: string | null;
  revoked_at: Date | null;
  waiting_at: Date | null;
  waiting_person: string | null;
  operator_asked_at: Date | null;
  reminded_at: Date | null;
  reminded_email: string | null;
  declined_by: string | null;
  used_permissions: Generated<string[]>;
  expiry_told_at: Date | null;
}

export interface ConnectFlowTable {
  organisation_id: string;
  id: string;
  browser_hash: Buffer;
  connect_link_id: string | null;
  asked_by: string;
  step: string;
  state_hash: Buffer | null;
  state_expires_at: Date | null;
  sealed_sign_in: string | null;
  tenant_id: string | null;
  tenant_domain: string | null;
  tenant_domains: Generated<string[]>;
  tenant_name: string | null;
  signer_oid: string | null;
  signer_name: string | null;
  signer_may_consent: boolean | null;
  granted_before: boolean | null;
  error_code: string | null;
  error_request_id: string | null;
  confirmed_at: Date | null;
  proving_since: Date | null;
  created_at: Generated<Date>;
  expires_at: Date;
  approval_asked_at: Date | null;
  approved_at: Date | null;
}

export interface MirrorStateTable {
  organisation_id: string;
  connection_id: string;
  generation: Generated<string>;
  users_link: string | null;
  users_link_options: string | null;
  users_link_at: Date | null;
  groups_link: string | null;
  groups_link_at: Date | null;
  groups_link_options: string | null;
  refused: Generated<string[]>;
  read_at: Date | null;
  full_read_at: Date | null;
  mailbox_denied_at: Date | null;
}

export interface DirectoryUserTable {
  organisation_id: string;
  connection_id: string;
  object_id: string;
  user_principal_name: string;
  mail: string | null;
  display_name: string;
  account_enabled: boolean;
  user_type: string;
  employee_id: string | null;
  aliases: Generated<string[]>;
  manager_id: string | null;
  attributes: ColumnType<
    Record<string, string>,
    string | Record<string, string> | undefined,
    string | Record<string, string>
  >;
  deleted_at: Date | null;
  deleted_reason: string | null;
  deleted_evidence: string | null;
  licensed: boolean | null;
  resource_account: Generated<boolean>;
  invitation: string | null;
  mailbox_purpose: string | null;
  mailbox_read_at: Date | null;
  held_reason: string | null;
  held_evidence: string | null;
  held_at: Date | null;
  held_run_id: string | null;
  held_decision: string | null;
  held_decided_by: string | null;
  held_decided_at: Date | null;
  in_scope: Generated<boolean>;
  out_reason: string | null;
  scope_since: Generated<Date>;
  first_seen_at: Generated<Date>;
  generation: string;
  alias_keys: GeneratedAlways<string[] | null>;
  mail_key: GeneratedAlways<string | null>;
  upn_key: GeneratedAlways<string | null>;
  employee_key: GeneratedAlways<string | null>;
  search_text: GeneratedAlways<string | null>;
}

export interface DirectoryGroupTable {
  organisation_id: string;
  connection_id: string;
  group_id: string;
  display_name: string;
}

export interface GoneGroupTable {
  organisation_id: string;
  connection_id: string;
  group_id: string;
  name: string;
  since: Generated<Date>;
  back_at: Date | null;
}

export interface GoneGroupMemberTable {
  organisation_id: string;
  connection_id: string;
  group_id: string;
  object_id: string;
}

export interface DirectoryMembershipTable {
  organisation_id: string;
  connection_id: string;
  group_id: string;
  member_id: string;
  member_kind: string;
}

export interface StagingUserTable {
  organisation_id: string;
  connection_id: string;
  pull_id: string;
  object_id: string;
  removed: string | null;
  contested: Generated<boolean>;
  present: ColumnType<
    Record<string, unknown>,
    string | Record<string, unknown> | undefined,
    string | Record<string, unknown>
  >;
  evidence: string | null;
}

export interface StagingGroupTable {
  organisation_id: string;
  connection_id: string;
  pull_id: string;
  group_id: string;
  removed: Generated<boolean>;
  display_name: string | null;
  hidden: Generated<boolean>;
}

export interface StagingMembershipTable {
  organisation_id: string;
  connection_id: string;
  pull_id: string;
  group_id: string;
  member_id: string;
  member_kind: string;
  removed: Generated<boolean>;
}

export interface PullProgressTable {
  organisation_id: string;
  connection_id: string;
  pull_id: string;
  tenant_id: string;
  generation: string;
  mode: string;
  options: string;
  refused: Generated<string[]>;
  listed: boolean;
  list_link: string | null;
  shards: ColumnType<Record<string, string | null> | null, string | null, string | null>;
  counted: number | null;
  users_link: string;
  groups_mode: string | null;
  groups_link: string | null;
  people_read: number;
  people_expected: number | null;
  groups_read: number;
  began_at: Date;
  saved_at: Date;
  taken_up: Generated<number>;
}

export interface LinkTable {
  organisation_id: string;
  connection_id: string;
  object_id: string;
  app_user_id: string;
  linked_by: string | null;
  linked_at: Generated<Date>;
  kept_at: Date | null;
  kept_by: string | null;
  moved_from: string | null;
}

export interface IgnoredTable {
  organisation_id: string;
  tenant_id: string;
  object_id: string;
  reason: string | null;
  ignored_by: string | null;
  ignored_at: Generated<Date>;
}

export interface SyncRunTable {
  organisation_id: string;
  id: string;
  connection_id: string;
  trigger: string;
  mode: string | null;
  state: string;
  phase: Generated<string>;
  requested_by: string | null;
  settings_version: number | null;
  local_date: string | null;
  fence: string | null;
  generation: string | null;
  people_read: Generated<number>;
  people_expected: number | null;
  groups_read: Generated<number>;
  waiting_until: Date | null;
  counts: ColumnType<
    Record<string, number>,
    string | Record<string, number> | undefined,
    string | Record<string, number>
  >;
  error_code: string | null;
  error_detail: string | null;
  error_request_id: string | null;
  attempt: Generated<number>;
  retry_at: Date | null;
  error_client_request_id: string | null;
  plan_hash: string | null;
  unapproved: ColumnType<unknown, string | null, string | null>;
  held_why: ColumnType<unknown, string | null, string | null>;
  draft: ColumnType<unknown, string | null, string | null>;
  subject_id: string | null;
  subject_name: string | null;
  steps: ColumnType<unknown, string | null, string | null>;
  resumed_at: Date | null;
  reread_at: Date | null;
  created_at: Generated<Date>;
  started_at: Date | null;
  finished_at: Date | null;
}

export interface HeldChangeTable {
  organisation_id: string;
  connection_id: string;
  app_user_id: string;
  field: string;
  before: string | null;
  after: string | null;
  run_id: string;
  held_at: Generated<Date>;
  decision: string | null;
  decided_by: string | null;
  decided_at: Date | null;
}

export interface BrakeLimitTable {
  organisation_id: string;
  connection_id: string;
  limits: ColumnType<unknown, string, string>;
  saved_by: string | null;
  saved_at: Generated<Date>;
}

export interface PlanApprovalTable {
  organisation_id: string;
  id: string;
  connection_id: string;
  preview_run_id: string;
  plan_hash: string;
  settings_version: number;
  approved_by: string;
  approved_at: Generated<Date>;
}

export interface PreviewRowTable {
  organisation_id: string;
  run_id: string;
  position: number;
  kind: string;
  object_id: string | null;
  app_user_id: string | null;
  display_name: string;
  detail: string | null;
  field: string | null;
  before: string | null;
  after: string | null;
  reason: string | null;
  held: Generated<boolean>;
  search_text: GeneratedAlways<string | null>;
}

export interface UndoTable {
  organisation_id: string;
  id: string;
  of_kind: string;
  of_id: string;
  app_user_id: string | null;
  undone_by: string;
  undone_at: Generated<Date>;
  done: ColumnType<unknown, string | undefined, string>;
}

export interface FieldExceptionTable {
  organisation_id: string;
  app_user_id: string;
  field: string;
  owner_id: string;
  reason: string;
  until: string | null;
  ends_at: Date | null;
  made_by: string;
  made_at: Generated<Date>;
}

export interface RunLeaseTable {
  organisation_id: string;
  connection_id: string;
  fence: string;
  run_id: string | null;
  expires_at: Date;
}

export interface PlannedChangeTable {
  organisation_id: string;
  run_id: string;
  app_user_id: string;
  field: string;
  before: string | null;
  after: string | null;
}

export interface RunIssueTable {
  organisation_id: string;
  id: GeneratedAlways<string>;
  run_id: string;
  code: string;
  subject: string;
  app_user_id: string | null;
  field: string | null;
  other_name: string | null;
}

export interface NotificationTable {
  organisation_id: string;
  id: string;
  app_user_id: string;
  kind: string;
  params: ColumnType<
    Record<string, string | number>,
    string | Record<string, string | number> | undefined,
    string | Record<string, string | number>
  >;
  target: string;
  target_id: string | null;
  created_at: Generated<Date>;
  read_at: Date | null;
}

export interface OutboxTable {
  organisation_id: string;
  id: string;
  recipient: string;
  message: Json<Record<string, unknown>>;
  message_id: string;
  attempts: Generated<number>;
  next_attempt_at: Generated<Date>;
  sent_at: Date | null;
  failed_at: Date | null;
  last_error: string | null;
  created_at: Generated<Date>;
}

export interface AuditEventTable {
  organisation_id: string;
  id: string;
  at: Generated<Date>;
  actor_id: string | null;
  actor_name: string;
  action: string;
  subject: string | null;
  detail: ColumnType<
    Record<string, unknown>,
    string | Record<string, unknown> | undefined,
    string | Record<string, unknown>
  >;
  request_id: string | null;
}

export interface CandidateMatchView {
  organisation_id: string;
  connection_id: string;
  object_id: string;
  app_user_id: string;
  reason: string;
}

export interface CandidateView {
  organisation_id: string;
  connection_id: string;
  object_id: string;
  app_user_id: string;
  reasons: string[];
}

export interface DirectorySituationView {
  organisation_id: string;
  connection_id: string;
  object_id: string;
  display_name: string;
  app_user_id: string | null;
  situation: string | null;
}

/** One row that the key of the server opens. */
export interface ServerKeyTable {
  name: string;
  sealed: string;
}

export interface Schema {
  auth_user: AuthUserTable;
  auth_session: AuthSessionTable;
  auth_account: AuthAccountTable;
  auth_verification: AuthVerificationTable;
  organisation: OrganisationTable;
  app_user: AppUserTable;
  team: TeamTable;
  team_member: TeamMemberTable;
  custom_field: CustomFieldTable;
  field_change: FieldChangeTable;
  password_link: PasswordLinkTable;
  connection: ConnectionTable;
  connection_group: ConnectionGroupTable;
  attribute_mapping: AttributeMappingTable;
  notice_recipient: NoticeRecipientTable;
  connect_link: ConnectLinkTable;
  connect_flow: ConnectFlowTable;
  mirror_state: MirrorStateTable;
  directory_user: DirectoryUserTable;
  directory_group: DirectoryGroupTable;
  directory_membership: DirectoryMembershipTable;
  gone_group: GoneGroupTable;
  gone_group_member: GoneGroupMemberTable;
  staging_user: StagingUserTable;
  staging_group: StagingGroupTable;
  staging_membership: StagingMembershipTable;
  pull_progress: PullProgressTable;
  link: LinkTable;
  ignored: IgnoredTable;
  sync_run: SyncRunTable;
  run_lease: RunLeaseTable;
  held_change: HeldChangeTable;
  brake_limit: BrakeLimitTable;
  plan_approval: PlanApprovalTable;
  preview_row: PreviewRowTable;
  undo: UndoTable;
  field_exception: FieldExceptionTable;
  planned_change: PlannedChangeTable;
  run_issue: RunIssueTable;
  notification: NotificationTable;
  outbox: OutboxTable;
  audit_event: AuditEventTable;
  server_key: ServerKeyTable;
  candidate: CandidateView;
  candidate_match: CandidateMatchView;
  directory_situation: DirectorySituationView;
}
