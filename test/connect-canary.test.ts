// Secrets of each kind are planted, used, and used under faults that echo them; then every table, the log at its most talkative and
// the answers to browsers are searched for them (T5, T13, T24). What stands in a stolen database opens nothing.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { addAppUser, addOrganisation, password, type Org } from './people.ts';
import { scriptedBrowser, type ScriptedBrowser } from './scripted-browser.ts';
import { asa, urlOf, useTheftWorld } from './theft/kit.ts';
import { dump, find, type Secret } from './theft/search.ts';

const random = (): string => randomBytes(16).toString('base64url');
const secretKey = randomBytes(32);
// As Entra makes them: with characters that a rule for long words does not see as one.
const clientSecret = `K8n8Q~${random().slice(0, 9)}.${random().slice(0, 9)}-${random().slice(0, 9)}`;
const chosen = `kanariefågel i gruva ${random()}`;
const wrong = `fel lösenord ${random()}`;
const world = await useTheftWorld({ secretKey, clientSecret, realSignIn: true });
const { admin, emulator, lines, publicUrl, relay } = world;

const secrets: Secret[] = [
  { name: 'client secret', text: clientSecret },
  { name: 'password', text: password },
  { name: 'chosen password', text: chosen },
  { name: 'password that was tried', text: wrong },
  { name: 'key of the server', text: secretKey.toString('latin1') },
  { name: 'key of the server in hex', text: secretKey.toString('hex') },
  { name: 'key of the server in base64', text: secretKey.toString('base64').replace('=', '') },
  { name: 'password of the database', text: decodeURIComponent(new URL(world.room.db.connectionString).password) },
];
const plant = (name: string, text: string | undefined | null): string => {
  expect(text?.length, name).toBeGreaterThan(15);
  secrets.push({ name, text: String(text) });
  return String(text);
};
/** What browsers must be given, and nobody else. */
const given: Secret[] = [];
const dumps: string[] = [];
const answers: string[] = [];
const keep = async (): Promise<void> => void dumps.push(await dump(admin));

async function call(browser: ScriptedBrowser, method: string, path: string, body?: unknown) {
  const answer = await browser.call(method, `${publicUrl}/api/v1${path}`, body);
  answers.push(JSON.stringify(answer.body));
  return answer;
}

async function signIn(email: string, secret: string): Promise<ScriptedBrowser> {
  const browser = scriptedBrowser();
  expect((await call(browser, 'POST', '/session', { email, password: wrong })).status).toBe(401);
  expect((await call(browser, 'POST', '/session', { email, password: secret })).status).toBe(200);
  plant(`session cookie of ${email}`, browser.cookie(publicUrl, 'samsyn'));
  return browser;
}

/** The secret part: what stands before the dot is the organisation. */
function tokenOf(body: unknown, name: string): string {
  const { url } = body as { url: string }; // by the contract
  const token = url.slice(url.indexOf('#') + 1);
  given.push({ name, text: token.slice(37) });
  return token;
}

async function choosePassword(administrator: ScriptedBrowser, org: Org): Promise<void> {
  const email = 'ny@gruvan.test';
  const id = await addAppUser(world.room.db, org.id, { displayName: 'Ny' });
  const made = await call(administrator, 'POST', `/organisations/${org.id}/users/${id}/password-link`, { signInEmail: email }); // prettier-ignore
  const token = tokenOf(made.body, 'password link');
  await keep();
  expect((await call(scriptedBrowser(), 'POST', '/password-link', { token, password: chosen })).status).toBeLessThan(300); // prettier-ignore
  await signIn(email, chosen);
}

/** From the opened link to the callback, with what went into the address of Microsoft's page. */
async function toMicrosoft(colleague: ScriptedBrowser): Promise<URL> {
  const begun = new URL(urlOf((await call(colleague, 'POST', '/connect-link/sign-in')).body));
  for (const name of ['state', 'nonce']) {
    const text = begun.searchParams.get(name) ?? '';
    given.push({ name, text: name === 'state' ? text.slice(37) : text });
  }
  await keep(); // nonce and verifier are at rest now
  const page = await colleague.visit(begun.href);
  const { url } = await colleague.submit(page, { account: asa }, { stopAt: (to) => to.origin === publicUrl });
  plant('code', url.searchParams.get('code'));
  return url;
}

const atPage = { stopAt: (to: URL) => to.pathname === '/connect/flow' };

test('no secret is found in any table, in the log or in an answer, whatever fails', async () => {
  const org = await addOrganisation(world.room.db, 'gruvan.test');
  const administrator = await signIn(org.admin.email, password);
  await choosePassword(administrator, org);
  const link = tokenOf((await call(administrator, 'POST', `/organisations/${org.id}/connection/links`)).body, 'connect link'); // prettier-ignore
  const colleague = scriptedBrowser();
  await call(colleague, 'POST', '/connect-link/open', { token: link });
  plant('cookie of the connecting', colleague.cookie(publicUrl, 'samsyn-connect')?.slice(37));

  for (const fault of echoes()) {
    const callback = await toMicrosoft(colleague);
    const { id } = emulator.store.faults.add({ match: { path: fault.path }, answer: fault.answer(callback) });
    await colleague.visit(callback.href, atPage);
    emulator.store.faults.clear(id);
    expect((await call(colleague, 'GET', '/connect-flow')).body).toMatchObject({ step: 'failed' });
    await keep();
  }
  await colleague.visit((await toMicrosoft(colleague)).href, atPage);
  await keep();
  const consent = await colleague.visit(
    urlOf((await call(colleague, 'POST', '/connect-flow/confirm', { typedName: 'gruvan.test' })).body),
  );
  const decision = await colleague.submit(consent, { account: asa });
  await colleague.submit(decision, { answer: 'accept' }, atPage);
  let step: unknown = 'proving';
  while (step === 'proving') step = ((await call(colleague, 'GET', '/connect-flow')).body as { step: string }).step;
  expect(step).toBe('connected');
  await failInDatabase(org);
  await keep();

  for (const { path, body, answer } of relay.asked) {
    if (!path.endsWith('/token')) continue;
    const form = new URLSearchParams(body);
    if (form.has('code_verifier')) plant('PKCE verifier', form.get('code_verifier'));
    // Of those that were cut off too, as far as they went.
    const [access, id] = ['access_token', 'id_token'].map(
      (name) => new RegExp(`"${name}":"([\\w.-]{40,})`).exec(answer)?.[1],
    );
    if (access !== undefined) plant('access token', access);
    if (id !== undefined) plant('id token', id);
  }
  expect(secrets.map((one) => one.name)).toEqual(
    expect.arrayContaining(['PKCE verifier', 'access token', 'id token', 'code']),
  );
  expect(given.map((one) => one.name)).toEqual(expect.arrayContaining(['connect link', 'password link', 'state', 'nonce'])); // prettier-ignore
  const log = lines.join('');
  expect(find([...secrets, ...given], dumps.join('\n'))).toEqual([]);
  expect(find([...secrets, ...given], log)).toEqual([]);
  expect(find(secrets, answers.join('\n'))).toEqual([]);
  // The search is not blind: something was logged, and each secret is found where it is planted.
  expect(log).toContain('A step of connecting failed');
  for (const one of [...secrets, ...given]) expect(find([one], `… ${one.text} …`)).toEqual([one.name]);
  await admin.query('update organisation set name = $1', [`Bolaget ${link}`]);
  expect(find(given, await dump(admin))).toEqual(['connect link']);
  expect(relay.unwanted()).toEqual([]);
}, 60_000);

test('what a stolen database says of a session opens none', async () => {
  const { rows } = await admin.query<{ token: string }>('select token from auth_session');
  expect(rows.length).toBeGreaterThan(1);
  const signature = randomBytes(32).toString('base64');
  for (const { token } of rows) {
    for (const value of [token, `${token}.`, `${token}.${encodeURIComponent(signature)}`, `${token}.${token}`]) {
      const thief = scriptedBrowser();
      thief.setCookie(publicUrl, 'samsyn', value);
      expect((await call(thief, 'GET', '/session')).status).toBe(401);
    }
  }
});

/** What goes wrong at Microsoft's, each time with the secrets of the request in the answer. */
function echoes() {
  const said = (callback: URL): string => {
    const { body = '' } = relay.asked.findLast((one) => one.path.endsWith('/token')) ?? {};
    return `AADSTS7000215: client_secret ${clientSecret} code ${callback.searchParams.get('code')} sent ${body}`;
  };
  const path = '/organizations/oauth2/v2.0/token';
  const refusal = (status: number, error: string) => ({
    path,
    answer: (callback: URL) => ({ status, body: { error, error_description: said(callback) } }),
  });
  return [
    refusal(401, 'invalid_client'),
    refusal(400, 'invalid_grant'),
    refusal(500, 'server_error'),
    { path, answer: (callback: URL) => ({ status: 200, body: { id_token: said(callback), access_token: said(callback) } }) }, // prettier-ignore
    { path, answer: (callback: URL) => ({ status: 200, body: { text: said(callback) }, malformed: true }) },
    { path, answer: () => ({ cut: true }) },
    { path: '/discovery/v2.0/keys', answer: (callback: URL) => ({ status: 200, body: { keys: [said(callback)] } }) },
  ];
}

/** The database refuses a session, and says its token as it does. */
async function failInDatabase(org: Org): Promise<void> {
  await admin.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'session %', new; end $$;
    create trigger refuse before insert on auth_session for each row execute function refuse();`);
  const { status } = await call(scriptedBrowser(), 'POST', '/session', { email: org.admin.email, password });
  expect(status).toBe(500);
  await admin.query('drop trigger refuse on auth_session');
}
