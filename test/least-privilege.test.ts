// That the watch of T25 sees: everything that the product must not ask for, asked of a real emulator, is said on the channel that
// least-privilege.ts listens on in every other file.
import { subscribe } from 'node:diagnostics_channel';
import { expect, test } from 'vitest';
import { askedForChannel, type AskedFor } from '../emulator/asked-for.ts';
import { NORRSKEN } from '../emulator/people.ts';
import { startEmulator } from '../emulator/server.ts';

test('T25 another scope, another consent and any write are seen, and refused where Microsoft refuses them', async () => {
  const said: string[] = [];
  subscribe(askedForChannel, (message) => {
    const { kind, what } = message as AskedFor; // the only thing that is said on it
    said.push(`${kind}: ${what}`);
  });
  const emulator = await startEmulator();
  const { url } = emulator;
  const redirectUri = 'http://localhost:9/back';
  const registration = emulator.store.app('11111111-2222-4333-8444-555555555555') ?? expect.fail();
  emulator.store.putApp({ ...registration, redirectUris: [redirectUri] });
  const app = { client_id: registration.clientId, redirect_uri: redirectUri };
  const ask = (at: string, query: Record<string, string>) => fetch(`${url}/${at}?${new URLSearchParams({ ...app, ...query }).toString()}`); // prettier-ignore
  const pkce = { response_type: 'code', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' };
  await ask('organizations/oauth2/v2.0/authorize', { ...pkce, scope: 'openid Directory.ReadWrite.All' });
  await ask(`${NORRSKEN.id}/v2.0/adminconsent`, { scope: 'https://graph.microsoft.com/User.ReadWrite.All' });
  const token = await fetch(`${url}/${NORRSKEN.id}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: registration.clientId, client_secret: registration.secret, scope: 'https://graph.microsoft.com/User.Read.All' }), // prettier-ignore
  });
  expect(token.status).toBe(400);
  for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) {
    const { status } = await fetch(`${url}/v1.0/users`, { method });
    expect([401, 403, 405]).toContain(status);
  }
  await emulator.close();
  expect(said).toEqual([
    'sign-in: openid Directory.ReadWrite.All',
    'consent: https://graph.microsoft.com/User.ReadWrite.All',
    'token: https://graph.microsoft.com/User.Read.All',
    ...['POST', 'PATCH', 'PUT', 'DELETE'].map((method) => `write: ${method} /v1.0/users`),
  ]);
});
