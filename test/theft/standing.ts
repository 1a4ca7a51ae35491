// Connectings that stand where the next thing is a callback: what a thief finds. Each can be put back to where it stood.
import { expect } from 'vitest';
import { present } from '../../src/base/assert.ts';
import { scriptedBrowser, type ScriptedBrowser } from '../scripted-browser.ts';
import { asa, urlOf, type Org, type TheftWorld } from './kit.ts';

export interface Standing {
  name: string;
  step: 'sign_in' | 'consent';
  org: Org;
  byLink: boolean;
  /** Of the connecting and of nobody's session. */
  cookie: string;
  flowId: string;
  tenantId: string;
  /** As Microsoft would send it now. */
  callback: URL;
  /** What the sign-in was begun with: everybody who looks into the address bar knows it. */
  nonce: string;
  /** Back to where it stood, with whatever was used up replaced. */
  putBack(): Promise<void>;
}

export type Way = { name: string; org: Org; upn: string; link?: string; step: Standing['step'] };

/** Through the pages of the product and of Microsoft, up to the callback, which is not asked for. */
export async function bringTo(world: TheftWorld, way: Way): Promise<Standing> {
  const { admin, publicUrl, clock, proofClock, relay } = world;
  const { org, upn, link, step } = way;
  const browser = link === undefined ? world.signedIn(org) : await openLink(world, link);
  const signInUrl =
    link === undefined
      ? urlOf((await browser.call('POST', `${publicUrl}/api/v1/organisations/${org.id}/connection/sign-in`)).body)
      : urlOf((await browser.call('POST', `${publicUrl}/api/v1/connect-link/sign-in`)).body);
  let callback = await atMicrosoft(world, browser, signInUrl, { account: upn });
  if (step === 'consent') {
    await browser.visit(callback.href);
    const confirmed = await browser.call('POST', `${publicUrl}/api/v1/connect-flow/confirm`, {});
    callback = await atMicrosoft(world, browser, urlOf(confirmed.body), { account: upn }, { answer: 'accept' });
  }
  const cookie = present(browser.cookie(publicUrl, 'samsyn-connect'), 'the browser has the cookie');
  const { rows } = await admin.query<{ id: string; row: unknown }>(
    `select id, to_jsonb(f) as row from connect_flow f where browser_hash = sha256($1::bytea)`,
    [Buffer.from(cookie)],
  );
  const stood = present(rows[0], 'the connecting is there');
  let seen = relay.asked.length;
  const standing: Standing = {
    name: way.name,
    step,
    org,
    byLink: link !== undefined,
    cookie,
    flowId: stood.id,
    tenantId: upn === asa ? world.tenants.a : world.tenants.b,
    callback,
    nonce: new URL(signInUrl).searchParams.get('nonce') ?? '',
    async putBack() {
      clock.aheadMs = 0;
      proofClock.aheadMs = 0;
      await admin.query('delete from connect_flow where id = $1', [stood.id]);
      await admin.query('insert into connect_flow select (jsonb_populate_record(null::connect_flow, $1)).*', [
        JSON.stringify(stood.row),
      ]);
      // A code is good once; the same sign-in once more gives another.
      const code = standing.callback.searchParams.get('code');
      if (code !== null && relay.asked.slice(seen).some((one) => one.body.includes(code)))
        standing.callback = await atMicrosoft(world, browser, signInUrl, { account: upn });
      seen = relay.asked.length;
    },
  };
  return standing;
}

async function openLink(world: TheftWorld, token: string): Promise<ScriptedBrowser> {
  const browser = scriptedBrowser();
  const { status } = await browser.call('POST', `${world.publicUrl}/api/v1/connect-link/open`, { token });
  expect(status).toBe(200);
  return browser;
}

/** Answers one page of Microsoft's after the other; the address that the last one leads to. */
async function atMicrosoft(
  { publicUrl }: TheftWorld,
  browser: ScriptedBrowser,
  url: string,
  ...answers: Record<string, string>[]
): Promise<URL> {
  let page = await browser.visit(url);
  for (const answer of answers) page = await browser.submit(page, answer, { stopAt: (to) => to.origin === publicUrl });
  expect(page.url.origin).toBe(publicUrl);
  return page.url;
}

export async function newLink(world: TheftWorld, org: Org): Promise<string> {
  const { body } = await world
    .signedIn(org)
    .call('POST', `${world.publicUrl}/api/v1/organisations/${org.id}/connection/links`);
  const url = (body as { url?: unknown }).url;
  expect(url).toBeTypeOf('string');
  return String(url).slice(String(url).indexOf('#') + 1);
}
