-- Exceptions from the rules of fields, cases that name two people, and links that moved to somebody's new entry.

-- A field of one app user that does not follow Entra, although it is coupled: who is responsible, why, and until when.
-- It ends by itself by the database's clock; its row goes when a run has looked at the person again.
-- writer: people
create table field_exception (
  organisation_id uuid not null,
  app_user_id uuid not null,
  field text not null,
  owner_id uuid not null,  -- the app user who is responsible for it
  reason text not null check (reason <> ''),
  until date,              -- the last day, in the organisation's time zone; null: until somebody ends it
  ends_at timestamptz,     -- the same as a moment, or when somebody ended it
  made_by uuid not null,
  made_at timestamptz not null default now(),
  primary key (organisation_id, app_user_id, field),
  foreign key (organisation_id, app_user_id) references app_user (organisation_id, id),
  foreign key (organisation_id, owner_id) references app_user (organisation_id, id)
);

-- Of a clash: the other person.
alter table run_issue add column other_name text;

-- The entry that the link was moved from: kept as a tombstone, so that the move can be taken back.
alter table link add column moved_from uuid;

do $$
begin
  alter table field_exception enable row level security;
  alter table field_exception force row level security;
  create policy organisation_wall on field_exception
    using (organisation_id = (select current_organisation())) with check (organisation_id = (select current_organisation()));
end $$;
grant select, insert, update on field_exception to samsyn_app;
grant select, delete on field_exception to samsyn_sync;
