-- Which of the directory's users are people (graph-protocol 8.6): facts only; what kind of account they make is worked out where
-- it is shown, by src/reconcile/account-marks.ts.
alter table directory_user
  add column licensed boolean,                               -- null: not told
  add column resource_account boolean not null default false, -- isResourceAccount: of Teams, for a queue or an attendant
  add column invitation text,                                -- externalUserState of a guest; null: not told, or no guest
  -- What the mailbox is for, as Exchange says; null: not asked, not permitted, or no mailbox.
  add column mailbox_purpose text check (mailbox_purpose in ('user', 'linked', 'shared', 'room', 'equipment', 'others')),
  add column mailbox_read_at timestamptz;                    -- null: to be asked, as soon as that is permitted
create index directory_user_mailbox on directory_user (organisation_id, connection_id, object_id)
  where mailbox_read_at is null and in_scope and deleted_at is null and user_type <> 'Guest' and mail is not null
    and (licensed = false or not account_enabled);

-- Since when it is known that MailboxSettings.Read was not granted: asked again only after a while, or after a new consent.
alter table mirror_state add column mailbox_denied_at timestamptz;
