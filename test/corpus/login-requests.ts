// Requests to the login host that end in the answers of the recorded exchanges: tokens, documents, and redirects of its pages.
import type { Answered } from './table-types.ts';
import type { World } from './world.ts';

export async function askToken(world: World, fields: Record<string, string> = {}, tenant?: string): Promise<Answered> {
  const { status, body } = await world.kit.token(fields, tenant);
  return { status, body };
}

export async function askLogin(world: World, path: string): Promise<Answered> {
  const response = await fetch(`${world.kit.url}${path}`);
  return { status: response.status, body: await response.json() };
}

/** Without an account the person presses Cancel. */
export async function askAuthorize(world: World, account: string | undefined): Promise<Answered> {
  const { kit } = world;
  const ended = await kit.go(kit.authorize({ response_mode: 'query' }), account === undefined ? {} : { account });
  return redirected(ended.status, ended.redirect);
}

export async function askConsent(world: World, version: 1 | 2, consent: 'accept' | 'cancel'): Promise<Answered> {
  const { kit } = world;
  const address = new URL(kit.consentUrl());
  if (version === 1) {
    address.pathname = address.pathname.replace('/v2.0/', '/');
    address.searchParams.delete('scope');
  }
  const ended = await kit.go(address.href, { account: 'asa.oberg@norrsken.se', consent });
  return redirected(ended.status, ended.redirect);
}

function redirected(status: number, to: URL | null): Answered {
  return { status, body: null, ...(to === null ? {} : { redirect: to.href }) };
}
