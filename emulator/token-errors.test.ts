// Errors of the login host: every row of Microsoft's table on demand by number and by name, and those that come by themselves.
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testCertificate, testPrivateKey } from '../test/certificate.ts';
import { AADSTS } from './login/aadsts.ts';
import { A, APP, REDIRECT, startKit, VERIFIER } from './test-kit.ts';
import type { Got, Kit } from './test-kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await startKit({ apps: [{ ...structuredClone(APP), certificates: [testCertificate] }] });
});
beforeEach(() => {
  kit.store.faults.clear();
  kit.store.putApp({ ...structuredClone(APP), certificates: [testCertificate] });
  kit.store.grant(A, APP.clientId, APP.requiredRoles);
});
afterAll(() => kit.close());

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const demand = async (error: number | string, more: Record<string, unknown> = {}): Promise<void> => {
  const got = await kit.control('PUT', '/fault-plan', { faults: [{ fault: { name: 'tokenError', error, ...more } }] });
  expect([got.status, got.code]).toEqual([200, '']);
};
const said = (got: Got): unknown[] => [got.status, got.body['error'], got.body['error_codes']];

// Number, `error` and status as graph-protocol.md 5.2 gives them, not as the emulator's own table does.
const TABLE: [number, string, number][] = [
  [7000215, 'invalid_client', 401],
  [7000222, 'invalid_client', 401],
  [7000112, 'unauthorized_client', 400],
  [7000218, 'invalid_client', 401],
  [7000229, 'invalid_client', 401],
  [700016, 'unauthorized_client', 400],
  [700038, 'unauthorized_client', 400],
  [700027, 'invalid_client', 401],
  [700213, 'invalid_client', 401],
  [70021, 'invalid_client', 401],
  [90002, 'invalid_request', 400],
  [500011, 'invalid_resource', 400],
  [70003, 'unsupported_grant_type', 400],
  [70011, 'invalid_scope', 400],
  [65001, 'invalid_grant', 400],
  [65004, 'consent_required', 400],
  [50105, 'invalid_grant', 400],
  [90094, 'access_denied', 400],
  [90095, 'access_denied', 400],
  [650052, 'invalid_client', 401],
  [650056, 'invalid_client', 401],
  [650057, 'invalid_resource', 400],
  [50011, 'invalid_request', 400],
  [50020, 'invalid_grant', 400],
  [50034, 'invalid_grant', 400],
  [50057, 'invalid_grant', 400],
  [50126, 'invalid_grant', 400],
  [50076, 'interaction_required', 400],
  [50079, 'interaction_required', 400],
  [53003, 'invalid_grant', 400],
  [50194, 'invalid_request', 400],
  [54005, 'invalid_grant', 400],
  [501481, 'invalid_grant', 400],
  [70008, 'invalid_grant', 400],
  [700082, 'invalid_grant', 400],
  [700005, 'invalid_grant', 400],
  [900144, 'invalid_request', 400],
  [900561, 'invalid_request', 400],
  [9002313, 'invalid_request', 400],
  [50196, 'invalid_grant', 400],
  [90012, 'temporarily_unavailable', 504],
  [90024, 'temporarily_unavailable', 503],
  [90033, 'temporarily_unavailable', 503],
  [90055, 'temporarily_unavailable', 429],
];
const nameOf = (number: number): string => AADSTS[number as keyof typeof AADSTS].name; // the table above is part of it
const SEEN_WITHOUT_URI = [700038, 70003, 7000229, 700213];

describe('Point 5: at the token endpoint, on demand', () => {
  test.each(TABLE)(
    'AADSTS%i is %s, %i, by number and by name, and in the shape of 5.1',
    async (number, error, status) => {
      for (const wanted of [number, nameOf(number)]) {
        await demand(wanted);
        const got = await kit.token({ 'client-request-id': '12121212-3434-4565-8787-909090909090' });
        expect(said(got)).toEqual([status, error, [number]]);
        expect(got.headers.get('content-type')).toBe('application/json; charset=utf-8');
        const { body } = got;
        const when = String(body['timestamp']);
        expect(when).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
        expect(body['trace_id']).toMatch(GUID);
        expect(body['correlation_id']).toBe('12121212-3434-4565-8787-909090909090');
        const [text = '', ...ids] = String(body['error_description']).split('\r\n');
        expect(text.startsWith(`AADSTS${number}: `)).toBe(true);
        expect(text).not.toMatch(/\{\d\}/);
        expect(ids).toEqual([
          `Trace ID: ${String(body['trace_id'])}`,
          `Correlation ID: ${String(body['correlation_id'])}`,
          `Timestamp: ${when}`,
        ]);
        expect(body['error_uri']).toBe(
          SEEN_WITHOUT_URI.includes(number) ? undefined : `https://login.microsoftonline.com/error?code=${number}`,
        );
      }
    },
  );
  test('trace ids are fresh, a correlation id is made when none was sent, and the text names what was asked', async () => {
    await demand('unknownGrant');
    const [first, second] = [await kit.token(), await kit.token({ grant_type: 'wish' })];
    expect(first.body['trace_id']).not.toBe(second.body['trace_id']);
    expect(first.body['correlation_id']).not.toBe(second.body['correlation_id']);
    expect(String(second.body['error_description'])).toContain("'wish'");
  });
  test('the status may be said where Microsoft’s own is not known', async () => {
    await demand('transient', { status: 400 });
    expect(said(await kit.token())).toEqual([400, 'temporarily_unavailable', [90033]]);
  });
  test('only the named grant is refused when the plan says so', async () => {
    await kit.control('PUT', '/fault-plan', {
      faults: [{ match: { body: { grant_type: 'client_credentials' } }, fault: { name: 'tokenError', error: 50196 } }],
    });
    expect(said(await kit.token())).toEqual([400, 'invalid_grant', [50196]]);
    expect(said(await kit.token({ grant_type: 'refresh_token', refresh_token: 'x' }))).toEqual([
      400,
      'invalid_grant',
      [70000],
    ]);
  });
});

describe('Point 5: at the authorize endpoint, on demand', () => {
  const open = (address: string) => fetch(address, { redirect: 'manual' });

  test.each([
    [65001, 'consent_required'],
    [65004, 'consent_required'],
    [50105, 'access_denied'],
    [90094, 'access_denied'],
    [90095, 'access_denied'],
    [650052, 'invalid_client'],
    [650056, 'invalid_client'],
    [650057, 'invalid_resource'],
    [50076, 'interaction_required'],
    [50079, 'interaction_required'],
    [53003, 'access_denied'],
    [50194, 'invalid_request'],
    [90012, 'temporarily_unavailable'],
    [90024, 'temporarily_unavailable'],
    [90033, 'temporarily_unavailable'],
  ])('AADSTS%i goes back to the application as %s, with its state', async (number, error) => {
    await demand(number);
    const { status, headers } = await open(kit.authorize());
    const to = new URL(headers.get('location') ?? '');
    expect([status, `${to.origin}${to.pathname}`]).toEqual([302, REDIRECT]);
    expect([to.searchParams.get('error'), to.searchParams.get('state')]).toEqual([error, 'the state']);
    expect(to.searchParams.get('error_description')).toMatch(new RegExp(`^AADSTS${number}: .*\r\nTrace ID: `));
    expect(to.searchParams.has('admin_consent')).toBe(false);
  });
  test.each([50011, 50020, 50034, 50057, 50126, 700016, 90002])('AADSTS%i is a page', async (number) => {
    await demand(number);
    const response = await open(kit.authorize());
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    expect(await response.text()).toContain(`AADSTS${number}: `);
  });
  test('an error of the token endpoint is not met there', async () => {
    await demand(7000215);
    expect((await open(kit.authorize())).status).toBe(200);
    expect((await kit.control('GET', '/fault-plan')).body).toMatchObject({ faults: [{ used: 0 }] });
  });
  test('an address that nobody registered is never redirected to, and form_post is a form', async () => {
    await demand(65004);
    const foreign = await open(kit.authorize({ redirect_uri: 'https://evil.example/' }));
    expect([foreign.status, foreign.headers.get('location')]).toEqual([400, null]);
    const { posted } = await kit.go(kit.authorize({ response_mode: 'form_post' }), {});
    expect(posted).toMatchObject({ error: 'consent_required', state: 'the state' });
  });
  test('consent that is declined has admin_consent=True beside the error', async () => {
    await demand(65004);
    const { headers } = await open(kit.consentUrl());
    const { searchParams } = new URL(headers.get('location') ?? '');
    expect([searchParams.get('admin_consent'), searchParams.get('error')]).toEqual(['True', 'consent_required']);
  });
});

describe('Point 5: errors that come by themselves', () => {
  const DAY = 86_400;
  test('a secret that has expired by the clock is 7000222, a wrong one is still 7000215', async () => {
    kit.store.putApp({
      ...structuredClone(APP),
      secretExpiresAt: new Date(kit.store.now() + DAY * 1000).toISOString(),
    });
    expect((await kit.token()).status).toBe(200);
    kit.store.advanceClock(2 * DAY);
    expect(said(await kit.token())).toEqual([401, 'invalid_client', [7000222]]);
    expect(said(await kit.token({ client_secret: 'wrong' }))).toEqual([401, 'invalid_client', [7000215]]);
  });
  test('a refresh token that was not used for 90 days is 700082', async () => {
    const { redirect } = await kit.go(kit.authorize({ scope: 'openid offline_access' }), {
      account: 'asa.oberg@norrsken.se',
    });
    const fields = { grant_type: 'authorization_code', redirect_uri: REDIRECT, code_verifier: VERIFIER };
    const first = await kit.token({ ...fields, code: redirect?.searchParams.get('code') ?? '' });
    const refresh = (token: unknown) => kit.token({ grant_type: 'refresh_token', refresh_token: String(token) });
    kit.store.advanceClock(80 * DAY);
    const second = await refresh(first.body['refresh_token']);
    expect(second.status).toBe(200);
    kit.store.advanceClock(80 * DAY);
    expect(said(await refresh(first.body['refresh_token']))).toEqual([400, 'invalid_grant', [700082]]);
    expect((await refresh(second.body['refresh_token'])).status).toBe(200);
  });
  test('a certificate that has expired by the clock is 700027', async () => {
    const { raw } = new X509Certificate(testCertificate);
    const now = Math.floor(Date.now() / 1000);
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: 'PS256', 'x5t#S256': createHash('sha256').update(raw).digest('base64url') })
      .setAudience(`${kit.url}/${A}/oauth2/v2.0/token`)
      .setIssuer(APP.clientId)
      .setSubject(APP.clientId)
      .setJti(crypto.randomUUID())
      .setExpirationTime(now + 600)
      .sign(createPrivateKey(testPrivateKey));
    const ask = () =>
      kit.token({
        client_secret: '',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      });
    expect((await ask()).status).toBe(200);
    kit.store.advanceClock(101 * 365 * DAY);
    expect(said(await ask())).toEqual([401, 'invalid_client', [700027]]);
    kit.store.advanceClock(-101 * 365 * DAY);
  });
  test('another verb is 900561', async () => {
    const response = await fetch(`${kit.url}/${A}/oauth2/v2.0/token`);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: 'invalid_request', error_codes: [900561] },
    ]);
  });
  test.each(['grant_type', 'client_id', 'scope'])('without %s it is 900144, which names it', async (field) => {
    const got = await kit.token({ [field]: '' });
    expect(said(got)).toEqual([400, 'invalid_request', [900144]]);
    expect(String(got.body['error_description'])).toContain(`'${field}'`);
  });
  test('the principal that is missing may be told as 700016 as well', async () => {
    kit.store.revoke(A, APP.clientId);
    kit.store.changeSettings({ missingPrincipal: 700016 });
    expect(said(await kit.token())).toEqual([400, 'unauthorized_client', [700016]]);
    kit.store.changeSettings({ missingPrincipal: 7000229 });
  });
});

test('Point 5: unknown members of query and body are ignored, as libraries send them', async () => {
  const response = await fetch(`${kit.url}/${A}/oauth2/v2.0/token?client-request-id=mine&x=1&api-version=7`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: APP.clientId,
      client_secret: APP.secret,
      scope: 'https://graph.microsoft.com/.default',
      'x-client-SKU': 'msal.js.node',
      'x-client-VER': '7.2.1',
      'x-client-OS': 'linux',
      'x-ms-lib-capability': 'retry-after, h429',
      'x-client-current-telemetry': '5|771,0,,,|,',
      'x-client-last-telemetry': '5|0|||0,0',
      claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}',
    }),
  });
  expect(response.status).toBe(200);
});
