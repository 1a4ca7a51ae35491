-- The life of a connect link beyond its making and its use: whom it waits for, the one reminder, and what was granted by it.
alter table connect_link
  add column waiting_at timestamptz,              -- somebody signed in who may not grant, or was sent away by Microsoft
  add column waiting_person text,                 -- who
  add column operator_asked_at timestamptz,       -- the consent is proved, and the operator has to approve
  add column reminded_at timestamptz,             -- at most one; with it came a new token, and the earlier one died
  add column reminded_email text,
  add column declined_by text check (declined_by in ('colleague', 'operator')),
  add column used_permissions text[] not null default '{}',
  add column expiry_told_at timestamptz;
update connect_link set declined_by = 'colleague' where declined_at is not null;

-- A connecting that is proved can wait for the operator (T3). `approved_at` stays: it is what the connection was made by.
alter table connect_flow
  add column approval_asked_at timestamptz,
  add column approved_at timestamptz;
alter table connect_flow drop constraint connect_flow_step_check;
alter table connect_flow add constraint connect_flow_step_check
  check (step in ('opened', 'sign_in', 'confirm', 'consent', 'proving', 'waiting', 'connected', 'failed'));

-- The operator's one look across the wall, from the command line: which connectings wait for an approval.
create policy operator_approvals on connect_flow for select
  using (step = 'waiting' and (select current_setting('samsyn.operator', true)) = 'approvals');
