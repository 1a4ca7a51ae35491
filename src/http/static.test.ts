// The built web app over HTTP: the page with its nonce, the files and how long browsers keep them, and nothing beside.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { startServer, type TestServer } from '../../test/server.ts';

const { db } = await useDatabase();
let server: TestServer;
let webRoot: string;

beforeAll(async () => {
  webRoot = await mkdtemp(path.join(tmpdir(), 'samsyn-web-'));
  await mkdir(path.join(webRoot, 'assets'));
  await writeFile(
    path.join(webRoot, 'index.html'),
    '<html><meta property="csp-nonce" nonce="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>',
  );
  await writeFile(path.join(webRoot, 'assets/app-1a2b.js'), 'export {};');
  await writeFile(path.join(webRoot, 'icon.svg'), '<svg/>');
  server = await startServer(db, { webRoot });
});
afterAll(async () => {
  await server.app.close();
  await rm(webRoot, { recursive: true });
});

describe('the web app', () => {
  test('is not given out without its nonce', async () => {
    expect((await server.call('GET', '/index.html')).status).toBe(404);
  });

  test('opens at every address of a page, with a nonce of its own each time and nothing kept', async () => {
    const nonces = new Set<string>();
    for (const url of ['/', '/sign-in', `/settings/x/entra/users?list=gone`, '/connect']) {
      const { status, text, headers } = await server.call('GET', url);
      expect([status, headers['content-type'], headers['cache-control']]).toEqual([
        200,
        'text/html; charset=utf-8',
        'no-store',
      ]);
      const [, nonce = ''] =
        /style-src 'self' 'nonce-([\w+/=]{24})'/.exec(String(headers['content-security-policy'])) ?? [];
      expect(text).toBe(`<html><meta property="csp-nonce" nonce="${nonce}"><style nonce="${nonce}"></style>`);
      expect(String(headers['content-security-policy'])).toContain(`script-src 'self';`);
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(4);
  });

  test('keeps built files for a year, others for an hour, and gives out nothing else', async () => {
    expect((await server.call('GET', '/assets/app-1a2b.js')).headers['cache-control']).toBe(
      'public, max-age=31536000, immutable',
    );
    expect((await server.call('GET', '/icon.svg')).headers['cache-control']).toBe('public, max-age=3600');
    for (const url of ['/../package.json', '/..%2f..%2fetc%2fpasswd', '/assets/..%2f..%2fpackage.json', '/.env']) {
      const { status, text } = await server.call('GET', url);
      // Or the page of the app, which says that it knows no such address.
      if (status === 200) expect(text).toContain('csp-nonce');
      else expect([400, 404]).toContain(status);
    }
  });

  test('that was not built says so instead of failing', async () => {
    const bare = await startServer(db, { webRoot: path.join(webRoot, 'none') });
    expect((await bare.call('GET', '/')).text).toContain('npm run build');
    await bare.app.close();
  });
});
