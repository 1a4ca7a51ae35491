// The second reading, section 3: admin consent, its two answers, who may give it, and the time in which it spreads.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, openWorld, secret, type World } from './second-reading-kit.ts';
import { callback, sentTo, walk } from './second-reading-browser.ts';

let world: World;
const graphScope = 'https://graph.microsoft.com/.default';
const roles = {
  global: '62e90394-69f5-4237-9190-012177145e10',
  privileged: 'e8611ab8-c189-46e8-94e1-60213ab1f814',
  application: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
  cloud: '158c047a-c907-4556-b7ef-446551a6b5f7',
  reader: 'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
};

beforeAll(async () => {
  world = await openWorld({ web: null });
  for (const [name, role] of Object.entries(roles))
    await world.control('POST', 'tenants/{tenant}/users', {
      displayName: name,
      userPrincipalName: `${name}@contoso.example`,
      roles: [role],
    });
});
afterAll(() => world.close());

const consent = (more: Record<string, string | null> = {}, tenant = '{tenant}', version = '/v2.0') => {
  const query = {
    client_id: world.names['web'] ?? '',
    scope: graphScope,
    redirect_uri: callback,
    state: 'the-state',
    ...more,
  };
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== null);
  return `/${tenant}${version}/adminconsent?${new URLSearchParams(given).toString()}`;
};
const withdraw = () => world.control('DELETE', 'tenants/{tenant}/grants/{web}').catch(() => undefined);
const token = (form: Record<string, string>, tenant = '{tenant}') =>
  world.ask(`/${tenant}/oauth2/v2.0/token`, {
    form: { grant_type: 'client_credentials', client_secret: secret, scope: graphScope, ...form },
  });

describe('3 admin consent', () => {
  test.each(['global', 'privileged'])(
    '3.2 and 3.4 granted by %s: admin_consent, tenant, scope and state',
    async (who) => {
      await withdraw();
      const back = sentTo(
        await walk(world, consent(), `account-${who}@contoso.example`, 'consent-accept'),
      )?.searchParams;
      expect([back?.get('admin_consent'), back?.get('tenant'), back?.get('state'), back?.has('error')]).toEqual([
        'True',
        world.tenant,
        'the-state',
        false,
      ]);
      expect(back?.get('scope')).toMatch(/https:\/\/graph\.microsoft\.com\/\S+/);
      expect((await token({ client_id: '{web}' })).status).toBe(200);
    },
  );

  test('3.2 declined: admin_consent=True is there as well, with consent_required and AADSTS65004', async () => {
    await withdraw();
    const back = sentTo(await walk(world, consent(), 'account-global@contoso.example', 'consent-cancel'))?.searchParams;
    expect([back?.get('admin_consent'), back?.get('error'), back?.get('state')]).toEqual([
      'True',
      'consent_required',
      'the-state',
    ]);
    expect(back?.get('error_description')).toMatch(/^AADSTS65004: [^\r]*\r\n/);
    expect((await token({ client_id: '{web}' })).status).not.toBe(200);
  });

  test('3.3 v1 granted, on common and without scope', async () => {
    await withdraw();
    const back = sentTo(
      await walk(world, consent({ scope: null }, 'common', ''), 'account-global@contoso.example', 'consent-accept'),
    )?.searchParams;
    expect([back?.get('admin_consent'), back?.get('tenant'), back?.get('state')]).toEqual([
      'True',
      world.tenant,
      'the-state',
    ]);
  });

  test('3.3 v1 declined: permission_denied without state', async () => {
    await withdraw();
    const back = sentTo(
      await walk(world, consent({ scope: null }, '{tenant}', ''), 'account-global@contoso.example', 'consent-cancel'),
    )?.searchParams;
    expect([back?.get('error'), back?.get('error_description'), back?.has('state')]).toEqual([
      'permission_denied',
      'The admin canceled the request',
      false,
    ]);
  });

  test.each(['application', 'cloud', 'reader'])(
    '3.4 %s administrators may not grant application permissions of Graph',
    async (who) => {
      await withdraw();
      const page = await walk(world, consent(), `account-${who}@contoso.example`);
      expect(page.text.includes('data-testid="consent-accept"')).toBe(false);
      expect((await token({ client_id: '{web}' })).status).not.toBe(200);
    },
  );

  test.each([
    ['3.1 common is not allowed on v2', () => consent({}, 'common')],
    ['3.1 scope is required on v2', () => consent({ scope: null })],
    ['3.1 an unregistered redirect', () => consent({ redirect_uri: 'https://evil.example/' })],
    ['3.1 an unknown application', () => consent({ client_id: '0badbad0-0000-4000-8000-000000000000' })],
  ])('%s: nobody is asked to consent, and a stranger’s address gets no redirect', async (_, path) => {
    const page = await world.ask(path());
    expect(page.text.includes('data-testid="accounts"')).toBe(false);
    expect(sentTo(page)?.host ?? 'localhost:9').toBe('localhost:9');
  });

  test('3.1 a permission by name asks for the delegated one and grants no application permission', async () => {
    await withdraw();
    await walk(
      world,
      consent({ scope: 'https://graph.microsoft.com/User.Read.All' }),
      'account-global@contoso.example',
      'consent-accept',
    ).catch(() => undefined);
    const { body } = await token({ client_id: '{web}' });
    const users = await world.ask('/v1.0/users', {
      as: 'nobody',
      headers: { Authorization: `Bearer ${String(at(body, 'access_token'))}` },
    });
    expect([401, 403]).toContain(users.status);
  });

  test('3.6 while a consent spreads: first no token, then a poor one that Graph does not know, then a good one', async () => {
    await withdraw();
    await world.control('PUT', 'settings', { propagationMs: 60_000 });
    await world.control('PUT', 'tenants/{tenant}/grants/{web}', { roles: ['User.Read.All'] });
    const state = async () => {
      const { status, body } = await token({ client_id: '{web}' });
      if (status !== 200) return `${status} ${String(at(body, 'error_codes>0'))}`;
      const users = await world.ask('/v1.0/users', {
        as: 'nobody',
        headers: { Authorization: `Bearer ${String(at(body, 'access_token'))}` },
      });
      return `${users.status} ${users.status === 200 ? 'good' : String(at(users.body, 'error>code'))}`;
    };
    const seen = [await state()];
    for (const advanceSeconds of [40, 40]) {
      await world.control('POST', 'clock', { advanceSeconds });
      seen.push(await state());
    }
    await world.control('PUT', 'settings', { propagationMs: 0 });
    expect(seen).toEqual([
      expect.stringMatching(/^(401 7000229|400 700016)$/),
      expect.stringMatching(/^(401|403) Authorization_IdentityNotFound$/),
      '200 good',
    ]);
  });
});
