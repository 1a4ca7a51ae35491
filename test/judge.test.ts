// The judge of the emulator's answers, put to the proof: an answer that Microsoft's schema does not allow turns a run red, wherever
// the emulator runs. Without this, hundreds of green answers would prove nothing.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { NORRSKEN, userId } from '../emulator/people.ts';
import { createSchemaJudge, readVerdicts, schemaNote } from '../emulator/schema-judge.ts';
import type { Judge } from '../emulator/schema-judge.ts';
import { APP, startKit, type Kit } from '../emulator/test-kit.ts';
import setup from './judge-setup.ts';
import { freePort } from './whole-server.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'samsyn-judge-test-'));
  ends.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** An emulator with a judge of its own, so that what is planted here does not end this run. */
async function start(folder = makeFolder()): Promise<{ kit: Kit; judge: Judge; folder: string }> {
  const judge = createSchemaJudge(folder);
  if (judge === null) throw new Error('The schema is not there.');
  const kit = await startKit({ judge });
  ends.push(() => kit.close());
  return { kit, judge, folder };
}

const someone = userId('asa.oberg@norrsken.se');
const spoilPerson = (kit: Kit): void => {
  const user = kit.store.tenant(NORRSKEN.id).users.get(someone);
  if (user === undefined) throw new Error('Nobody is there.');
  user.props['accountEnabled'] = 'yes';
};

describe.skipIf(schemaNote !== '')(`Point 14: the schema judges every answer of the emulator${schemaNote}`, () => {
  test('a member of a wrong type is answered as a failure that names it, and is written down', async () => {
    const { kit, folder } = await start();
    const asked = `/users/${someone}?$select=id,accountEnabled`;
    expect((await kit.get(asked)).status).toBe(200);
    expect(readVerdicts(folder).violations).toEqual([]);
    spoilPerson(kit);
    await expect(kit.get(asked)).rejects.toThrow('/accountEnabled must be');
    const verdicts = readVerdicts(folder);
    expect(verdicts.judged.get('user')).toBe(2);
    expect(verdicts.violations).toEqual([
      `GET /v1.0/users/${someone} answered 200, which is no user: /accountEnabled must be boolean,null {"type":["boolean","null"]}`,
    ]);
  });

  test('so is one inside a delta page and inside a batch', async () => {
    const { kit, folder } = await start();
    spoilPerson(kit);
    await expect(kit.get('/users/delta?$select=accountEnabled')).rejects.toThrow('userDeltaResponse');
    const requests = [{ id: '1', method: 'GET', url: `/users/${someone}?$select=accountEnabled` }];
    const batch = await kit.ask('POST', '/$batch', {}, { requests });
    expect(batch.body['responses']).toMatchObject([
      { status: 500, body: { error: { code: 'EmulatorSchemaViolation' } } },
    ]);
    expect(readVerdicts(folder).violations).toHaveLength(2);
  });

  test('a failure that a script asked for has a right envelope, unless the script is there to break it', async () => {
    const { kit, folder } = await start();
    const { faults } = kit.store;
    faults.add({ match: { path: '/users', times: 1 }, answer: { status: 503 } });
    expect((await kit.get('/users')).code).toBe('ServiceUnavailable');
    faults.add({ match: { path: '/users', times: 1 }, answer: { status: 503, body: 'down' } });
    expect((await kit.get('/users')).status).toBe(503);
    expect(readVerdicts(folder).violations).toEqual([]);
    faults.add({
      match: { path: '/users', times: 1 },
      answer: { status: 400, body: { error: { code: 'BadRequest' } } },
    });
    await expect(kit.get('/users')).rejects.toThrow("must have required property 'message'");
  });

  test.each([
    ['a token answer with a member too many', '/x/oauth2/v2.0/token', 200, { token_type: 'Bearer', expires_in: 1, access_token: 'x', more: 1 }, 'tokenResponse'],
    ['a token error without numbers', '/x/oauth2/v2.0/token', 400, { error: 'invalid_client' }, 'tokenError'],
    ['a delta page without a link', '/v1.0/groups/delta()', 200, { '@odata.context': 'x', value: [] }, 'groupDeltaResponse'],
    ['a list of something else', '/v1.0/domains', 200, { value: [{ id: 7 }] }, 'list of domain'],
    ['a body where there is none', '/v1.0/subscriptions/1', 204, {}, 'empty answer'],
    ['a route of which nothing is said', '/v1.0/planner/tasks', 200, {}, 'known route'],
  ])('%s is seen', (_, where, status, body, name) => {
    const judge = createSchemaJudge(makeFolder());
    expect(judge?.({ method: 'GET', path: where, answer: { status, body } })).toContain(`no ${name}: `);
  }); // prettier-ignore

  test('an emulator in a process of its own is judged by the variable', async () => {
    const folder = makeFolder();
    const port = await freePort();
    const main = fileURLToPath(new URL('../emulator/main.ts', import.meta.url));
    const child = spawn(process.execPath, [main, '--quiet', '--port', String(port)], {
      env: { ...process.env, EMULATOR_JUDGE_DIR: folder },
      stdio: 'ignore',
    });
    ends.push(() => child.kill('SIGKILL'));
    const fields = {
      client_id: APP.clientId,
      client_secret: APP.secret,
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
    };
    const token = `http://localhost:${port}/${NORRSKEN.id}/oauth2/v2.0/token`;
    await vi.waitFor(() => fetch(token, { method: 'POST', body: new URLSearchParams(fields) }), {
      timeout: 15_000,
      interval: 100,
    });
    await vi.waitFor(() => expect([...readVerdicts(folder).judged.keys()]).toEqual([expect.stringMatching(/^token/)]));
  });

  test('a violation ends the whole run red, whoever met it', async () => {
    const folder = makeFolder();
    vi.stubEnv('EMULATOR_JUDGE_DIR', folder);
    ends.push(() => vi.unstubAllEnvs());
    const finish = setup();
    expect(finish).not.toThrow();
    const { kit } = await start(folder);
    spoilPerson(kit);
    // Nobody looks at the answer.
    await kit.get(`/users/${someone}?$select=accountEnabled`).catch(() => undefined);
    expect(finish).toThrow('which is no user: /accountEnabled must be');
  });
});

test('without the variable nothing is judged', async () => {
  vi.stubEnv('EMULATOR_JUDGE_DIR', '');
  ends.push(() => vi.unstubAllEnvs());
  const kit = await startKit();
  ends.push(() => kit.close());
  spoilPerson(kit);
  expect((await kit.get(`/users/${someone}?$select=accountEnabled`)).body['accountEnabled']).toBe('yes');
});
