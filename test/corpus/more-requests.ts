// Requests that need something first: a person's own token, a subscription with somebody who listens, something deleted.
import { startReceiver } from '../../emulator/test-receiver.ts';
import type { Answered } from './table-types.ts';
import type { World } from './world.ts';

/** As a person who signed in, and may read themselves. */
export async function withPerson(world: World, method: string, path: string, body?: unknown): Promise<Answered> {
  const { kit } = world;
  const scope = 'openid profile User.Read MailboxSettings.Read';
  const { redirect } = await kit.go(kit.authorize({ scope }), { account: 'asa.oberg@norrsken.se' });
  const { body: token } = await kit.token(
    {
      grant_type: 'authorization_code',
      code: redirect?.searchParams.get('code') ?? '',
      redirect_uri: world.redirectUri,
      code_verifier: world.verifier,
      scope: '',
    },
    'organizations',
  );
  return answered(await kit.ask(method, path, { authorization: `Bearer ${String(token['access_token'])}` }, body));
}

export async function askRestore({ kit, ids }: World): Promise<Answered> {
  const tenant = ids['tenant'] ?? '';
  const unified = { groupTypes: ['Unified'], mailEnabled: true, mail: 'back@contoso.com' };
  const { id } = kit.store.createGroup(tenant, { displayName: 'Back again', ...unified });
  kit.store.deleteGroup(tenant, id);
  return answered(await kit.ask('POST', `/directory/deletedItems/${id}/restore`));
}

/** A person: an application may delete nothing else for good. */
export async function askPurge({ kit, ids }: World): Promise<Answered> {
  return answered(await kit.ask('DELETE', `/directory/deletedItems/${ids['deletedUser'] ?? ''}`));
}

/** One stage in the life of a subscription to users. */
export async function withSubscription(
  { kit }: World,
  stage: 'POST' | 'GET' | 'LIST' | 'PATCH' | 'DELETE' | 'REAUTHORIZE',
): Promise<Answered> {
  const receiver = await startReceiver();
  try {
    const made = await kit.ask('POST', '/subscriptions', {}, subscription(kit.store.now(), receiver.url, 'users'));
    const here = `/subscriptions/${String(made.body['id'])}`;
    if (stage === 'POST') return answered(made);
    if (stage === 'LIST') return answered(await kit.get('/subscriptions'));
    if (stage === 'REAUTHORIZE') return answered(await kit.ask('POST', `${here}/reauthorize`));
    const { expirationDateTime } = subscription(kit.store.now() + 60_000, receiver.url, 'users');
    return answered(await kit.ask(stage, here, {}, stage === 'PATCH' ? { expirationDateTime } : undefined));
  } finally {
    await receiver.close();
  }
}

/** As long as the tenant has a premium licence. */
export async function withPremium({ kit, ids }: World, path: string): Promise<Answered> {
  const tenant = ids['tenant'] ?? '';
  kit.store.changeFacts(tenant, { premium: true });
  try {
    return answered(await kit.get(path));
  } finally {
    kit.store.changeFacts(tenant, { premium: false });
  }
}

/** What is told of a change, or of the subscription itself. */
export async function askNotice({ kit, ids }: World, about: 'users' | 'groups' | 'lifecycle'): Promise<Answered> {
  const receiver = await startReceiver();
  try {
    const resource = about === 'groups' ? 'groups' : 'users';
    await kit.ask('POST', '/subscriptions', {}, subscription(kit.store.now(), receiver.url, resource));
    const tenant = ids['tenant'] ?? '';
    if (about === 'users') kit.store.updateUser(tenant, ids['lonely'] ?? '', { city: 'Kiruna' });
    if (about === 'groups') kit.store.updateGroup(tenant, ids['changing'] ?? '', { description: 'Changed' });
    if (about === 'lifecycle') kit.store.advanceClock(281 * 60);
    for (let tries = 0; receiver.posts.length === 0 && tries < 100; tries += 1)
      await new Promise((done) => setTimeout(done, 50));
    if (about === 'lifecycle') await kit.use();
    return { status: 200, body: { value: receiver.posts[0]?.value ?? [] } };
  } finally {
    await receiver.close();
  }
}

const subscription = (now: number, url: string, resource: string): Record<string, string> => ({
  changeType: 'updated,deleted',
  notificationUrl: `${url}/notices`,
  lifecycleNotificationUrl: `${url}/lifecycle`,
  resource,
  expirationDateTime: new Date(now + 1000 * 60_000).toISOString(),
  clientState: 'a secret of the client',
});

function answered({ status, body }: { status: number; body: Record<string, unknown> }): Answered {
  // An answer without a body: the kit keeps an empty text.
  return { status, body: Object.keys(body).join() === 'text' ? body['text'] || null : body };
}
