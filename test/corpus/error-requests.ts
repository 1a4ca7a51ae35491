// Brings the emulator into the states in which the recorded errors were given.
import type { DeadLinkAnswer } from '../../emulator/model.ts';
import type { Answered } from './table-types.ts';
import type { World } from './world.ts';

/** A delta link of before the clock went on. */
export async function askOldLink({ kit, ids }: World, answer: DeadLinkAnswer): Promise<Answered> {
  const { deltaLink } = await kit.all('/users/delta?$select=id');
  kit.store.invalidateDeltaLinks(ids['tenant'] ?? '', answer);
  const { status, body } = await kit.get(deltaLink);
  return { status, body };
}

/** With a token of yesterday. */
export async function askExpired({ kit }: World): Promise<Answered> {
  kit.store.advanceClock(86_400);
  const { status, body } = await kit.get('/users');
  await kit.use();
  return { status, body };
}

/** With a token of the first minute after a consent. */
export async function askAsPoor({ kit, ids }: World, clientId: string): Promise<Answered> {
  const tenant = ids['tenant'] ?? '';
  kit.store.changeSettings({ propagationMs: 120_000 });
  kit.store.grant(tenant, clientId, ['User.Read.All']);
  kit.store.advanceClock(90);
  const { body: token } = await kit.token({ client_id: clientId });
  const { status, body } = await kit.get('/users', { authorization: `Bearer ${String(token['access_token'])}` });
  kit.store.changeSettings({ propagationMs: 0 });
  return { status, body };
}

/** More than the tenant's resource units allow. */
export async function askThrottled({ kit }: World): Promise<Answered> {
  const { throttling } = structuredClone(kit.store.settings);
  kit.store.changeSettings({ throttling: { enforced: true, share: 0.0001 } });
  try {
    for (;;) {
      const { status, body } = await kit.get('/users');
      if (status !== 200) return { status, body };
    }
  } finally {
    kit.store.changeSettings({ throttling });
  }
}
