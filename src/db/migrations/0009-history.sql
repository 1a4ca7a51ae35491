-- History that answers at once at a million changes. Under row-level security an index is used only with operators that leak
-- nothing: comparisons of plain columns, and neither LIKE nor words of a text. So a value is looked for by how it begins.
alter table field_change
  add column before_key text collate "C" generated always as (search_key(left(before, 64))) stored,
  add column after_key text collate "C" generated always as (search_key(left(after, 64))) stored;
create index field_change_before on field_change (organisation_id, before_key) where before_key is not null;
create index field_change_after on field_change (organisation_id, after_key) where after_key is not null;

-- Latest first: all of it, of one field, of one administrator. Of one person and of one run there are indexes.
create index field_change_at on field_change (organisation_id, at desc, id desc);
create index field_change_field on field_change (organisation_id, field, at desc, id desc);
create index field_change_actor on field_change (organisation_id, actor_id, at desc, id desc) where actor_id is not null;

-- The decisions of one administrator; also how many files somebody had made in the last hour.
create index audit_event_actor on audit_event (organisation_id, actor_id, at desc, id desc) where actor_id is not null;
