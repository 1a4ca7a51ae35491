// What a person's own token opens: that person, and the OIDC endpoint that tells who it is. Nothing of anybody else.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { groupId, userId } from './people.ts';
import { A, APP, REDIRECT, startKit, VERIFIER } from './test-kit.ts';
import type { Kit } from './test-kit.ts';

const ASA = userId('asa.oberg@norrsken.se');
const GRAPH_SCOPES = 'openid profile https://graph.microsoft.com/User.Read';

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
  kit.store.setBeyond(A, ASA, { photo: true });
});
afterAll(() => kit.close());

/** The header of somebody who signed in with these scopes, and the id_token that came along. */
async function signedIn(scope: string): Promise<{ header: { authorization: string }; idToken: string }> {
  const { redirect } = await kit.go(kit.authorize({ scope }), { account: 'asa.oberg@norrsken.se' });
  const { body } = await kit.token(
    {
      grant_type: 'authorization_code',
      code: redirect?.searchParams.get('code') ?? '',
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
      scope: '',
    },
    'organizations',
  );
  return { header: { authorization: `Bearer ${String(body['access_token'])}` }, idToken: String(body['id_token']) };
}

describe("Point 6: a person's own token", () => {
  test('with User.Read reads the person, by /me and by id and name', async () => {
    const { header } = await signedIn(GRAPH_SCOPES);
    const { body } = await kit.get('/me', header);
    expect(Object.keys(body).toSorted().join(' ')).toBe(
      '@odata.context businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName',
    );
    for (const path of ['/me', `/users/${ASA}`, '/users/asa.oberg@norrsken.se'])
      expect((await kit.get(`${path}?$select=id,accountEnabled`, header)).body).toMatchObject({
        id: ASA,
        accountEnabled: true,
      });
    expect((await kit.get('/me/photo', header)).status).toBe(200);
    expect((await kit.get('/me/licenseDetails', header)).status).toBe(200);
    const asked = await kit.ask('POST', '/me/checkMemberGroups', header, { groupIds: [groupId(A, 'telefoni')] });
    expect(asked.value).toEqual([groupId(A, 'telefoni')]);
  });
  test('with User.Read is 403 beyond that', async () => {
    const { header } = await signedIn(GRAPH_SCOPES);
    for (const path of [
      '/me/manager',
      '/me?$expand=manager',
      '/me/memberOf',
      '/me/directReports',
      '/me/mailboxSettings',
      `/users/${userId('bjorn.ek@norrsken.se')}`,
      '/users',
      '/users/delta',
      '/groups',
      '/organization',
      '/domains',
      '/servicePrincipals/x',
    ])
      expect([path, (await kit.get(path, header)).status]).toEqual([path, 403]);
  });
  test('without User.Read does not even read the person', async () => {
    const { header } = await signedIn('openid profile');
    for (const path of ['/me', `/users/${ASA}`]) expect((await kit.get(path, header)).status).toBe(403);
  });
  test('with MailboxSettings.Read reads their own mailbox settings', async () => {
    const { header } = await signedIn('openid MailboxSettings.Read');
    expect((await kit.get('/me/mailboxSettings', header)).body).toMatchObject({ userPurpose: 'user' });
    expect((await kit.get('/me', header)).status).toBe(403);
  });
  test('is needed for /me: an application by itself is 400 there', async () => {
    await kit.grantAndUse(['Directory.Read.All']);
    expect(await kit.get('/me')).toMatchObject({ status: 400, code: 'BadRequest' });
  });
  test('does not change the person', async () => {
    const { header } = await signedIn(GRAPH_SCOPES);
    expect((await kit.ask('PATCH', '/me', header, { displayName: 'Annan' })).status).toBe(405);
  });
});

describe('Point 3: the OIDC endpoint for who it is', () => {
  const userInfo = async (header: Record<string, string>) => {
    const discovery = await fetch(`${kit.url}/organizations/v2.0/.well-known/openid-configuration`);
    const { userinfo_endpoint: address } = (await discovery.json()) as { userinfo_endpoint: string }; // the emulator's own
    const response = await fetch(address, { headers: header });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  test('stands where discovery says, and names the person as the id_token does', async () => {
    const { header, idToken } = await signedIn('openid profile');
    const { status, body } = await userInfo(header);
    expect([status, body]).toEqual([
      200,
      {
        sub: decodeJwt(idToken).sub,
        name: 'Åsa Öberg',
        family_name: 'Öberg',
        given_name: 'Åsa',
        email: 'asa.oberg@norrsken.se',
        picture: `${kit.url}/v1.0/me/photo/$value`,
      },
    ]);
  });
  test('answers nobody without a token, nor an application', async () => {
    expect((await userInfo({})).status).toBe(401);
    const bearer = await kit.grantAndUse(APP.requiredRoles);
    expect((await userInfo({ authorization: `Bearer ${bearer}` })).status).toBe(403);
  });
});
