// The history over HTTP: pages, filters, search, decisions, and the files that are made of them.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../../../test/database.ts';
import { addAppUser, addOrganisation, type Org } from '../../../test/people.ts';
import { startServer, type Answer, type TestServer } from '../../../test/server.ts';
import { newId } from '../../base/ids.ts';
import type { Decision, HistoryChange } from '../../contract/api-history.ts';

const { db, adminConnectionString } = await useDatabase();
const owner = new pg.Client({ connectionString: adminConnectionString });
let server: TestServer;
let org: Org;
let cookie: string;
let anna: string;
let bo: string;
const runId = newId();

beforeAll(async () => {
  await owner.connect();
  server = await startServer(db);
  org = await addOrganisation(db, 'a.test');
  await owner.query(`update organisation set time_zone = 'Europe/Stockholm' where id = $1`, [org.id]);
  cookie = await server.signIn(org.admin);
  anna = await addAppUser(db, org.id, { displayName: 'Anna Berg', jobTitle: 'Säljare' });
  bo = await addAppUser(db, org.id, { displayName: 'Bo Ek', mobile: '+46701234567' });
  await arrangeRun();
});
afterAll(async () => {
  await server.app.close();
  await owner.end();
});

/** A run of the past that changed both, and one value that was set by linking. */
async function arrangeRun(): Promise<void> {
  const connectionId = newId();
  await owner.query(
    `insert into connection (organisation_id, id, tenant_id, tenant_name, status, consented_by_name, consented_by_oid, consented_at, turned_off_at)
     values ($1, $2, $3, 'A', 'off', 'Ada', $4, now(), now())`,
    [org.id, connectionId, newId(), newId()],
  );
  await owner.query(
    `insert into sync_run (organisation_id, id, connection_id, trigger, state, requested_by) values ($1, $2, $3, 'manual', 'ok', $4)`,
    [org.id, runId, connectionId, org.admin.id],
  );
  const insert = `insert into field_change (organisation_id, app_user_id, field, before, after, at, run_id, actor_id) values ($1, $2, $3, $4, $5, $6, $7, $8)`;
  // Half past eleven in the evening in Stockholm, and half past midnight.
  await owner.query(insert, [org.id, anna, 'jobTitle', 'Säljare', 'Chef', '2026-03-01T22:30:00Z', runId, null]);
  await owner.query(insert, [org.id, bo, 'jobTitle', null, '=HYPERLINK("x")', '2026-03-01T23:30:00Z', runId, null]);
  await owner.query(insert, [org.id, bo, 'office', null, 'Luleå', '2026-03-02T12:00:00Z', null, org.admin.id]);
}

const base = () => `/api/v1/organisations/${org.id}/history`;

async function changes(query = ''): Promise<{ items: HistoryChange[]; next: string | null; total: number }> {
  const answer = await server.call('GET', `${base()}/changes${query}`, { cookie });
  expect(answer.status, answer.text).toBe(200);
  return answer.body as unknown as { items: HistoryChange[]; next: string | null; total: number }; // parsed by the contract
}

const valuesOf = async (query: string) => (await changes(query)).items.map(({ after }) => after);

describe('changes', () => {
  test('I24 each says before, after, who, when, and why: a run, a link, a creation, an edit by hand', async () => {
    const { version } = (await server.call('GET', `/api/v1/organisations/${org.id}/users/${anna}`, { cookie }))
      .body as { version: number };
    await server.call('PATCH', `/api/v1/organisations/${org.id}/users/${anna}`, {
      cookie,
      body: { version, fields: { office: 'Umeå' } },
    });
    const { items } = await changes();
    const said = items.map(({ person, field, before, after, cause, actorName }) => [
      person.displayName, field, before, after, cause, actorName,
    ]); // prettier-ignore
    expect(said[0]).toEqual(['Anna Berg', 'office', null, 'Umeå', 'edit', 'admin@a.test']);
    expect(said).toContainEqual(['Anna Berg', 'jobTitle', null, 'Säljare', 'create', null]);
    expect(said).toContainEqual(['Anna Berg', 'jobTitle', 'Säljare', 'Chef', 'run', null]);
    expect(said).toContainEqual(['Bo Ek', 'office', null, 'Luleå', 'link', 'admin@a.test']);
    expect(items.find(({ cause }) => cause === 'run')?.run).toEqual({
      id: runId,
      trigger: 'manual',
      requestedBy: 'admin@a.test',
    });
    expect(items.map(({ at }) => at)).toEqual(
      items
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
  });

  test('filtered by person, field, run, administrator, and days where the organisation is', async () => {
    expect(await valuesOf(`?appUserId=${bo}&field=office`)).toEqual(['Luleå']);
    expect(await valuesOf(`?runId=${runId}`)).toEqual(['=HYPERLINK("x")', 'Chef']);
    expect(await valuesOf(`?actorId=${org.admin.id}&until=2026-03-02`)).toEqual(['Luleå']);
    expect(await valuesOf('?from=2026-03-01&until=2026-03-01')).toEqual(['Chef']);
    expect(await valuesOf('?from=2026-03-02&until=2026-03-02')).toEqual(['Luleå', '=HYPERLINK("x")']);
    expect(await valuesOf(`?runId=${runId}&field=office`)).toEqual([]);
  });

  test('found by a name, by how a value begins, before or after, in any case', async () => {
    expect(await valuesOf('?search=bo%20e&field=mobile')).toEqual(['+46701234567']);
    expect(await valuesOf('?search=CHE')).toEqual(['Chef']);
    expect(await valuesOf('?search=s%C3%84LJ')).toEqual(['Säljare', 'Chef']);
    expect(await valuesOf('?search=%2B46701')).toEqual(['+46701234567']);
    expect(await valuesOf('?search=ingenting')).toEqual([]);
    expect(await valuesOf('?search=%25')).toEqual([]);
  });

  test('page by page nothing is missing and nothing comes twice, with a search too', async () => {
    for (const query of ['', '&search=bo', `&runId=${runId}`]) {
      const all = (await changes(`?limit=200${query}`)).items.map(({ id }) => id);
      const paged: string[] = [];
      let next: string | null = '';
      while (next !== null) {
        const page: Awaited<ReturnType<typeof changes>> = await changes(`?limit=1${query}${next && `&after=${next}`}`);
        paged.push(...page.items.map(({ id }) => id));
        next = page.next;
        expect(page.total).toBe(all.length);
      }
      expect(paged).toEqual(all);
      expect(new Set(paged).size).toBe(all.length);
    }
  });

  test('what is no day and no end of a page is refused', async () => {
    const made = (parts: string[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    for (const query of [
      'from=0000-01-01',
      'until=2026-02-30',
      'from=x',
      'after=x',
      `after=${made(['x'])}`,
      `after=${made(['x', 'y'])}`,
    ]) {
      expect((await server.call('GET', `${base()}/changes?${query}`, { cookie })).status, query).toBe(400);
    }
    expect(await valuesOf(`?after=${made(['2026-99-99T00:00:00.000000Z', '9'])}`)).toEqual([]);
  });

  test('somebody who was removed keeps the history, and is said to be removed', async () => {
    const gone = await addAppUser(db, org.id, { displayName: 'Gun Borta' });
    await server.call('DELETE', `/api/v1/organisations/${org.id}/users/${gone}`, { cookie });
    const { items } = await changes('?search=gun%20borta');
    expect(items.map(({ person }) => person)).toEqual([{ id: gone, displayName: 'Gun Borta', removed: true }]);
  });
});

async function decisions(query = ''): Promise<Decision[]> {
  const answer = await server.call('GET', `${base()}/decisions${query}`, { cookie });
  expect(answer.status, answer.text).toBe(200);
  return (answer.body as unknown as { items: Decision[] }).items; // parsed by the contract
}

describe('decisions', () => {
  test('I28 who did what to whom, with names; of settings what they were before', async () => {
    await server.call('POST', `/api/v1/organisations/${org.id}/teams`, { cookie, body: { name: 'Växeln' } });
    await server.call('PATCH', `/api/v1/organisations/${org.id}`, { cookie, body: { language: 'en' } });
    const audit = `insert into audit_event (organisation_id, id, actor_id, actor_name, action, subject, detail) values ($1, $2, $3, 'Ada', $4, $5, $6)`;
    const subject = newId();
    const add = (action: string, detail: unknown) =>
      owner.query(audit, [org.id, newId(), org.admin.id, action, subject, JSON.stringify(detail)]);
    await add('settings.schedule_saved', { mode: 'manual' });
    await add('settings.schedule_saved', { mode: 'daily' });
    await add('person.ignored', { objectIds: [newId()], reason: 'rum' });
    await add('app_user.kept', { appUserIds: [anna, bo] });
    const items = await decisions();
    expect(items[0]).toMatchObject({ action: 'app_user.kept', people: { count: 2, names: ['Anna Berg', 'Bo Ek'] } });
    expect(items[1]).toMatchObject({ action: 'person.ignored', people: { count: 1 }, reason: 'rum', actorName: 'Ada' });
    expect(items[2]?.changes).toEqual([{ what: 'mode', before: 'manual', after: 'daily' }]);
    expect(items[3]?.changes).toEqual([{ what: 'mode', before: null, after: 'manual' }]);
    expect(items.find(({ action }) => action === 'organisation.updated')?.changes).toEqual([
      { what: 'language', before: 'sv', after: 'en' },
    ]);
    expect(items.find(({ action }) => action === 'team.created')?.subject).toBe('Växeln');
  });

  test('filtered by kind and by administrator', async () => {
    const actions = async (query: string) => new Set((await decisions(query)).map(({ action }) => action));
    expect(await actions('?group=settings')).toEqual(new Set(['settings.schedule_saved', 'organisation.updated']));
    expect(await actions('?group=links')).toEqual(new Set(['person.ignored', 'app_user.kept']));
    expect(await actions(`?actorId=${org.member.id}`)).toEqual(new Set());
    expect((await decisions('?until=2020-01-01')).length).toBe(0);
  });

  test('the administrators to filter by are those who did something', async () => {
    const answer = await server.call('GET', `${base()}/administrators`, { cookie });
    expect(answer.body).toEqual({ items: [{ id: org.admin.id, displayName: 'admin@a.test' }] });
  });
});

describe('files', () => {
  const ask = (what: string, body: Record<string, unknown> = {}, as = cookie): Promise<Answer> =>
    server.call('POST', `${base()}/${what}/export`, { cookie: as, body: { format: 'csv', language: 'sv', ...body } });

  test('T17 the changes as CSV in the words and time of the organisation, formulas made harmless', async () => {
    const answer = await ask('changes', { until: '2026-03-02' });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(String(answer.headers['content-disposition'])).toMatch(
      /^attachment; filename="Historik---andringar-\d{4}-\d\d-\d\d\.csv"; filename\*=UTF-8''Historik%20%E2%80%93%20%C3%A4ndringar%20/,
    );
    expect(answer.text.split('\r\n')).toEqual([
      '\uFEFF"När (Europe/Stockholm)","Person","Fält","Före","Efter","Varför","Av"',
      '"2026-03-02 13:00:00","Bo Ek","Kontor","","Luleå","Koppling","admin@a.test"',
      `"2026-03-02 00:30:00","Bo Ek","Befattning","","'=HYPERLINK(""x"")","Körning","Startad av admin@a.test"`,
      '"2026-03-01 23:30:00","Anna Berg","Befattning","Säljare","Chef","Körning","Startad av admin@a.test"',
      '',
    ]);
  });

  test('I28 an export is an audit event that names no search; decisions in English; a run’s changes', async () => {
    const found = await ask('changes', { search: 'Anna', format: 'xlsx' });
    expect(found.headers['content-type']).toBe('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
    expect((await ask('decisions', { language: 'en', group: 'exports' })).text).toContain(
      '"Exported","Historik'.replace('Historik', 'History'),
    );
    const ofRun = await ask(`runs/${runId}`, { search: 'chef' });
    expect(ofRun.text).toContain('"Anna Berg","Befattning","Säljare","Chef"');
    expect((await ask(`runs/${newId()}`)).status).toBe(404);
    const { rows } = await owner.query<{ subject: string; detail: unknown }>(
      `select subject, detail from audit_event where action = 'table.exported' and organisation_id = $1 order by id`,
      [org.id],
    );
    expect(rows.map(({ subject }) => subject)).toEqual([
      'history_changes',
      'history_changes',
      'history_decisions',
      'run_changes',
    ]);
    expect(rows[1]?.detail).toEqual({ format: 'xlsx', searched: true });
  });

  test('the seventh file in an hour is refused with the time to wait, also on another server; the next one an hour later is not', async () => {
    const other = await addOrganisation(db, 'many.test');
    const url = `/api/v1/organisations/${other.id}/history/decisions/export`;
    const second = await startServer(db);
    const [here, there] = [await server.signIn(other.admin), await second.signIn(other.admin)];
    const body = { format: 'csv', language: 'sv' };
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, turn) =>
        turn % 2 === 0
          ? server.call('POST', url, { cookie: here, body })
          : second.call('POST', url, { cookie: there, body }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(6);
    expect(statuses.filter((status) => status === 429)).toHaveLength(3);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body).toMatchObject({ error: { code: 'too_many_requests' } });
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(3500);
    await owner.query(`update audit_event set at = at - interval '61 minutes' where organisation_id = $1`, [other.id]);
    expect((await server.call('POST', url, { cookie: here, body })).status).toBe(200);
    await second.app.close();
  });

  test('T22 a file takes a recent sign-in', async () => {
    await server.clock.advance(20 * 60_000);
    expect((await ask('decisions')).body).toMatchObject({ error: { code: 'password_needed' } });
  });
});
