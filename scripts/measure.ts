// npm run measure [-- --users 20000]: how long a first run and a run with nothing changed take, what they ask of Microsoft, what
// they write, and the memory that the server holds. Server, database and stand-in for Microsoft are processes of their own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
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

const { values } = parseArgs({ options: { users: { type: 'string', default: '20000' } } });
const folder = mkdtempSync(join(tmpdir(), 'samsyn-measure-'));
const [port, directoryPort] = [await freePort(), await freePort()];
const [url, directoryUrl] = [`http://localhost:${port}`, `http://localhost:${directoryPort}`];
const clientId = '11111111-2222-4333-8444-555555555555';
const secret = 'secret-of-the-measurement';
const env = {
  PORT: String(port),
  SAMSYN_DATA_DIR: join(folder, 'data'),
  SAMSYN_PUBLIC_URL: url,
  SAMSYN_LOG_LEVEL: 'warn',
  SAMSYN_ENTRA_CLIENT_ID: clientId,
  SAMSYN_ENTRA_CLIENT_SECRET: secret,
  SAMSYN_ENTRA_LOGIN_URL: directoryUrl,
  SAMSYN_GRAPH_URL: directoryUrl,
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
    tell('first run', await sync(session));
    tell('nothing changed', await sync(session));
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

function tell(name: string, { state, mode, startedAt, finishedAt, counts, error }: RunResult): void {
  const seconds = (Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')) / 1000;
  console.log(
    `${name.padEnd(17)} ${state}${error ? ` (${error.code})` : ''}, ${mode ?? ''}: ${seconds.toFixed(2)} s, ${counts['people']} people in scope, ` +
      `${counts['requests']} requests, ${counts['newPeople']} new, ${counts['changedFields']} fields changed`,
  );
}
