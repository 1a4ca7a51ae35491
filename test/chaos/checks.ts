// What must hold at any moment, whoever has just died: read in one snapshot of each organisation. Lost and doubled are told by the
// ledger; here is what would be half.
import pg from 'pg';
import type { Ledger } from './ledger.ts';
import type { Organisation } from './world.ts';

export interface Findings {
  lost: string[];
  doubled: string[];
  half: string[];
}

// Each answers the rows that are wrong; $1 is the organisation.
const rules: Record<string, string> = {
  'I23: folding the history gives the present value': `
    with folded as (
      select distinct on (app_user_id, field) app_user_id, field, after from field_change
      where organisation_id = $1 order by app_user_id, field, id desc),
    present as (
      select u.id as app_user_id, f.key as field, f.value as after from app_user u, jsonb_each_text(u.fields) f where u.organisation_id = $1)
    select coalesce(p.app_user_id, h.app_user_id)::text || ' ' || coalesce(p.field, h.field) as what
    from folded h full join present p using (app_user_id, field) where p.after is distinct from h.after`,
  'I23: what a change replaced is what the one before it left': `
    select app_user_id::text || ' ' || field as what from (
      select app_user_id, field, before, lag(after) over (partition by app_user_id, field order by id) as left_before
      from field_change where organisation_id = $1) c
    where before is distinct from left_before`,
  'I10: nobody is linked and ignored': `
    select l.object_id::text as what from link l
    join connection k on k.organisation_id = l.organisation_id and k.id = l.connection_id
    join ignored i on i.organisation_id = l.organisation_id and i.tenant_id = k.tenant_id and i.object_id = l.object_id
    where l.organisation_id = $1`,
  'I6: a link is to a person that was read and to an app user that is there': `
    select l.object_id::text as what from link l
    left join directory_user d on d.organisation_id = l.organisation_id and d.connection_id = l.connection_id and d.object_id = l.object_id
    left join app_user u on u.organisation_id = l.organisation_id and u.id = l.app_user_id
    where l.organisation_id = $1 and (d.object_id is null or u.id is null or u.removed_at is not null)`,
  'I13: each run made one generation, and the mirror has the last': `
    select format('%s runs, the last made %s, the mirror has %s', count(*), max(r.generation), max(m.generation)) as what
    from sync_run r join mirror_state m on m.organisation_id = r.organisation_id and m.connection_id = r.connection_id
    where r.organisation_id = $1 and r.generation is not null
    having count(*) <> count(distinct r.generation) or count(*) <> max(r.generation) or max(r.generation) <> max(m.generation)`,
  'a run is open once at most': `
    select count(*)::text as what from sync_run where organisation_id = $1 and state in ('queued', 'running') having count(*) > 1`,
  'what a run read is gone when the run has gone well': `
    select count(*)::text as what from staging_user where organisation_id = $1
      and (select state from sync_run where organisation_id = $1 order by id desc limit 1) in ('ok', 'held')
    having count(*) > 0`,
  'I19: a run counts the changes that it wrote': `
    select r.id::text || ' says ' || (r.counts ->> 'changedFields') || ', wrote ' || count(c.id) as what
    from sync_run r left join field_change c on c.organisation_id = r.organisation_id and c.run_id = r.id
    where r.organisation_id = $1 and r.generation is not null group by r.organisation_id, r.id
    having coalesce((r.counts ->> 'changedFields')::int, 0) <> count(c.id)`,
  'a run that is there was asked for': `
    select r.id::text as what from sync_run r where r.organisation_id = $1 and r.trigger = 'manual'
      and (select count(*) from audit_event a where a.organisation_id = $1 and a.action = 'run.started' and a.subject = r.id::text) <> 1`,
};

// For each kind of register of the ledger: its name and what is there.
const registersSql = `
  select 'field ' || id as name, fields ->> 'jobTitle' as value from app_user where organisation_id = $1 and fields ? 'jobTitle'
  union all select 'created ' || display_name, display_name from app_user where organisation_id = $1 and display_name like 'Ny v%' and removed_at is null
  union all select 'ignored ' || object_id, reason from ignored where organisation_id = $1
  union all select 'link ' || object_id, app_user_id::text from link where organisation_id = $1
  union all select 'notices', email from notice_recipient where organisation_id = $1`;

export async function check(
  connectionString: string,
  organisations: readonly Organisation[],
  ledger: Ledger,
  startedRuns: readonly { organisationId: string; runId: string }[],
): Promise<Findings> {
  const found: Findings = { lost: [], doubled: [], half: [] };
  // Runs go on being started while we look: those before the first snapshot are in it.
  const started = [...startedRuns];
  const actual = new Map<string, string | null>();
  const client = await connectPatiently(connectionString);
  try {
    for (const { id } of organisations) {
      const read = async <T extends pg.QueryResultRow>(text: string) => (await client.query<T>(text, [id])).rows;
      await client.query('begin isolation level repeatable read read only');
      await client.query(`select set_config('samsyn.organisation', $1, true)`, [id]);
      const seen = new Set<string>();
      for (const { name, value } of await read<{ name: string; value: string }>(registersSql)) {
        const register = `${id} ${name}`;
        if (seen.has(register)) found.doubled.push(`${register} is there twice`);
        seen.add(register);
        actual.set(register, value);
      }
      for (const [rule, text] of Object.entries(rules)) {
        for (const { what } of await read<{ what: string }>(text)) found.half.push(`${id} ${rule}: ${what}`);
      }
      const runs = new Set(
        (await read<{ id: string }>('select id from sync_run where organisation_id = $1')).map((r) => r.id),
      );
      for (const { organisationId, runId } of started) {
        if (organisationId === id && !runs.has(runId)) found.lost.push(`run ${runId}`);
      }
      await client.query('commit');
    }
    found.lost.push(...ledger.settle(actual));
    for (const { id } of organisations) {
      await client.query('begin isolation level repeatable read read only');
      await client.query(`select set_config('samsyn.organisation', $1, true)`, [id]);
      await countEffects(client, id, ledger, found);
      await client.query('commit');
    }
  } finally {
    await client.end();
  }
  return found;
}

/** Once `settle` has said what was done: each effect has one line of history and one of the audit trail. */
async function countEffects(client: pg.Client, id: string, ledger: Ledger, found: Findings): Promise<void> {
  const tell = (what: string, times: number, effects: number) => {
    if (times > effects) found.doubled.push(`${id} ${what}: ${times} lines for ${effects}`);
    if (times < effects) found.half.push(`${id} ${what}: ${times} lines for ${effects}`);
  };
  const history = await client.query<{ id: string; times: string }>(
    `select app_user_id as id, count(*) as times from field_change where organisation_id = $1 and field = 'jobTitle' group by 1`,
    [id],
  );
  const lines = new Map(history.rows.map((row) => [`${id} field ${row.id}`, Number(row.times)]));
  for (const register of ledger.registers()) {
    if (register.startsWith(`${id} field `)) tell(register, lines.get(register) ?? 0, ledger.effectsOf(register));
  }
  const audits = await client.query<{ action: string; times: string }>(
    'select action, count(*) as times from audit_event where organisation_id = $1 group by 1',
    [id],
  );
  const times = new Map(audits.rows.map((row) => [row.action, Number(row.times)]));
  for (const [action, before] of Object.entries(audited)) {
    tell(action, (times.get(action) ?? 0) - before, ledger.auditsOf(`${id} ${action}`));
  }
}

// How many lines of it each organisation has from being arranged.
const audited = {
  'app_user.updated': 0,
  'app_user.created': 0,
  'person.ignored': 0,
  'person.restored': 0,
  'link.created': 1,
  'link.removed': 0,
  'settings.notices_saved': 1,
};

export async function connectPatiently(connectionString: string): Promise<pg.Client> {
  const until = performance.now() + 60_000;
  for (;;) {
    const client = new pg.Client({ connectionString });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}
