-- Where a reading of a connection's directory stands: written with each page that is staged, so that whoever takes it up knows what is
-- there and where it goes on. Gone when its rows became a generation, or when they are thrown away.
-- writer: mirror
create table pull_progress (
  organisation_id uuid not null,
  connection_id uuid not null,
  pull_id uuid not null,             -- of its rows in staging
  tenant_id uuid not null,
  generation bigint not null,        -- of the mirror that it goes on from (I14)
  mode text not null check (mode in ('initial', 'incremental')),
  options text not null,             -- what is asked for, and in which form it is staged
  refused text[] not null default '{}', -- coupled, and left out: Microsoft would not give them
  listed boolean not null,           -- whether everybody is listed that is to be; only what changed since is left
  list_link text,                    -- the next page of the one list
  shards jsonb,                      -- lists side by side: by shard its next page, or null when it is done
  counted integer,                   -- people, as Graph counted them when it began
  users_link text not null,          -- where changes of people go on from
  groups_mode text check (groups_mode in ('initial', 'incremental')),
  groups_link text,                  -- where groups go on from; null: they are read from their beginning
  people_read integer not null,
  people_expected integer,
  groups_read integer not null,
  began_at timestamptz not null,
  saved_at timestamptz not null,
  taken_up integer not null default 0, -- how often since then: where nobody gets any further, it is begun anew
  primary key (organisation_id, connection_id),
  foreign key (organisation_id, connection_id) references connection (organisation_id, id)
);

do $$
begin
  alter table pull_progress enable row level security;
  alter table pull_progress force row level security;
  create policy organisation_wall on pull_progress
    using (organisation_id = (select current_organisation())) with check (organisation_id = (select current_organisation()));
end $$;
grant select on pull_progress to samsyn_app;
grant select, insert, update, delete on pull_progress to samsyn_sync;

-- What a run says of its reading: that it went on where one was stopped, or that it had to begin once more.
alter table sync_run
  add column resumed_at timestamptz,
  add column reread_at timestamptz;

-- Staging is written page by page and swept by its primary key: a second index only makes each page slower.
drop index staging_user_connection;
