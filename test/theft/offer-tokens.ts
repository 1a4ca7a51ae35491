// Offers forged id_tokens twice: at the door, where the token endpoint answers the code of an honest callback with them, and to the
// reader of tokens by itself, because the library of the sign-in refuses some of them before it.
import { expect } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { cloudOf } from '../../src/graph/cloud.ts';
import { createKeys } from '../../src/graph/keys.ts';
import { createSend, defaultLimits } from '../../src/graph/send.ts';
import { readIdToken, SignInRefused } from '../../src/graph/sign-in.ts';
import { scriptedBrowser } from '../scripted-browser.ts';
import { publishedKeys, type Claims } from './forge.ts';
import { forgedTokens, honestToken, type Forged, type Honest } from './forged-tokens.ts';
import { clientId, type TheftWorld } from './kit.ts';
import { untilProved } from './callbacks.ts';
import type { Standing } from './standing.ts';
import type { Witness } from './witness.ts';

// Keys are kept for a day.
const keptMs = 25 * 3_600_000;
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10';

export interface TokenFigures {
  offered: number;
  accepted: string[];
}

export async function offerForgedTokens(
  world: TheftWorld,
  witness: Witness,
  { victim, other }: { victim: Standing; other: Standing },
): Promise<TokenFigures> {
  const now = Math.floor(systemClock.now().getTime() / 1000);
  const honest: Honest = {
    claims: {
      ver: '2.0',
      iss: `https://login.microsoftonline.com/${victim.tenantId}/v2.0`,
      aud: clientId,
      sub: 'subject',
      tid: victim.tenantId,
      oid: '22222222-3333-4444-8555-666666666666',
      name: 'Åsa Öberg',
      preferred_username: 'asa.oberg@norrsken.se',
      nonce: victim.nonce,
      wids: [globalAdministrator],
      iat: now,
      nbf: now,
      exp: now + 3600,
    },
    otherTenant: other.tenantId,
    otherNonce: other.nonce,
    clientSecret: 'demo-secret-not-for-production',
    thiefUrl: `${world.relay.url}/thief`,
  };
  expect(await offer(world, witness, victim, { name: 'honest', token: honestToken(honest) })).toBe('confirm');
  expect(await read(world, honest, honestToken(honest))).toBe('read');

  const accepted: string[] = [];
  const forged = forgedTokens(honest);
  for (const one of forged) {
    const end = await offer(world, witness, victim, one);
    if (end !== (one.isSound ?? 'connect_failed')) accepted.push(`${one.name}: ${end} at the door`);
    if (one.isSound || typeof one.token !== 'string') continue;
    bendKeys(world, one.besides);
    const seen = await read(world, honest, one.token);
    if (seen !== 'refused') accepted.push(`${one.name}: ${seen} by itself`);
  }
  world.emulator.store.faults.clear();
  world.keptAhead.ms += keptMs;
  return { offered: forged.length, accepted };
}

/** The step that the connecting is at then, or why it failed; nothing else was touched. */
async function offer(world: TheftWorld, witness: Witness, victim: Standing, one: Forged): Promise<string> {
  const { emulator, publicUrl, keptAhead } = world;
  await victim.putBack();
  bendKeys(world, one.besides);
  keptAhead.ms += keptMs;
  emulator.store.faults.add({
    match: { path: '/organizations/oauth2/v2.0/token' },
    answer: {
      status: 200,
      body: {
        token_type: 'Bearer', scope: 'openid profile', expires_in: 3600, access_token: 'none',
        ...(one.token === undefined ? {} : { id_token: one.token as string }), // or whatever else JSON can hold
      },
    },
  }); // prettier-ignore
  const browser = scriptedBrowser();
  browser.setCookie(publicUrl, 'samsyn-connect', victim.cookie);
  browser.setCookie(publicUrl, 'account', victim.org.adminId);
  await witness.take();
  await browser.visit(victim.callback.href, { stopAt: (to) => to.pathname === '/connect/flow' });
  const touched = await witness.take();
  expect(touched.filter(({ table, row }) => table !== 'connect_flow' || row['id'] !== victim.flowId), one.name).toEqual([]); // prettier-ignore
  const { step, error_code: code } = await untilProved(world, victim);
  return String(step === 'failed' ? code : step);
}

function bendKeys({ emulator }: TheftWorld, besides: Claims = {}): void {
  emulator.store.faults.clear();
  emulator.store.faults.add({
    match: { path: '/discovery/v2.0/keys' },
    answer: { status: 200, body: { keys: publishedKeys(besides) } as never }, // JSON by its making
  });
}

async function read({ relay }: TheftWorld, { claims }: Honest, token: string): Promise<'read' | 'refused'> {
  const config = { clientId, loginUrl: relay.url, graphUrl: relay.url };
  const cloud = cloudOf(config);
  const clock = systemClock;
  const keys = createKeys({ cloud, clock, send: createSend({ clock, limits: defaultLimits }) });
  try {
    await readIdToken(token, { config, cloud, clock, keys, nonce: String(claims['nonce']) });
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(SignInRefused);
    return 'refused';
  }
}
