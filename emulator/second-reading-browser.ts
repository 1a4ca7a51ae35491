// A browser for the second reading: it opens the login host's pages and presses their buttons by `data-testid`, until it is sent to the application.
import { at, secret, type Reply, type World } from './second-reading-kit.ts';

export const callback = 'http://localhost:9/callback';
export const verifier = 'a-verifier-that-is-long-enough-to-be-one-0123456789';
// BASE64URL(SHA-256(verifier))
export const challenge = Buffer.from(
  await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)),
).toString('base64url');

const plain = (text: string) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");

/** The buttons' way: each `testId` is pressed on the page that is open. Ends at the last page, or at the redirect. */
export async function walk(world: World, path: string, ...testIds: string[]): Promise<Reply> {
  let page = await world.ask(path);
  for (const testId of testIds) {
    const form = page.text.split('<form').find((part) => part.includes(`data-testid="${testId}"`));
    if (form === undefined)
      throw new Error(
        `${testId} is not on the page: ${page.status} ${page.text.replace(/<style.*<\/style>/s, '').slice(0, 500)}`,
      );
    const fields: Record<string, string> = {};
    for (const [tag] of form.matchAll(/<input type="hidden"[^>]*>/g))
      fields[attribute(tag, 'name')] = attribute(tag, 'value');
    const [button] = new RegExp(`<button[^>]*data-testid="${testId}"[^>]*>`).exec(form) ?? [''];
    if (/ name="/.test(button)) fields[attribute(button, 'name')] = attribute(button, 'value');
    page = await world.ask(`POST ${attribute(`<form${form}`, 'action')}`, { form: fields, as: 'nobody' });
  }
  return page;
}

function attribute(tag: string, name: string): string {
  return plain(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

/** Where the browser was sent; undefined when it was shown a page. */
export function sentTo(reply: Reply): URL | undefined {
  const location = reply.headers.get('location');
  return location === null ? undefined : new URL(location);
}

/** The authorize address with what a product would send, changed by `more`; `null` leaves a member out. */
export function authorize(world: World, more: Record<string, string | null> = {}, tenant = 'organizations'): string {
  const query = {
    client_id: world.names['web'] ?? '',
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid profile',
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  };
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== null);
  return `/${tenant}/oauth2/v2.0/authorize?${new URLSearchParams(given).toString()}`;
}

/** Signs in and gives the code. */
export async function codeOf(world: World, upn: string, more: Record<string, string | null> = {}): Promise<string> {
  return sentTo(await walk(world, authorize(world, more), `account-${upn}`))?.searchParams.get('code') ?? '';
}

/** Redeems a code, or asks for a token in another way. */
export function redeem(
  world: World,
  code: string,
  more: Record<string, string | null> = {},
  tenant = 'organizations',
): Promise<Reply> {
  const form = {
    grant_type: 'authorization_code',
    client_id: '{web}',
    client_secret: secret,
    code,
    redirect_uri: callback,
    code_verifier: verifier,
    ...more,
  };
  const given = Object.entries(form).filter((pair): pair is [string, string] => pair[1] !== null);
  return world.ask(`/${tenant}/oauth2/v2.0/token`, { form: Object.fromEntries(given) });
}

/** The claims of the id_token in a token answer. */
export function claims(reply: Reply): Record<string, unknown> {
  const [, payload = ''] = String(at(reply.body, 'id_token')).split('.');
  return Object(JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}'));
}
