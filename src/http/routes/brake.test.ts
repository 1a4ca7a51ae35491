// Previews, held runs, limits and undoing over HTTP, and the files that are made of them. What they do is tested in src/sync/.
import { afterAll, describe, expect, test } from 'vitest';
import { useWorld } from '../../../test/factories.ts';
import { addPerson } from '../../../test/people.ts';
import { startServer } from '../../../test/server.ts';
import { present } from '../../base/assert.ts';
import { defaultBrakeLimits } from '../../contract/brake.ts';
import { defaultMappings, type Mapping } from '../../contract/settings.ts';
import { executeRun } from '../../sync/execute-run.ts';
import { startPreview } from '../../sync/start-preview.ts';

const world = await useWorld();
const { store } = world.emulator;
const server = await startServer(world.db);
afterAll(() => server.app.close());
const title: Mapping = { source: 'jobTitle', target: 'jobTitle', write: 'always', empty: 'clear' };

let organisations = 0;

/** Twelve linked people whose titles have all been changed in Entra, one of them into a formula; nothing is synced of it yet. */
async function arranged() {
  const org = await world.connect({ mappings: [...defaultMappings, title] });
  const people: { objectId: string; appUserId: string }[] = [];
  for (let number = 0; number < 12; number += 1) {
    const { id: objectId } = org.addPerson({ displayName: `Person ${number}`, jobTitle: 'Före' });
    people.push({ objectId, appUserId: await org.addAppUser({ displayName: `Person ${number}` }) });
  }
  await org.run();
  for (const { objectId, appUserId } of people) await org.link(objectId, appUserId);
  await org.run();
  people.forEach(({ objectId }, number) =>
    store.updateUser(org.tenantId, objectId, { jobTitle: number === 0 ? '=1+1' : 'Efter' }),
  );
  const email = `admin${(organisations += 1)}@bolag.example`;
  await addPerson(world.db, org.id, { email, permissions: ['users_and_teams'] });
  const cookie = await server.signIn({ email });
  const call = (method: string, path: string, body?: unknown) =>
    server.call(method, `/api/v1/organisations/${org.id}${path}`, { cookie, ...(body === undefined ? {} : { body }) });
  return { org, people, call };
}

describe('held runs', () => {
  test('are shown, narrowed down, exported without formulas, and decided, all by what was shown', async () => {
    const { org, people, call } = await arranged();
    expect((await call('GET', '/connection/held')).body).toEqual({ held: null });
    const run = await org.run();
    const { body } = await call('GET', '/connection/held');
    expect(body).toMatchObject({
      held: { runId: run.id, changes: 12, absences: 0, fields: [{ field: 'jobTitle', changes: 12 }] },
    });
    const { hash } = (body as { held: { hash: string } }).held; // as just compared
    const list = await call('GET', '/connection/held/rows?field=jobTitle&search=efter&limit=5');
    expect(list.body).toMatchObject({ total: 11, items: { length: 5 } });
    const file = await call('POST', '/connection/held/export', { format: 'csv', language: 'en' });
    expect(file.status).toBe(200);
    expect(file.text.split('\r\n').filter(Boolean)).toHaveLength(13);
    expect(file.text).toContain(`"'=1+1"`);
    expect(
      (await call('POST', '/connection/held/decide', { decision: 'approve', rows: { all: 'another' } })).status,
    ).toBe(409);
    const key = `c:${present(people[1], 'made').appUserId}:jobTitle`;
    expect(
      (await call('POST', '/connection/held/decide', { decision: 'dismiss', rows: [key, 'c:x:y'] })).body,
    ).toMatchObject({
      done: 1,
      refused: [{ code: 'not_available' }],
    });
    expect((await call('POST', '/connection/held/decide', { decision: 'approve', rows: { all: hash } })).status).toBe(
      409,
    );
    const now = (await call('GET', '/connection/held')).body as { held: { hash: string } };
    expect(
      (await call('POST', '/connection/held/decide', { decision: 'approve', rows: { all: now.held.hash } })).body,
    ).toEqual({
      done: 11,
      refused: [],
    });
    expect((await call('GET', '/connection/held')).body).toEqual({ held: null });
    const events = await world.admin.query(
      `select action, detail -> 'hash' is not null as of_all from audit_event where organisation_id = $1 and action like 'held.%' order by id`,
      [org.id],
    );
    expect(events.rows).toEqual([
      { action: 'held.dismissed', of_all: false },
      { action: 'held.approved', of_all: true },
    ]);
  });
});

test('limits are shown with whether they are the usual ones, and saved; numbers that make no sense are refused', async () => {
  const { call } = await arranged();
  expect((await call('GET', '/connection/held/limits')).body).toEqual({ limits: defaultBrakeLimits, isDefault: true });
  const limits = { ...defaultBrakeLimits, gone: { count: 1, share: 0.01, max: 20 } };
  expect((await call('PUT', '/connection/held/limits', limits)).body).toEqual({ limits, isDefault: false });
  expect((await call('PUT', '/connection/held/limits', { ...limits, remaining: { share: 2 } })).status).toBe(400);
  expect((await call('GET', '/connection/held/limits')).body).toMatchObject({ limits });
});

test('a preview is shown and exported as both files; a run of another kind is no preview', async () => {
  const { org, call } = await arranged();
  const { id } = await startPreview(world.deps, org.actor, {});
  await executeRun(world.deps, { organisationId: org.id, runId: id }, new AbortController().signal);
  expect((await call('GET', `/connection/previews/${id}`)).body).toMatchObject({
    counts: { changed: 12 },
    isCurrent: true,
  });
  const csv = await call('POST', `/connection/previews/${id}/export`, { format: 'csv', language: 'sv' });
  expect(csv.text.split('\r\n').filter(Boolean)).toHaveLength(13);
  expect(csv.text).toContain('"Ändras"');
  const xlsx = await call('POST', `/connection/previews/${id}/export`, { format: 'xlsx', language: 'sv' });
  expect(xlsx.headers['content-type']).toContain('spreadsheetml');
  const run = await org.run();
  expect((await call('GET', `/connection/previews/${run.id}`)).status).toBe(404);
});

test('a run is taken back over HTTP, and what it would do is shown first', async () => {
  const { org, people, call } = await arranged();
  const one = present(people[0], 'made');
  for (const { objectId } of people.slice(1)) store.updateUser(org.tenantId, objectId, { jobTitle: 'Före' });
  const run = await org.run();
  expect((await call('GET', `/undo/run/${run.id}`)).body).toMatchObject({ fields: 1, changedSince: 0 });
  expect((await call('GET', `/undo/run/${run.id}/rows`)).body).toMatchObject({
    items: [{ now: '=1+1', back: 'Före' }],
  });
  const { body } = await call('POST', `/undo/run/${run.id}`, {});
  expect(body).toMatchObject({ fields: 1, leftAlone: 0 });
  expect((await org.fieldsOf(one.appUserId))['jobTitle']).toBe('Före');
  expect((await call('POST', `/undo/undo/${String(body?.['undoId'])}`, {})).body).toMatchObject({ fields: 1 });
  expect((await call('POST', `/undo/deed/${run.id}`, {})).status).toBe(404);
});
