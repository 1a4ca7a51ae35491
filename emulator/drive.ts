// A browser's part in a sign-in or consent, for tests: fetches the pages, answers their forms, returns where it ended.

export interface Decision {
  /** The user name to sign in with; without it the sign-in is cancelled. */
  account?: string;
  /** For consent: what to press on the page after the sign-in. */
  consent?: 'accept' | 'cancel' | 'back';
}

export interface Ended {
  /** The address the person is sent to, or null when left on a page. */
  redirect: URL | null;
  /** What a form_post would send there. */
  posted: Record<string, string> | null;
  /** The page the person is left on. */
  page: string;
  status: number;
}

/** Opens an authorize or admin-consent address and goes through its pages. */
export async function drive(address: string, decision: Decision): Promise<Ended> {
  let ended = await read(await fetch(address, { redirect: 'manual' }));
  if (ended.redirect !== null || ended.status !== 200) return ended;
  ended = await submit(ended, decision.account === undefined ? { cancel: '1' } : { account: decision.account });
  if (decision.consent !== undefined && ended.redirect === null && ended.status === 200)
    ended = await submit(ended, { answer: decision.consent });
  return ended;
}

async function submit(on: Ended, values: Record<string, string>): Promise<Ended> {
  const flow = /name="flow" value="([^"]*)"/.exec(on.page)?.[1];
  const action = /<form method="post" action="([^"]*)"/.exec(on.page)?.[1];
  if (flow === undefined || action === undefined) throw new Error('The page has no form to answer.');
  return read(
    await fetch(action, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ flow, ...values }) }),
  );
}

async function read(response: Response): Promise<Ended> {
  const location = response.headers.get('location');
  const page = await response.text();
  const to = /<form method="POST" action="([^"]*)"/.exec(page)?.[1];
  if (to === undefined)
    return { redirect: location === null ? null : new URL(location), posted: null, page, status: response.status };
  const posted = Object.fromEntries(
    [...page.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, plain(value)]),
  );
  return { redirect: new URL(plain(to)), posted, page, status: response.status };
}

const plain = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
