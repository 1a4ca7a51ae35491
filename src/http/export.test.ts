// A file over a real connection: what a browser sees when the server gets to the end, and when it does not (F58).
import fastify from 'fastify';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cell } from '../base/table.ts';
import { createLogger } from '../base/log.ts';
import { exportFormats, type ExportFormat } from '../contract/table-export.ts';
import { useErrors } from './errors.ts';
import { sendTable } from './export.ts';

const rowsWhole = 40_000;
let port = 0;
let open = 0;

/** Rows that go on for ever, or fail after so many: as when the database or the disk gives up under way. */
async function* rowsUntil(failAt: number): AsyncGenerator<readonly Cell[]> {
  open += 1;
  try {
    for (let row = 0; row < rowsWhole || failAt === Infinity; row += 1) {
      if (row === failAt) throw new Error('no space left on device');
      // Text that does not become small by packing.
      yield [`${row}`, Math.sin(row).toString(36).repeat(4)];
    }
  } finally {
    open -= 1;
  }
}

const app = fastify();
useErrors(app, createLogger({ level: 'silent' }));
app.get<{ Params: { format: ExportFormat; failAt: string } }>('/:format/:failAt', async ({ params }, reply) => {
  const rows = rowsUntil(params.failAt === 'never' ? -1 : Number(params.failAt));
  await sendTable(reply, {
    name: 'Åsas lista',
    format: params.format,
    columns: [{ header: 'a' }, { header: 'b' }],
    rows,
  });
  return reply;
});
beforeAll(async () => {
  await app.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = app.server.address() as AddressInfo); // of a server that listens on a port
});
afterAll(() => app.close());

const get = (path: string) => fetch(`http://127.0.0.1:${port}/${path}`);
const ended = async () => {
  const until = Date.now() + 5000;
  while (open > 0 && Date.now() < until) await new Promise((done) => setTimeout(done, 10));
  return open;
};

describe.each(exportFormats)('as %s', (format) => {
  test('comes whole, under its name', async () => {
    const answer = await get(`${format}/never`);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="Asas-lista.${format}"; filename*=UTF-8''%C3%85sas%20lista.${format}`,
    );
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(500_000);
    expect(await ended()).toBe(0);
  });

  test('F58 an export that fails under way is an aborted download and no half file, and reads no more rows', async () => {
    const answer = await get(`${format}/${rowsWhole - 1}`);
    expect(answer.status).toBe(200);
    await expect(answer.arrayBuffer()).rejects.toThrow();
    expect(await ended()).toBe(0);
  });

  test('F58 an export that fails at once is an error in words and no file', async () => {
    const answer = await get(`${format}/0`);
    expect(answer.status).toBe(500);
    expect(answer.headers.get('content-disposition')).toBeNull();
    expect(await answer.json()).toMatchObject({ error: { code: 'internal' } });
    expect(await ended()).toBe(0);
  });

  test('F58 whoever goes away in the middle ends the reading', async () => {
    await new Promise<void>((done, failed) => {
      const call = request({ port, host: '127.0.0.1', path: `/${format}/Infinity` }, (answer) => {
        answer.once('data', () => {
          expect(open).toBe(1);
          call.destroy();
          done();
        });
      });
      call.once('error', failed);
      call.end();
    });
    expect(await ended()).toBe(0);
  });
});
