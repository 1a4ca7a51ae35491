-- What the key of the server opens, so that a wrong one is seen at the start and not at the first secret (F69). One row.
-- writer: db
create table server_key (
  name text primary key check (name = 'check'),
  sealed text not null
);
-- Once and for all servers of this database; the same text sealed anew when the key is changed. Never deleted.
grant select, insert, update (sealed) on server_key to samsyn_app;
