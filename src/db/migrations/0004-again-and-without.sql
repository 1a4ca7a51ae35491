-- A run that is tried again by itself, and what a run goes on without: an attribute that Microsoft refuses.
alter table sync_run
  add column attempt smallint not null default 1, -- how many runs in a row have tried the same
  add column retry_at timestamptz,                -- of a run that failed for what may pass: when the next one begins
  add column error_client_request_id text;        -- our own id of the request, when there was no answer
alter table sync_run drop constraint sync_run_trigger_check;
alter table sync_run add constraint sync_run_trigger_check check (trigger in ('manual', 'nightly', 'retry'));
alter table sync_run drop constraint sync_run_state_check;
alter table sync_run add constraint sync_run_state_check
  check (state in ('queued', 'running', 'ok', 'retrying', 'failed', 'superseded'));
alter table sync_run add constraint sync_run_retry_check check ((state = 'retrying') = (retry_at is not null));
-- At most one next try for each connection.
create unique index sync_run_retrying on sync_run (organisation_id, connection_id) where state = 'retrying';

alter table mirror_state
  add column groups_link_options text,                  -- as users_link_options
  add column refused text[] not null default '{}';      -- attributes that Microsoft would not give in the last round

-- Members that Microsoft does not show look like no members at all.
alter table staging_group add column hidden boolean not null default false;
