// T14: two years of nights in which secret and certificate are changed for one another three times, each time with both in place for a while.
// Every run goes through, and what runs out is told of 60, 30, 14, 7, 3 and 1 days ahead, once, as far as nothing outlasts it.
import { expect, test } from 'vitest';
import type { Clock } from '../src/base/clock.ts';
import { systemClock } from '../src/base/clock.ts';
import { scriptedBrowser } from './scripted-browser.ts';
import { createGraph } from '../src/graph/graph.ts';
import type { Credential } from '../src/graph/cloud.ts';
import { warnOfExpiry } from '../src/sync/watch-night.ts';
import { loadConfig } from '../src/config.ts';
import { testCertificate, testPrivateKey } from './certificate.ts';
import { clientId, useWorld } from './factories.ts';

const world = await useWorld();
const { store } = world.emulator;
const dayMs = 86_400_000;
const pem = testPrivateKey + testCertificate;

/** What the operator has set from this day on; what the registration in Entra has; until when nothing stops. */
interface Stage {
  fromDay: number;
  first: Credential;
  second?: Credential;
  inEntra: { secret: string; secretUntilDay?: number; certificates: string[] };
  /** The later of the two days, as the configuration works it out; null: a date that nobody has given. */
  untilDay: number | null;
}

const stages: Stage[] = [
  { fromDay: 0, first: { clientSecret: 'one' }, inEntra: { secret: 'one', secretUntilDay: 200, certificates: [] }, untilDay: 200 },
  // Warned 60 and 30 days ahead, the operator adds a certificate; the secret runs out beside it.
  { fromDay: 175, first: { clientSecret: 'one' }, second: { certificatePem: pem }, inEntra: { secret: 'one', secretUntilDay: 200, certificates: [testCertificate] }, untilDay: 420 },
  // Only now is the old one taken out of the options.
  { fromDay: 230, first: { certificatePem: pem }, inEntra: { secret: 'one', secretUntilDay: 200, certificates: [testCertificate] }, untilDay: 420 },
  // A new secret beside the certificate; the certificate is taken out in Entra first, by mistake.
  { fromDay: 410, first: { certificatePem: pem }, second: { clientSecret: 'two' }, inEntra: { secret: 'two', secretUntilDay: 700, certificates: [testCertificate] }, untilDay: 700 },
  { fromDay: 415, first: { certificatePem: pem }, second: { clientSecret: 'two' }, inEntra: { secret: 'two', secretUntilDay: 700, certificates: [] }, untilDay: 700 },
  { fromDay: 690, first: { clientSecret: 'two' }, second: { certificatePem: pem }, inEntra: { secret: 'two', secretUntilDay: 700, certificates: [testCertificate] }, untilDay: 1100 },
]; // prettier-ignore

test('T14 over two years each warning comes once, and no run fails while one credential is changed for another', async () => {
  const org = await world.connect();
  org.addPerson();
  const startMs = store.now();
  let aheadMs = 0;
  const clock: Clock = {
    now: () => new Date(store.now()),
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
    sleep: (ms, signal) => systemClock.sleep(ms === 1000 ? ms : 0, signal),
  };
  const registration = store.app(clientId) ?? expect.fail();
  const runs: string[] = [];
  let stage: Stage | undefined;
  let graph = world.deps.graph;
  for (let day = 0; day < 730; day += 1) {
    const now = stages.findLast(({ fromDay }) => fromDay <= day) ?? expect.fail();
    if (now !== stage) {
      stage = now;
      const { secretUntilDay, ...inEntra } = now.inEntra;
      const until = secretUntilDay === undefined ? {} : { secretExpiresAt: new Date(startMs + secretUntilDay * dayMs).toISOString() }; // prettier-ignore
      store.putApp({ ...registration, ...inEntra, ...until });
      // A new configuration is read at a start.
      const config = { clientId, ...now.first, second: now.second, loginUrl: world.emulator.url, graphUrl: world.emulator.url }; // prettier-ignore
      // The emulator reads the times within an assertion by the machine's clock.
      graph = createGraph({ config, clock: { ...clock, now: () => systemClock.now() }, log: world.deps.log });
    }
    const deps = { ...world.deps, clock, graph };
    const expiresAt = now.untilDay === null ? undefined : new Date(startMs + now.untilDay * dayMs);
    await warnOfExpiry(
      { ...deps, credentialExpiresAt: expiresAt },
      { organisationId: org.id, connectionId: org.connectionId },
    );
    // Around each change every night, else once a month.
    if (
      stages.some(({ fromDay }) => Math.abs(fromDay - day) < 4) ||
      day % 30 === 0 ||
      [199, 200, 201, 700, 701].includes(day)
    )
      // prettier-ignore
      runs.push(await org.run(deps).then(({ state, error }) => `${state} ${error?.code ?? ''} on day ${day}`));
    store.advanceClock(86_400);
    aheadMs += dayMs;
  }
  expect(runs.length).toBeGreaterThan(50);
  expect(runs.filter((run) => !run.startsWith('ok '))).toEqual([]);
  const { rows } = await world.admin.query<{ within: number; at: string }>(
    "select (params->>'within')::int as within, params->>'date' as at from notification where kind = 'credential_expires' order by id",
  );
  const dayOf = (day: number) => new Date(startMs + day * dayMs).toISOString().slice(0, 10);
  expect(rows).toEqual([
    ...[60, 30].map((within) => ({ within, at: dayOf(200) })),
    ...[60, 30, 14].map((within) => ({ within, at: dayOf(420) })),
    ...[60, 30, 14].map((within) => ({ within, at: dayOf(700) })),
  ]);
}, 240_000);

test('T14 signing in goes on with the second too, with the same code', async () => {
  const tenant = store.createTenant({ displayName: 'Växlarna', domains: ['vaxlarna.example'] });
  store.createUser(tenant.id, { displayName: 'Vera', userPrincipalName: 'vera@vaxlarna.example' });
  const redirectUri = 'http://localhost:9/entra/callback';
  const registration = store.app(clientId) ?? expect.fail();
  const { secretExpiresAt: _never, ...kept } = registration;
  store.putApp({ ...kept, secret: 'right', redirectUris: [redirectUri], certificates: [] });
  const sign = async (first: Credential, second?: Credential) => {
    const config = { clientId, ...first, second, loginUrl: world.emulator.url, graphUrl: world.emulator.url };
    // The identity token is of the emulator's day, or of today.
    const graph = createGraph({ config, clock: systemClock, log: world.deps.log });
    const { redirectUrl, nonce, verifier } = await graph.signIn.start({ redirectUri, state: 'state' });
    const browser = scriptedBrowser();
    const page = await browser.visit(redirectUrl);
    const { url } = await browser.submit(page, { account: 'vera@vaxlarna.example' }, { stopAt: (to) => to.port === '9' }); // prettier-ignore
    return graph.signIn.finish({ redirectUri, query: url.searchParams, state: 'state', nonce, verifier });
  };
  expect(await sign({ clientSecret: 'wrong' }, { clientSecret: 'right' })).toMatchObject({ name: 'Vera' });
  expect(await sign({ clientSecret: 'right' }, { clientSecret: 'wrong' })).toMatchObject({ name: 'Vera' });
  await expect(sign({ clientSecret: 'wrong' })).rejects.toMatchObject({ code: 'graph_credentials_refused' });
  await expect(sign({ clientSecret: 'wrong' }, { clientSecret: 'wrong too' })).rejects.toMatchObject({ code: 'graph_credentials_refused' }); // prettier-ignore
});

test('T14 the configuration takes a second credential, and the later of the two days counts', () => {
  const base = { SAMSYN_ENTRA_CLIENT_ID: clientId, SAMSYN_ENTRA_CLIENT_SECRET: 'one', SAMSYN_ENTRA_SECRET_EXPIRES: '2027-03-31' }; // prettier-ignore
  const dayFrom = (env: Record<string, string>) => loadConfig({ ...base, ...env }).entra.credentialExpiresAt?.toISOString().slice(0, 10); // prettier-ignore
  expect(dayFrom({})).toBe('2027-03-31');
  const second = { SAMSYN_ENTRA_SECOND_CLIENT_SECRET: 'two' };
  // A second whose date nobody has given takes no warning away.
  expect(dayFrom(second)).toBe('2027-03-31');
  expect(dayFrom({ ...second, SAMSYN_ENTRA_SECOND_SECRET_EXPIRES: '2029-01-01' })).toBe('2029-01-01');
  expect(dayFrom({ ...second, SAMSYN_ENTRA_SECOND_SECRET_EXPIRES: '2026-12-01' })).toBe('2027-03-31');
  expect(loadConfig({ ...base, ...second }).entra.second).toEqual({ clientSecret: 'two', certificatePem: undefined });
  expect(() => loadConfig(second)).toThrow('stands beside');
  expect(() => loadConfig({ ...base, SAMSYN_ENTRA_SECOND_SECRET_EXPIRES: '2029-01-01' })).toThrow('is not set');
});
