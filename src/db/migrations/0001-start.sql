-- The first schema: walls first. Every table that holds an organisation's rows has the organisation in its key, forced
-- row-level security, and composite foreign keys, so that a forgotten WHERE shows nothing and a row of one organisation
-- cannot point into another. The line "-- writer: ROOM" names the only room that writes the table.
--
-- Roles: the owner (whoever runs migrations) has no part at run time. samsyn_app is the run-time role; samsyn_sync is what a
-- run takes on inside its transactions: it cannot insert, delete or sign in anybody (I1, I2).

create extension if not exists pg_trgm;

-- Identities are compared in one way only, here (T9): NFC, A-Z to a-z, everything else code point by code point.
create function match_key(value text) returns text
  language sql immutable strict parallel safe
  return nullif(translate(normalize(value, NFC), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), '');

create function match_keys(list text[]) returns text[]
  language sql immutable strict parallel safe
  return (select coalesce(array_agg(distinct match_key(one)), '{}') from unnest(list) as one where match_key(one) is not null);

-- What a search is compared with: as above, but all letters lowered.
create function search_key(value text) returns text
  language sql immutable strict parallel safe
  return lower(normalize(value, NFC) collate "und-x-icu");

create function current_organisation() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('samsyn.organisation', true), '')::uuid;

create function current_account() returns text
  language sql stable parallel safe
  return nullif(current_setting('samsyn.account', true), '');

------------------------------------------------------------------------------------------------------------------------
-- Sign-in (better-auth's four tables). No organisation in them: an account may belong to several.
------------------------------------------------------------------------------------------------------------------------

-- writer: people
create table auth_user (
  id text primary key,
  name text not null,
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  language text check (language in ('sv', 'en')), -- the person's own choice; null follows the organisation
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- writer: people
create table auth_session (
  id text primary key,
  user_id text not null references auth_user (id) on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index auth_session_user on auth_session (user_id);

-- writer: people
create table auth_account (
  id text primary key,
  account_id text not null,
  provider_id text not null,
  user_id text not null references auth_user (id) on delete cascade,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text, -- argon2id, never plain
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index auth_account_user on auth_account (user_id);

-- writer: people
create table auth_verification (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index auth_verification_identifier on auth_verification (identifier);

------------------------------------------------------------------------------------------------------------------------
-- People
------------------------------------------------------------------------------------------------------------------------

-- An organisation: our customer.
-- writer: people
create table organisation (
  id uuid primary key,
  name text not null check (name <> ''),
  language text not null default 'sv' check (language in ('sv', 'en')),
  time_zone text not null default 'Europe/Stockholm',
  country text not null default 'SE', -- ISO 3166, the default region of phone numbers
  created_at timestamptz not null default now()
);

-- A user of the business app. Removing sets removed_at: nothing here is ever deleted by the app (I1).
-- writer: people
create table app_user (
  organisation_id uuid not null references organisation (id),
  id uuid not null,
  -- Who signs in as this user; null while nobody can.
  account_id text references auth_user (id),
  -- The sign-in address is kept apart from the contact address in fields->email: a sync never touches it (T8).
  sign_in_email text,
  -- Values by target field: firstName, displayName, custom:<key> … Empty fields are absent.
  fields jsonb not null default '{}',
  display_name text collate "sv-x-icu" generated always as (coalesce(
    nullif(fields ->> 'displayName', ''),
    nullif(btrim(coalesce(fields ->> 'firstName', '') || ' ' || coalesce(fields ->> 'lastName', '')), ''),
    fields ->> 'email', '')) stored,
  email_key text generated always as (match_key(fields ->> 'email')) stored,
  sign_in_key text generated always as (match_key(sign_in_email)) stored,
  employee_key text generated always as (match_key(fields ->> 'employeeId')) stored,
  search_text text generated always as (search_key(
    coalesce(fields ->> 'displayName', '') || ' ' || coalesce(fields ->> 'firstName', '') || ' ' ||
    coalesce(fields ->> 'lastName', '') || ' ' || coalesce(fields ->> 'email', '') || ' ' ||
    coalesce(fields ->> 'jobTitle', '') || ' ' || coalesce(fields ->> 'department', '') || ' ' ||
    coalesce(fields ->> 'mobile', '') || ' ' || coalesce(fields ->> 'phone', ''))) stored,
  permissions text[] not null default '{}',
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now(),
  removed_at timestamptz,
  removed_by uuid,
  version integer not null default 1, -- grows with each change by a person or a run; a stale page is refused
  primary key (organisation_id, id),
  check (jsonb_typeof(fields) = 'object')
);
create unique index app_user_account on app_user (organisation_id, account_id) where account_id is not null and removed_at is null;
create index app_user_by_account on app_user (account_id) where account_id is not null and removed_at is null;
create index app_user_name on app_user (organisation_id, display_name, id) where removed_at is null;
create index app_user_email on app_user (organisation_id, email_key) where removed_at is null;
create index app_user_sign_in on app_user (organisation_id, sign_in_key) where removed_at is null and sign_in_key is not null;
create index app_user_employee on app_user (organisation_id, employee_key) where removed_at is null and employee_key is not null;
create index app_user_search on app_user using gin (search_text gin_trgm_ops) where removed_at is null;

-- writer: people
create table team (
  organisation_id uuid not null references organisation (id),
  id uuid not null,
  name text collate "sv-x-icu" not null check (name <> ''),
  created_at timestamptz not null default now(),
  primary key (organisation_id, id)
);
create unique index team_name on team (organisation_id, search_key(name));

-- writer: people
create table team_member (
  organisation_id uuid not null,
  team_id uuid not null,
  app_user_id uuid not null,
  primary key (organisation_id, team_id, app_user_id),
  foreign key (organisation_id, team_id) references team (organisation_id, id) on delete cascade,
  foreign key (organisation_id, app_user_id) references app_user (organisation_id, id)
);
create index team_member_user on team_member (organisation_id, app_user_id);

-- A field of the organisation's own; its values stand in app_user.fields under custom:<key>.
-- writer: people
create table custom_field (
  organisation_id uuid not null references organisation (id),
  id uuid not null,
  key text not null check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
  label text collate "sv-x-icu" not null check (label <> ''),
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  unique (organisation_id, key)
);

-- One field of one app user, before and after. Only ever added to.
-- writer: people
create table field_change (
  organisation_id uuid not null,
  id bigint generated always as identity,
  app_user_id uuid not null,
  field text not null,
  before text,
  after text,
  at timestamptz not null default now(),
  run_id uuid,     -- the run that made it, or
  actor_id uuid,   -- the app user who did
  request_id text,
  primary key (organisation_id, id),
  foreign key (organisation_id, app_user_id) references app_user (organisation_id, id),
  check (before is distinct from after)
);
create index field_change_user on field_change (organisation_id, app_user_id, id desc);
create index field_change_run on field_change (organisation_id, run_id, id) where run_id is not null;

-- Links by which a new app user chooses a password. Only the hash is kept.
-- writer: people
create table password_link (
  organisation_id uuid not null,
  id uuid not null,
  app_user_id uuid not null,
  sign_in_email text not null,
  token_hash bytea not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (organisation_id, id),
  foreign key (organisation_id, app_user_id) references app_user (organisation_id, id),
  unique (organisation_id, token_hash)
);

------------------------------------------------------------------------------------------------------------------------
-- Connection
------------------------------------------------------------------------------------------------------------------------

-- An organisation's granted tie to one Entra tenant, with its settings. Turning off sets the status and deletes nothing.
-- writer: connection
create table connection (
  organisation_id uuid not null references organisation (id),
  id uuid not null,
  tenant_id uuid not null,
  tenant_name text not null,
  tenant_domains text[] not null default '{}', -- the default domain first
  status text not null check (status in ('configuring', 'active', 'blocked', 'off')),
  trouble_code text,
  trouble_since timestamptz,
  trouble_request_id text, -- Microsoft's request id
  consented_by_name text not null,
  consented_by_oid uuid not null,
  consented_at timestamptz not null,
  connected_by uuid,   -- the app user who asked
  turned_off_at timestamptz,
  turned_off_by uuid,
  -- Settings; null until the step is saved.
  scope text check (scope in ('all', 'groups')),
  include_guests boolean not null default false,
  include_disabled boolean not null default false,
  mode text check (mode in ('manual', 'daily')),
  steps_done text[] not null default '{}',
  settings_version integer not null default 1,
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  check ((status = 'off') = (turned_off_at is not null))
);
-- One tenant, one organisation (T4, I34): the index spans organisations. One connection that is not off per organisation.
create unique index connection_tenant on connection (tenant_id) where status <> 'off';
create unique index connection_organisation on connection (organisation_id) where status <> 'off';

-- writer: connection
create table connection_group (
  organisation_id uuid not null,
  connection_id uuid not null,
  group_id uuid not null,
  name text not null, -- as chosen; the mirror knows the present name
  primary key (organisation_id, connection_id, group_id),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id)
);

-- writer: connection
create table attribute_mapping (
  organisation_id uuid not null,
  connection_id uuid not null,
  target text not null,
  source text not null,
  write_rule text not null check (write_rule in ('always', 'when_empty')),
  empty_rule text not null check (empty_rule in ('keep', 'clear')),
  position integer not null,
  primary key (organisation_id, connection_id, target),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id)
);

-- writer: connection
create table notice_recipient (
  organisation_id uuid not null,
  connection_id uuid not null,
  id uuid not null,
  app_user_id uuid,
  email text,
  kinds text[] not null,
  position integer not null,
  primary key (organisation_id, connection_id, id),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id),
  foreign key (organisation_id, app_user_id) references app_user (organisation_id, id),
  check ((app_user_id is null) <> (email is null))
);

-- A link for a colleague with rights in Entra. Only the hash is kept; one is active at a time.
-- writer: connection
create table connect_link (
  organisation_id uuid not null,
  id uuid not null,
  token_hash bytea not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  opened_at timestamptz,
  declined_at timestamptz,
  used_at timestamptz,
  used_by_name text,
  used_by_oid uuid,
  revoked_at timestamptz,
  primary key (organisation_id, id),
  foreign key (organisation_id, created_by) references app_user (organisation_id, id),
  unique (organisation_id, token_hash)
);

-- One attempt to connect, bound to one browser by the hash of a cookie. It decides, not what comes back in an address (T1).
-- writer: connection
create table connect_flow (
  organisation_id uuid not null,
  id uuid not null,
  browser_hash bytea not null,
  connect_link_id uuid,
  asked_by uuid not null,
  step text not null check (step in ('opened', 'sign_in', 'confirm', 'consent', 'proving', 'connected', 'failed')),
  state_hash bytea,          -- of the state that the next callback must bring; used once, for the step that the flow is in
  state_expires_at timestamptz,
  sealed_sign_in text,       -- nonce and PKCE verifier, sealed
  tenant_id uuid,            -- from the validated id_token
  tenant_domain text,        -- of the signer's sign-in name
  tenant_domains text[] not null default '{}', -- verified ones; known before consent only when it was given earlier
  tenant_name text,
  signer_oid uuid,
  signer_name text,
  signer_may_consent boolean,
  granted_before boolean,    -- whether the permissions were there before this flow (a mere user must not succeed)
  error_code text,
  error_request_id text,
  confirmed_at timestamptz,
  proving_since timestamptz, -- waiting for Microsoft's consent to spread ends some minutes after
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (organisation_id, id),
  foreign key (organisation_id, connect_link_id) references connect_link (organisation_id, id),
  foreign key (organisation_id, asked_by) references app_user (organisation_id, id)
);
create index connect_flow_browser on connect_flow (organisation_id, browser_hash);
create index connect_flow_state on connect_flow (organisation_id, state_hash) where state_hash is not null;

------------------------------------------------------------------------------------------------------------------------
-- Mirror
------------------------------------------------------------------------------------------------------------------------

-- Which generation readers see, and from where the next round goes on. Moves in the same commit as the rows (R3, I13).
-- writer: mirror
create table mirror_state (
  organisation_id uuid not null,
  connection_id uuid not null,
  generation bigint not null default 0,
  users_link text,          -- Graph's delta link, opaque
  users_link_options text,  -- what the link was made with ($select); another choice of fields needs a new first round
  users_link_at timestamptz,
  groups_link text,
  groups_link_at timestamptz,
  read_at timestamptz,      -- when the last round ended
  full_read_at timestamptz, -- when everyone was last read
  primary key (organisation_id, connection_id),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id)
);

-- A user of the Entra tenant as last read. deleted_at makes it a tombstone, kept while a link or an ignored mark needs it.
-- writer: mirror
create table directory_user (
  organisation_id uuid not null,
  connection_id uuid not null,
  object_id uuid not null,
  user_principal_name text not null,
  mail text,
  display_name text collate "sv-x-icu" not null,
  account_enabled boolean not null,
  user_type text not null, -- Member or Guest
  employee_id text,
  aliases text[] not null default '{}',  -- smtp addresses of proxyAddresses, without the prefix
  alias_keys text[] generated always as (match_keys(aliases)) stored,
  manager_id uuid,
  attributes jsonb not null default '{}', -- the coupled attributes, by Graph's name; empty ones absent
  deleted_at timestamptz,
  deleted_reason text check (deleted_reason in ('deleted', 'purged')),
  deleted_evidence text, -- what proved it (R6, I16)
  in_scope boolean not null default false,
  out_reason text check (out_reason in ('left_groups', 'disabled', 'guest')),
  scope_since timestamptz not null default now(), -- since when in_scope has been what it is
  first_seen_at timestamptz not null default now(),
  generation bigint not null, -- the generation that last wrote the row
  mail_key text generated always as (match_key(mail)) stored,
  upn_key text generated always as (match_key(user_principal_name)) stored,
  employee_key text generated always as (match_key(employee_id)) stored,
  search_text text generated always as (search_key(display_name || ' ' || user_principal_name || ' ' || coalesce(mail, ''))) stored,
  primary key (organisation_id, connection_id, object_id),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id),
  check ((deleted_at is null) = (deleted_reason is null))
);
create index directory_user_name on directory_user (organisation_id, connection_id, display_name, object_id)
  where in_scope and deleted_at is null;
create index directory_user_mail on directory_user (organisation_id, connection_id, mail_key);
create index directory_user_upn on directory_user (organisation_id, connection_id, upn_key);
create index directory_user_search on directory_user using gin (search_text gin_trgm_ops);

-- writer: mirror
create table directory_group (
  organisation_id uuid not null,
  connection_id uuid not null,
  group_id uuid not null,
  display_name text not null,
  primary key (organisation_id, connection_id, group_id),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id)
);

-- Direct members; the closure over nested groups is worked out in SQL, safe for cycles.
-- writer: mirror
create table directory_membership (
  organisation_id uuid not null,
  connection_id uuid not null,
  group_id uuid not null,
  member_id uuid not null,
  member_kind text not null check (member_kind in ('user', 'group')),
  primary key (organisation_id, connection_id, group_id, member_id),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id)
);
create index directory_membership_member on directory_membership (organisation_id, connection_id, member_id);

-- What a run has read and nobody sees yet (R1). Each attempt to read has its own pull_id, so that a worker that was believed
-- dead cannot mix its rows into another's. Rows go when the run ends.
-- writer: mirror
create table staging_user (
  organisation_id uuid not null,
  connection_id uuid not null,
  pull_id uuid not null,
  object_id uuid not null,
  -- null: present. Otherwise Graph's @removed reason: changed (recycle bin) or deleted.
  removed text check (removed in ('changed', 'deleted')),
  contested boolean not null default false, -- seen both present and removed in this round: a direct look-up decides
  -- Delta rows may leave attributes out: absent means unchanged. Full rows have them all.
  present jsonb not null default '{}',
  evidence text,
  primary key (organisation_id, pull_id, object_id)
);

create index staging_user_connection on staging_user (organisation_id, connection_id);

-- writer: mirror
create table staging_group (
  organisation_id uuid not null,
  connection_id uuid not null,
  pull_id uuid not null,
  group_id uuid not null,
  removed boolean not null default false,
  display_name text,
  primary key (organisation_id, pull_id, group_id)
);

-- writer: mirror
create table staging_membership (
  organisation_id uuid not null,
  connection_id uuid not null,
  pull_id uuid not null,
  group_id uuid not null,
  member_id uuid not null,
  member_kind text not null check (member_kind in ('user', 'group')),
  removed boolean not null default false,
  primary key (organisation_id, pull_id, group_id, member_id)
);

------------------------------------------------------------------------------------------------------------------------
-- Links and ignored marks: set by people only (I7, I9)
------------------------------------------------------------------------------------------------------------------------

-- writer: review
create table link (
  organisation_id uuid not null,
  connection_id uuid not null,
  object_id uuid not null,
  app_user_id uuid not null,
  linked_by uuid,
  linked_at timestamptz not null default now(),
  -- When an administrator chose to keep the app user although the person is gone from Entra. Counts for that absence only:
  -- who comes back and goes again is asked about again.
  kept_at timestamptz,
  kept_by uuid,
  primary key (organisation_id, connection_id, object_id),
  unique (organisation_id, connection_id, app_user_id),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id),
  foreign key (organisation_id, app_user_id) references app_user (organisation_id, id)
);
create index link_user on link (organisation_id, app_user_id);

-- By tenant and object id, not by connection: turning off and on again keeps the marks.
-- writer: review
create table ignored (
  organisation_id uuid not null references organisation (id),
  tenant_id uuid not null,
  object_id uuid not null,
  reason text,
  ignored_by uuid,
  ignored_at timestamptz not null default now(),
  primary key (organisation_id, tenant_id, object_id)
);

------------------------------------------------------------------------------------------------------------------------
-- Runs
------------------------------------------------------------------------------------------------------------------------

-- writer: sync
create table sync_run (
  organisation_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  trigger text not null check (trigger in ('manual', 'nightly')),
  mode text check (mode in ('initial', 'incremental')),
  state text not null check (state in ('queued', 'running', 'ok', 'failed', 'superseded')),
  phase text not null default 'queued' check (phase in ('queued', 'pull', 'reconcile', 'apply', 'notify', 'done')),
  requested_by uuid,
  settings_version integer,   -- of the settings that it ran with
  local_date date,            -- of a nightly run, in the organisation's time zone: one a date (I38)
  fence bigint,
  generation bigint,          -- the generation that it made
  people_read integer not null default 0,
  people_expected integer,
  groups_read integer not null default 0,
  waiting_until timestamptz,
  counts jsonb not null default '{}',
  error_code text,
  error_detail text,
  error_request_id text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (organisation_id, id),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id)
);
create unique index sync_run_open on sync_run (organisation_id, connection_id) where state in ('queued', 'running');
create unique index sync_run_night on sync_run (organisation_id, connection_id, local_date) where trigger = 'nightly';
create index sync_run_latest on sync_run (organisation_id, connection_id, created_at desc, id desc);

-- Who may commit for a connection: the holder of the highest fence whose lease has not run out by the database's clock (R5).
-- writer: sync
create table run_lease (
  organisation_id uuid not null,
  connection_id uuid not null,
  fence bigint not null,
  run_id uuid,
  expires_at timestamptz not null,
  primary key (organisation_id, connection_id),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id)
);

-- What a run would write, worked out before anything is applied.
-- writer: sync
create table planned_change (
  organisation_id uuid not null,
  run_id uuid not null,
  app_user_id uuid not null,
  field text not null,
  before text,
  after text,
  primary key (organisation_id, run_id, app_user_id, field)
);

-- An object or field that a run could not take care of.
-- writer: sync
create table run_issue (
  organisation_id uuid not null,
  id bigint generated always as identity,
  run_id uuid not null,
  code text not null,
  subject text not null,
  app_user_id uuid,
  field text,
  primary key (organisation_id, id),
  foreign key (organisation_id, run_id) references sync_run (organisation_id, id)
);
create index run_issue_run on run_issue (organisation_id, run_id, id);

------------------------------------------------------------------------------------------------------------------------
-- Telling and remembering
------------------------------------------------------------------------------------------------------------------------

-- writer: notify
create table notification (
  organisation_id uuid not null,
  id uuid not null,
  app_user_id uuid not null,
  kind text not null,
  params jsonb not null default '{}',
  target text not null,
  target_id text,
  created_at timestamptz not null default now(),
  read_at timestamptz,
  primary key (organisation_id, id),
  foreign key (organisation_id, app_user_id) references app_user (organisation_id, id)
);
create index notification_inbox on notification (organisation_id, app_user_id, id desc);
create index notification_unread on notification (organisation_id, app_user_id) where read_at is null;

-- What must leave the process, written in the transaction that it tells of (R4). message_id stays the same over retries.
-- writer: notify
create table outbox (
  organisation_id uuid not null references organisation (id),
  id uuid not null,
  recipient text not null,
  message jsonb not null,
  message_id text not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  sent_at timestamptz,
  failed_at timestamptz, -- given up
  last_error text,
  created_at timestamptz not null default now(),
  primary key (organisation_id, id)
);
create index outbox_due on outbox (organisation_id, next_attempt_at) where sent_at is null and failed_at is null;

-- Who did what to whom. Only ever added to.
-- writer: audit
create table audit_event (
  organisation_id uuid not null references organisation (id),
  id uuid not null,
  at timestamptz not null default now(),
  actor_id uuid,          -- the app user, or null for the system or a colleague without an account
  actor_name text not null,
  action text not null,
  subject text,
  detail jsonb not null default '{}',
  request_id text,
  primary key (organisation_id, id)
);
create index audit_event_time on audit_event (organisation_id, at desc, id desc);

------------------------------------------------------------------------------------------------------------------------
-- Views: facts + CASE. security_invoker, so the walls hold for whoever reads.
------------------------------------------------------------------------------------------------------------------------

-- App users proposed for directory users, and why. Guarantee: both sides are unlinked, present and of the same organisation;
-- each reason is one equality on an index, never an OR over both sides.
create view candidate_match with (security_invoker = true) as
select m.organisation_id, m.connection_id, m.object_id, m.app_user_id, m.reason
from (

  select d.organisation_id, d.connection_id, d.object_id, a.id as app_user_id, 'same_email' as reason
  from directory_user d
  join app_user a on a.organisation_id = d.organisation_id and a.email_key = d.mail_key
  where a.removed_at is null and d.deleted_at is null and d.in_scope
  union all
  select d.organisation_id, d.connection_id, d.object_id, a.id, 'same_email'
  from directory_user d
  join app_user a on a.organisation_id = d.organisation_id and a.sign_in_key = d.mail_key
  where a.removed_at is null and a.sign_in_key is not null and d.deleted_at is null and d.in_scope
  union all
  select d.organisation_id, d.connection_id, d.object_id, a.id, 'same_upn'
  from directory_user d
  join app_user a on a.organisation_id = d.organisation_id and a.email_key = d.upn_key
  where a.removed_at is null and d.deleted_at is null and d.in_scope
  union all
  select d.organisation_id, d.connection_id, d.object_id, a.id, 'same_upn'
  from directory_user d
  join app_user a on a.organisation_id = d.organisation_id and a.sign_in_key = d.upn_key
  where a.removed_at is null and a.sign_in_key is not null and d.deleted_at is null and d.in_scope
  union all
  select d.organisation_id, d.connection_id, d.object_id, a.id, 'same_alias'
  from directory_user d
  cross join lateral unnest(d.alias_keys) as alias_key
  join app_user a on a.organisation_id = d.organisation_id and a.email_key = alias_key
  where a.removed_at is null and d.deleted_at is null and d.in_scope
    and alias_key is distinct from d.mail_key and alias_key is distinct from d.upn_key
  union all
  select d.organisation_id, d.connection_id, d.object_id, a.id, 'same_employee_id'
  from directory_user d
  join app_user a on a.organisation_id = d.organisation_id and a.employee_key = d.employee_key
  where a.removed_at is null and a.employee_key is not null and d.deleted_at is null and d.in_scope
  union all
  -- A link of an earlier connection to the same tenant is offered, never applied (I31).
  select d.organisation_id, d.connection_id, d.object_id, e.app_user_id, 'earlier_link'
  from directory_user d
  join connection now on now.organisation_id = d.organisation_id and now.id = d.connection_id
  join connection past on past.organisation_id = d.organisation_id and past.tenant_id = now.tenant_id and past.status = 'off'
  join link e on e.organisation_id = past.organisation_id and e.connection_id = past.id and e.object_id = d.object_id
  join app_user a on a.organisation_id = e.organisation_id and a.id = e.app_user_id
  where a.removed_at is null and d.deleted_at is null and d.in_scope
) m
where not exists (select from link l where l.organisation_id = m.organisation_id and l.connection_id = m.connection_id and l.object_id = m.object_id)
  and not exists (select from link l where l.organisation_id = m.organisation_id and l.connection_id = m.connection_id and l.app_user_id = m.app_user_id);

-- The same, one row a pair. Who only asks whether there is anybody asks candidate_match, which groups nothing.
create view candidate with (security_invoker = true) as
select organisation_id, connection_id, object_id, app_user_id, array_agg(distinct reason) as reasons
from candidate_match
group by organisation_id, connection_id, object_id, app_user_id;

-- Where each directory user stands. People who are gone or out of scope and not linked have no situation: nobody has to do
-- anything about them.
create view directory_situation with (security_invoker = true) as
select d.organisation_id, d.connection_id, d.object_id, d.display_name, l.app_user_id,
  case
    when i.object_id is not null then 'ignored'
    when l.app_user_id is not null and d.deleted_at is not null then 'deleted'
    when l.app_user_id is not null and not d.in_scope then 'out_of_scope'
    when l.app_user_id is not null then 'linked'
    when d.deleted_at is not null or not d.in_scope then null
    when c.candidates = 0 then 'unmatched'
    when c.candidates = 1 then 'unlinked'
    else 'disputed'
  end as situation
from directory_user d
join connection k on k.organisation_id = d.organisation_id and k.id = d.connection_id
left join link l on l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id
left join ignored i on i.organisation_id = d.organisation_id and i.tenant_id = k.tenant_id and i.object_id = d.object_id
cross join lateral (
  select count(*) as candidates from candidate c
  where c.organisation_id = d.organisation_id and c.connection_id = d.connection_id and c.object_id = d.object_id
) c;

------------------------------------------------------------------------------------------------------------------------
-- Walls
------------------------------------------------------------------------------------------------------------------------

do $$
declare
  t text;
begin
  foreach t in array array[
    'app_user', 'team', 'team_member', 'custom_field', 'field_change', 'password_link', 'connection', 'connection_group',
    'attribute_mapping', 'notice_recipient', 'connect_link', 'connect_flow', 'mirror_state', 'directory_user',
    'directory_group', 'directory_membership', 'staging_user', 'staging_group', 'staging_membership', 'link', 'ignored',
    'sync_run', 'run_lease', 'planned_change', 'run_issue', 'notification', 'outbox', 'audit_event'
  ] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format(
      'create policy organisation_wall on %I using (organisation_id = (select current_organisation())) with check (organisation_id = (select current_organisation()))', t);
  end loop;
end $$;

alter table organisation enable row level security;
alter table organisation force row level security;
create policy organisation_wall on organisation
  using (id = (select current_organisation())) with check (id = (select current_organisation()));

-- The one look across the wall: an account may see which organisations it belongs to.
create policy own_membership on app_user for select
  using (account_id = (select current_account()) and removed_at is null);
create policy own_organisation on organisation for select
  using (id in (select a.organisation_id from app_user a where a.account_id = (select current_account()) and a.removed_at is null));

-- samsyn_app: everything the app does, without deleting people or rewriting what was written down.
grant select, insert, update, delete on auth_user, auth_session, auth_account, auth_verification to samsyn_app;
grant select, insert, update on organisation, app_user, password_link, connection, connect_link, connect_flow, mirror_state,
  sync_run, run_lease, notification, outbox to samsyn_app;
grant select, insert, update, delete on team, team_member, custom_field, connection_group, attribute_mapping, notice_recipient,
  link, ignored to samsyn_app;
grant select, insert on field_change, audit_event, run_issue to samsyn_app;
grant delete on connect_flow, outbox, notification to samsyn_app; -- retention
grant select on directory_user, directory_group, directory_membership, staging_user, staging_group, staging_membership,
  planned_change, candidate_match, candidate, directory_situation to samsyn_app;

-- samsyn_sync: writes the mirror, the runs, and of an app user nothing but the fields (I1, I2, I3).
grant select on organisation, connection, connection_group, attribute_mapping, notice_recipient, app_user, link, ignored,
  custom_field, candidate_match, candidate, directory_situation to samsyn_sync;
grant update (fields, updated_at, version) on app_user to samsyn_sync;
grant update (status, trouble_code, trouble_since, trouble_request_id) on connection to samsyn_sync;
grant select, insert on field_change, run_issue, notification, outbox, audit_event to samsyn_sync;
grant select, insert, update on mirror_state, sync_run, run_lease to samsyn_sync;
grant select, insert, update, delete on directory_user, directory_group, directory_membership, staging_user, staging_group,
  staging_membership, planned_change to samsyn_sync;
