// npm run measure [-- --users 20000 --latency 100 --lanes 1 --lanes 8]: how long a first run and a run with nothing changed take, what
// they ask of Microsoft, what they write, and the memory that the server holds; once for each number of lists side by side. Server,
// database and stand-in for Microsoft are processes of their own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { NORRSKEN } from '../emulator/people.ts';
import { systemClock } from '../src/base/clock.ts';
import { createLogger } from '../src/base/log.ts';
import { defaultMappings } from '../src/contract/settings.ts';
import { createGraph } from '../src/graph/graph.ts';
import {
  addOrganisation,
  configure,
  connect,
  enter,
  freePort,
  peakRssMiB,
  startServer,
  sync,
  type RunResult,
} from '../test/whole-server.ts';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '20000' },
    /** Milliseconds before each answer of Microsoft's. */
    latency: { type: 'string', default: '0' },
    lanes: { type: 'string', multiple: true, default: ['8'] },
  },
});
// Slow machines are measured too.
const runWithinMs = 15 * 60_000;
const coupled = defaultMappings.map(({ source }) => source);
const clientId = '11111111-2222-4333-8444-555555555555';
const secret = 'secret-of-the-measurement';

for (const lanes of values.lanes) await measure(lanes);

async function measure(lanes: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'samsyn-measure-'));
  const [port, directoryPort] = [await freePort(), await freePort()];
  const [url, directoryUrl] = [`http://localhost:${port}`, `http://localhost:${directoryPort}`];
  const env = {
    PORT: String(port),
    SAMSYN_DATA_DIR: join(folder, 'data'),
    SAMSYN_PUBLIC_URL: url,
    SAMSYN_LOG_LEVEL: 'warn',
    SAMSYN_ENTRA_CLIENT_ID: clientId,
    SAMSYN_ENTRA_CLIENT_SECRET: secret,
    SAMSYN_ENTRA_LOGIN_URL: directoryUrl,
    SAMSYN_GRAPH_URL: directoryUrl,
    SAMSYN_GRAPH_LANES: lanes,
  };
  const emulator = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('../emulator/main.ts', import.meta.url)),
      '--quiet',
      `--port=${directoryPort}`,
      `--users=${values.users}`,
      `--client-id=${clientId}`,
      `--client-secret=${secret}`,
      `--redirect-uri=${url}/entra/callback`,
      `--redirect-uri=${url}/entra/consent`,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    const token = addOrganisation(env);
    const server = await startServer('serve', env);
    try {
      const session = await enter(url, token);
      await connect(session, url);
      await configure(session);
      const atRest = peakRssMiB(server.pid);
      await setLatency(directoryUrl, Number(values.latency));
      console.log(
        `${values.users} people more, ${values.latency} ms before each answer, at most ${lanes} lists at a time`,
      );
      await list(directoryUrl, Number(lanes));
      tell('first run', await sync(session, runWithinMs));
      tell('nothing changed', await sync(session, runWithinMs));
      console.log(
        `server            ${atRest.toFixed(0)} MiB before, ${peakRssMiB(server.pid).toFixed(0)} MiB at its peak`,
      );
    } finally {
      await server.end();
    }
  } finally {
    emulator.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The reading alone, without a database: what lists side by side are about. */
async function list(directoryUrl: string, lanes: number): Promise<void> {
  const graph = createGraph({
    config: { clientId, clientSecret: secret, loginUrl: directoryUrl, graphUrl: directoryUrl, lanes },
    clock: systemClock,
    log: createLogger({ level: 'silent' }),
  });
  const reader = graph.reader(NORRSKEN.id);
  const expected = (await reader.countUsers()) ?? 0;
  const startMs = performance.now();
  const seen = new Set<string>();
  const pages = expected >= reader.shardsFrom ? reader.listUsersInShards(coupled, expected) : reader.listUsers(coupled);
  for await (const { items } of pages) for (const { id } of items) seen.add(id);
  const seconds = (performance.now() - startMs) / 1000;
  if (seen.size !== expected) throw new Error(`${seen.size} people were read of ${expected}`);
  console.log(`reading alone     ${seconds.toFixed(2)} s, ${seen.size} people, ${reader.requests - 1} requests`);
}

async function setLatency(directoryUrl: string, latencyMs: number): Promise<void> {
  const answer = await fetch(`${directoryUrl}/_control/settings`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ latencyMs }),
  });
  if (!answer.ok) throw new Error(`The emulator did not take the latency: ${answer.status}`);
}

function tell(name: string, { state, mode, startedAt, finishedAt, counts, error }: RunResult): void {
  const seconds = (Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')) / 1000;
  console.log(
    `${name.padEnd(17)} ${state}${error ? ` (${error.code})` : ''}, ${mode ?? ''}: ${seconds.toFixed(2)} s, ${counts['people']} people in scope, ` +
      `${counts['requests']} requests, ${counts['newPeople']} new, ${counts['changedFields']} fields changed`,
  );
}
