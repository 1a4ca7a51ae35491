// (b) of the recorded exchanges: their bodies are served to Samsyn's client over HTTP, and it reads them without loss: every value
// that it promises to carry is there, and every failure is known by code, reaction and Microsoft's request id.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { corpusNote, getCase, loadCases } from './corpus/load.ts';
import { readRecorded } from './corpus/readers.ts';
import { startRecordedServer, type RecordedServer } from './corpus/recorded-server.ts';
import { table } from './corpus/table.ts';

const cases = loadCases();
const used = [...table].flatMap(([name, { b }]) =>
  b === undefined || b.kind === 'consent answer' ? [] : [{ name, kind: b.kind, use: b }],
);

describe.skipIf(corpusNote !== '')(`the client reads what was recorded${corpusNote}`, () => {
  let server: RecordedServer;
  beforeAll(async () => {
    server = await startRecordedServer();
  });
  afterAll(() => server.close());

  test.each(used)('$kind: $name', async ({ name, use }) => {
    const { read, expected } = await readRecorded(server, getCase(cases, name), use);
    expect(read).toEqual(expected);
  });
});
