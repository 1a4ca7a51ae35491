// T7: a directory whose people carry the addresses of others opens nothing of those others. T15: nothing that is sent to the server moves the
// hosts that it speaks to, or what it shows them.
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startEmulator } from '../emulator/server.ts';
import { FJALLBYGG } from '../emulator/people.ts';
import { contractRoutes, nameOf } from './contract-routes.ts';
import { connectSelf, organisationId, startOver, useSamsyn } from './samsyn-world.ts';
import type { ScriptedBrowser } from './scripted-browser.ts';

const world = await useSamsyn();
const { store } = world.emulator;
const otherId = '0192a000-0000-7000-8000-000000000002';
const victim = { name: 'Björn Ek', email: 'bjorn.ek@norrsken.se' };
let attacker: ScriptedBrowser;

beforeAll(async () => {
  await startOver(world);
  attacker = await world.signIn();
});

const api = (path: string, organisation = otherId) => `${world.url}/api/v1/organisations/${organisation}${path}`;

test('T7 a victim’s addresses set in another tenant, signed in with and synced: nothing of the victim is reached or changed', async () => {
  // Of organisation A: the victim, whom Fjällbygg's directory now claims to have, in every address that it can write.
  const upn = 'bjorn.ek@fjallbygg.se';
  const eve = store.createUser(FJALLBYGG.id, {
    displayName: victim.name,
    userPrincipalName: upn,
    mail: victim.email,
    proxyAddresses: [`SMTP:${victim.email}`],
    otherMails: [victim.email],
    jobTitle: 'Eve was here',
  });
  const ofVictim = async () => world.query("select to_jsonb(a) - 'xmin' as row from app_user a where organisation_id = $1 order by id", [organisationId]); // prettier-ignore
  const accounts = () => world.query('select to_jsonb(u) as row from auth_user u order by id');
  const before = [await ofVictim(), await accounts()];

  const flow = await connectSelf(
    world,
    attacker,
    { upn: 'erik.fjall@fjallbygg.se', typedName: 'Norrsken Fiber AB' },
    otherId,
  );
  expect(flow).toMatchObject({ step: 'connected' });
  const put = (step: string, body: unknown) => attacker.call('PUT', api(`/connection/settings/${step}`), body);
  await put('groups', { scope: 'all', groups: [], includeGuests: true, includeDisabled: true });
  const mapping = (source: string, target: string) => ({ source, target, write: 'always', empty: 'keep' });
  await put('fields', { mappings: [mapping('givenName', 'firstName'), mapping('surname', 'lastName'), mapping('displayName', 'displayName'), mapping('mail', 'email'), mapping('jobTitle', 'jobTitle')] }); // prettier-ignore
  await put('notices', { recipients: [{ email: 'it@fjallbygg.test', kinds: ['gone'] }] });
  await put('schedule', { mode: 'manual' });
  const { body } = await attacker.call('POST', api('/connection/runs'));
  const run = async () => ((await attacker.call('GET', api(`/connection/runs/${(body as { id: string }).id}`))).body as { state: string }).state; // prettier-ignore
  await expect.poll(run, { timeout: 30_000 }).toBe('ok');

  // Read, and known by tenant and object id: no more than a person to create somebody from.
  const list = async (name: string) => (await attacker.call('GET', api(`/review/lists/${name}?search=ek&limit=100`))).body as { items: { person: { id: string } | null; candidates: unknown[] }[] }; // prettier-ignore
  expect((await list('suggested')).items).toEqual([]);
  expect((await list('available')).items.map(({ person }) => person?.id)).toContain(eve.id);
  const created = await attacker.call('POST', api('/review/create'), { objectIds: [eve.id] });
  expect(created.status).toBe(200);
  const [made] = await world.query("select id, account_id, sign_in_email, fields->>'email' as email from app_user where organisation_id = $1 and fields->>'email' = $2", [otherId, victim.email]); // prettier-ignore
  expect(made).toMatchObject({ account_id: null, sign_in_email: null, email: victim.email });

  // The contact address opens nothing: a sign-in for it takes the password that the address has already.
  world.rest();
  const link = await attacker.call('POST', api(`/users/${String(made?.['id'])}/password-link`), {
    signInEmail: victim.email,
  });
  const token = (link.body as { url: string }).url.split('#')[1];
  const taken = await attacker.call('POST', `${world.url}/api/v1/password-link`, {
    token,
    password: 'chosen by Eve herself',
  });
  expect(taken.status).toBe(401);
  expect([await ofVictim(), await accounts()]).toEqual(before);
  // And who signs in at Microsoft with the name of somebody is nobody in the app by it.
  const other = await world.query('select tenant_id, consented_by_oid from connection where organisation_id = $1', [
    organisationId,
  ]);
  expect(other).toEqual([]);
}, 60_000);

test('T15 no route takes an address of Microsoft or of a mail server, or a secret of either', () => {
  const suspicious = /url|host|authority|origin|endpoint|smtp|secret|certificate|clientId|tenant|server/i;
  const found: string[] = [];
  for (const route of contractRoutes) {
    for (const part of [route.body, route.query]) {
      if (!part) continue;
      const schema = JSON.stringify(z.toJSONSchema(part, { io: 'input', unrepresentable: 'any' }));
      for (const [, member = ''] of schema.matchAll(/"(\w+)":\{/g)) if (suspicious.test(member)) found.push(`${nameOf(route)} ${member}`); // prettier-ignore
    }
  }
  expect(found).toEqual([]);
});

test('T15 whatever is sent along with the settings, no request and no mail goes anywhere but where the operator said', async () => {
  const elsewhere = await startEmulator();
  const keys = [
    'loginUrl',
    'graphUrl',
    'authority',
    'SAMSYN_GRAPH_URL',
    'smtpUrl',
    'host',
    'tenantId',
    'clientSecret',
    'entra',
    '__proto__',
    'config',
  ];
  const more = fc.dictionary(fc.constantFrom(...keys), fc.constantFrom<unknown>(elsewhere.url, { loginUrl: elsewhere.url, graphUrl: elsewhere.url }, 'smtp://127.0.0.1:1', null)); // prettier-ignore
  const steps: Record<string, unknown> = {
    groups: { scope: 'all', groups: [], includeGuests: false, includeDisabled: false },
    notices: { recipients: [{ email: 'it@fjallbygg.test', kinds: ['gone'] }] },
    schedule: { mode: 'manual' },
  };
  const asked = () => elsewhere.store.requests.summary().count;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(steps)), more, async (step, extra) => {
      world.rest();
      const body = JSON.parse(`{${Object.entries({ ...(steps[step] as object), ...extra }).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`) as unknown; // prettier-ignore
      const saved = await attacker.call('PUT', api(`/connection/settings/${step}`), body);
      expect([200, 400]).toContain(saved.status);
      const before = store.requests.summary().count;
      expect((await attacker.call('GET', api('/connection/groups?search=a'))).status).toBe(200);
      expect(store.requests.summary().count).toBeGreaterThan(before);
      expect(asked()).toBe(0);
    }),
    { numRuns: 40 },
  );
  const mails = world.mail.mails.length;
  expect((await attacker.call('POST', api('/connection/test-notice'), { email: 'it@fjallbygg.test', smtpUrl: 'smtp://127.0.0.1:1' })).body).toEqual({ sent: true, error: null }); // prettier-ignore
  expect(world.mail.mails.length).toBe(mails + 1);
  await elsewhere.close();
  // No table holds an address or a secret of either, so none can be left behind beside another address.
  const columns = await world.query("select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public' and column_name ~* '(url|host|authority|smtp|secret|certificate|credential)'"); // prettier-ignore
  expect(columns).toEqual([]);
}, 120_000);
