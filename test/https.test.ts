// The product and the emulator as processes of their own, over HTTPS: trusted by Node's own variable as docs/operating.md says, or not at all.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_APP } from '../emulator/model.ts';
import { NORRSKEN } from '../emulator/people.ts';
import { runCommand } from './whole-server.ts';

const publicUrl = 'https://samsyn.example.com';
const folder = mkdtempSync(join(tmpdir(), 'samsyn-https-'));
const caFile = join(folder, 'ca.pem');
let emulator: ChildProcess;
let secureUrl: string;

beforeAll(async () => {
  const child = spawn(process.execPath, [
    fileURLToPath(new URL('../emulator/main.ts', import.meta.url)),
    '--port=0',
    '--https-port=0',
    `--ca-out=${caFile}`,
    `--redirect-uri=${publicUrl}/entra/callback`,
    `--redirect-uri=${publicUrl}/entra/consent`,
  ]);
  emulator = child;
  const said = await new Promise<string>((done, failed) => {
    let all = '';
    child.stdout.on('data', (bytes: Buffer) => {
      all += bytes.toString();
      if (all.includes('Ctrl-C stops')) done(all);
    });
    child.once('exit', () => failed(new Error(`The emulator did not start: ${all}`)));
  });
  const [url = '', secure = ''] = [...said.matchAll(/^(?:Emulator|The same over HTTPS).*: (\S+)$/gm)].map(
    ([, at]) => at,
  );
  secureUrl = secure;
  await fetch(`${url}/_control/tenants/${NORRSKEN.id}/grants/${DEFAULT_APP.clientId}`, { method: 'PUT' });
});
afterAll(async () => {
  const gone = new Promise((done) => emulator.once('exit', done));
  emulator.kill();
  await gone;
  rmSync(folder, { recursive: true });
});

function doctor(more: Record<string, string> = {}): { code: number | null; said: string } {
  const { code, stdout } = runCommand(['doctor', '--tenant', 'norrsken.se'], {
    SAMSYN_PUBLIC_URL: publicUrl,
    SAMSYN_DATA_DIR: join(folder, 'data'),
    SAMSYN_ENTRA_CLIENT_ID: DEFAULT_APP.clientId,
    SAMSYN_ENTRA_CLIENT_SECRET: DEFAULT_APP.secret,
    SAMSYN_ENTRA_LOGIN_URL: secureUrl,
    SAMSYN_GRAPH_URL: secureUrl,
    ...more,
  });
  return { code, said: stdout };
}

test('Point 13: Samsyn works over HTTPS with an authority that NODE_EXTRA_CA_CERTS names', () => {
  const { code, said } = doctor({ NODE_EXTRA_CA_CERTS: caFile });
  for (const step of ['login host', 'Graph host', 'credential', 'permission: users', 'permission: groups', 'redirect addresses'])
    expect(said).toMatch(new RegExp(`^ok +${step} `, 'm'));
  expect([code, said]).toEqual([0, expect.stringContaining(', 0 failed,') as string]);
}, 120_000); // prettier-ignore

test('F17: without it the doctor says that the certificate is not accepted, and how an authority is', () => {
  const { code, said } = doctor();
  expect(code).toBe(1);
  for (const [step, option] of [['login host', secureUrl], ['Graph host', secureUrl]] as const)
    expect(said).toMatch(
      new RegExp(`^FAILED +${step} +${option} shows a certificate that is not accepted \\([A-Z_]+\\): .*NODE_EXTRA_CA_CERTS`, 'm'),
    );
}, 120_000); // prettier-ignore
