// A browser without a screen: cookies by origin, redirects followed one by one, forms read and posted. For sign-ins that lead
// through Microsoft's pages and back.

export interface Visit {
  url: URL;
  status: number;
  text: string;
}

export interface ScriptedBrowser {
  /** Follows redirects until there is none, or until one leads to an address that `stopAt` names: that one is not asked for. */
  visit(url: string, options?: { stopAt?: (url: URL) => boolean }): Promise<Visit>;
  /** Posts the only form of a page, with its hidden fields. */
  submit(page: Visit, fields: Record<string, string>, options?: { stopAt?: (url: URL) => boolean }): Promise<Visit>;
  /** A call as the web app makes it. */
  call(method: string, url: string, body?: unknown): Promise<{ status: number; body: unknown; headers: Headers }>;
  setCookie(origin: string, name: string, value: string): void;
  deleteCookie(origin: string, name: string): void;
  cookie(origin: string, name: string): string | undefined;
}

export function scriptedBrowser(): ScriptedBrowser {
  const jar = new Map<string, Map<string, string>>();
  const cookiesOf = (origin: string): Map<string, string> => {
    const known = jar.get(origin) ?? new Map<string, string>();
    jar.set(origin, known);
    return known;
  };

  async function send(url: URL, init: RequestInit): Promise<Response> {
    const cookies = [...cookiesOf(url.origin)].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = new Headers(init.headers);
    if (cookies) headers.set('cookie', cookies);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      cookiesOf(url.origin).set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  async function follow(start: URL, init: RequestInit, stopAt: (url: URL) => boolean): Promise<Visit> {
    let url = start;
    let response = await send(url, init);
    for (let hops = 0; response.status >= 300 && response.status < 400; hops += 1) {
      const location = response.headers.get('location');
      if (location === null || hops === 10) throw new Error('a redirect that leads nowhere');
      const next = new URL(location, url);
      await response.arrayBuffer();
      if (stopAt(next)) return { url: next, status: 0, text: '' };
      url = next;
      response = await send(url, {});
    }
    return { url, status: response.status, text: await response.text() };
  }

  return {
    visit: (url, options = {}) => follow(new URL(url), {}, options.stopAt ?? (() => false)),

    submit(page, fields, options = {}) {
      const action = /<form[^>]*action="([^"]*)"/.exec(page.text)?.[1];
      if (action === undefined) throw new Error(`there is no form on ${page.url.href}: ${page.text.slice(0, 300)}`);
      const body = new URLSearchParams();
      for (const [input] of page.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
        body.set(plain(/name="([^"]*)"/.exec(input)?.[1] ?? ''), plain(/value="([^"]*)"/.exec(input)?.[1] ?? ''));
      }
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const init = { method: 'POST', body: body.toString(), headers };
      return follow(new URL(plain(action), page.url), init, options.stopAt ?? (() => false));
    },

    async call(method, url, body) {
      const response = await send(new URL(url), {
        method,
        headers: { 'x-samsyn': '1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: text === '' ? null : (JSON.parse(text) as unknown),
        headers: response.headers,
      };
    },

    setCookie: (origin, name, value) => void cookiesOf(origin).set(name, value),
    deleteCookie: (origin, name) => void cookiesOf(origin).delete(name),
    cookie: (origin, name) => cookiesOf(origin).get(name),
  };
}

function plain(html: string): string {
  return html
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
