-- The brake (R8): what a run may not do without a person is held, shown row by row, and decided. Beside it what a preview shows,
-- what an administrator has approved by it, and what was taken back.

-- Somebody whose absence is held counts as before: present and in scope. The held_* columns say what the directory says.
alter table directory_user
  add column held_reason text check (held_reason in ('deleted', 'purged', 'left_groups', 'disabled', 'guest')),
  add column held_evidence text,     -- what proved it (R6)
  add column held_at timestamptz,
  add column held_run_id uuid,
  add column held_decision text check (held_decision in ('waiting', 'dismissed')), -- null: nobody has decided
  add column held_decided_by uuid,
  add column held_decided_at timestamptz,
  add constraint directory_user_held_check check ((held_reason is null) = (held_at is null)),
  add constraint directory_user_held_counts check (held_reason is null or (deleted_at is null and in_scope));
create index directory_user_held on directory_user (organisation_id, connection_id, object_id) where held_reason is not null;

-- A change of a field that no run makes by itself: held by the brake, or dismissed by a person (by a decision, or by undoing it).
-- A dismissed one stands as long as the directory says the same.
-- writer: sync
create table held_change (
  organisation_id uuid not null,
  connection_id uuid not null,
  app_user_id uuid not null,
  field text not null,
  before text,
  after text,
  run_id uuid not null, -- that first wanted it
  held_at timestamptz not null default now(),
  decision text check (decision in ('waiting', 'dismissed')), -- null: nobody has decided
  decided_by uuid,
  decided_at timestamptz,
  primary key (organisation_id, connection_id, app_user_id, field),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id),
  foreign key (organisation_id, app_user_id) references app_user (organisation_id, id)
);

-- Limits of the brake that an organisation has set for itself; without a row the product's own.
-- writer: connection
create table brake_limit (
  organisation_id uuid not null,
  connection_id uuid not null,
  limits jsonb not null, -- src/contract/brake.ts: brakeLimitsSchema
  saved_by uuid,
  saved_at timestamptz not null default now(),
  primary key (organisation_id, connection_id),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id)
);

-- That a person saw a plan and wanted exactly it (F43, I37): a run whose plan has this hash passes the brake.
-- writer: connection
create table plan_approval (
  organisation_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  preview_run_id uuid not null,
  plan_hash text not null,
  settings_version integer not null, -- that the saving made
  approved_by uuid not null,
  approved_at timestamptz not null default now(),
  primary key (organisation_id, id),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id)
);
create index plan_approval_connection on plan_approval (organisation_id, connection_id, settings_version);

-- 'preview' changes nothing; 'person' reads one person only.
alter table sync_run
  add column plan_hash text,                -- of everything that it would do to people
  add column unapproved jsonb,              -- what it did without an approval, for the sum over seven days: src/reconcile/brake.ts
  add column held_why jsonb,                -- which limits held it
  add column draft jsonb,                   -- of a preview: settings that are not saved
  add column subject_id uuid,               -- of 'person': the directory object
  add column subject_name text,
  add column steps jsonb;                   -- of 'person': what was asked and found
alter table sync_run drop constraint sync_run_trigger_check;
alter table sync_run add constraint sync_run_trigger_check check (trigger in ('manual', 'nightly', 'retry', 'preview', 'person'));
alter table sync_run drop constraint sync_run_state_check;
alter table sync_run add constraint sync_run_state_check
  check (state in ('queued', 'running', 'ok', 'held', 'retrying', 'failed', 'superseded'));

-- What a run would do, a row a person and kind, or a person and field.
-- writer: sync
create table preview_row (
  organisation_id uuid not null,
  run_id uuid not null,
  position integer not null, -- in the order of kind, name, field
  kind text not null check (kind in ('changed', 'new', 'gone', 'returned', 'clash')),
  object_id uuid,
  app_user_id uuid,
  display_name text not null,
  detail text,     -- e-mail or user name
  field text,
  before text,
  after text,
  reason text,     -- of 'gone' why, of 'clash' what
  held boolean not null default false, -- the brake would hold it
  search_text text generated always as (search_key(
    display_name || ' ' || coalesce(detail, '') || ' ' || coalesce(before, '') || ' ' || coalesce(after, ''))) stored,
  primary key (organisation_id, run_id, position),
  foreign key (organisation_id, run_id) references sync_run (organisation_id, id)
);
create index preview_row_kind on preview_row (organisation_id, run_id, kind, position);

-- Something that was taken back, as a whole or for one person. It is a change itself, and can be taken back.
-- writer: sync
create table undo (
  organisation_id uuid not null,
  id uuid not null,
  of_kind text not null check (of_kind in ('run', 'deed', 'undo')),
  of_id uuid not null,      -- sync_run, audit_event or undo
  app_user_id uuid,         -- for this person only
  undone_by uuid not null,
  undone_at timestamptz not null default now(),
  done jsonb not null default '{}', -- how many fields, and which links and users: src/sync/undo-target.ts
  primary key (organisation_id, id)
);
create index undo_of on undo (organisation_id, of_id);

-- By which deed (audit_event) or undo a change was made: links and created users write fields too.
alter table field_change
  add column undo_id uuid,
  add column deed_id uuid;
create index field_change_undo on field_change (organisation_id, undo_id, id) where undo_id is not null;
create index field_change_deed on field_change (organisation_id, deed_id, id) where deed_id is not null;

do $$
declare
  t text;
begin
  foreach t in array array['held_change', 'brake_limit', 'plan_approval', 'preview_row', 'undo'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format(
      'create policy organisation_wall on %I using (organisation_id = (select current_organisation())) with check (organisation_id = (select current_organisation()))', t);
  end loop;
end $$;
grant select on held_change, preview_row to samsyn_app;
grant insert, update, delete on held_change to samsyn_app; -- undoing dismisses
grant delete on preview_row to samsyn_app;                 -- retention
grant select, insert, update on brake_limit to samsyn_app;
grant select, insert on plan_approval, undo to samsyn_app;
grant select on brake_limit, plan_approval, undo to samsyn_sync;
grant select, insert, update, delete on held_change, preview_row to samsyn_sync;
