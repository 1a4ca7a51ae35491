-- A chosen group that two look-ups did not find (F8). Who counted through it stays in scope until it is back or no longer chosen.
-- writer: mirror
create table gone_group (
  organisation_id uuid not null,
  connection_id uuid not null,
  group_id uuid not null,
  name text not null,
  since timestamptz not null default now(),
  back_at timestamptz, -- found again by the last run; the next one forgets it
  primary key (organisation_id, connection_id, group_id),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id)
);

-- Who counted through it, groups within it included, by what the mirror knew when it was found to be gone.
-- writer: mirror
create table gone_group_member (
  organisation_id uuid not null,
  connection_id uuid not null,
  group_id uuid not null,
  object_id uuid not null,
  primary key (organisation_id, connection_id, group_id, object_id),
  foreign key (organisation_id, connection_id, group_id) references gone_group (organisation_id, connection_id, group_id)
);
create index gone_group_member_object on gone_group_member (organisation_id, connection_id, object_id);

do $$
declare
  t text;
begin
  foreach t in array array['gone_group', 'gone_group_member'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format(
      'create policy organisation_wall on %I using (organisation_id = (select current_organisation())) with check (organisation_id = (select current_organisation()))', t);
  end loop;
end $$;
grant select on gone_group, gone_group_member to samsyn_app;
grant select, insert, update, delete on gone_group, gone_group_member to samsyn_sync;

-- When a tenant that is gone was last asked for: that is done once a week and not each night (F5).
alter table connection add column trouble_asked_at timestamptz;
grant update (trouble_asked_at) on connection to samsyn_sync;
