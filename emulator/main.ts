// The emulator from the command line.
import { parseArgs } from 'node:util';
import { DEFAULT_APP } from './model.ts';
import { SIGN_IN_ACCOUNTS } from './people.ts';
import { startEmulator } from './server.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

const HELP = `Stand-in for Microsoft Entra ID and Microsoft Graph, for development and demonstration.

  node emulator/main.ts [options]

  --port N             port, 4000 by default
  --host NAME          address to listen on, 127.0.0.1 by default
  --public-url URL     where clients reach it, http://localhost:<port> by default
  --data-dir DIR       keep the directory here; without it, in memory only
  --users N            invented people in the first tenant, beyond the demo's
  --tenants N          tenants, 2 by default
  --empty              start without the demo directory
  --client-id GUID     the application's registration
  --client-secret TEXT
  --redirect-uri URL   a registered address; may be given several times
  --quiet              no line per request
  --help
`;

function number(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new TypeError(`--${name} needs a whole number, not '${text}'.`);
  return value;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      'public-url': { type: 'string' },
      'data-dir': { type: 'string' },
      users: { type: 'string' },
      tenants: { type: 'string' },
      empty: { type: 'boolean' },
      'client-id': { type: 'string' },
      'client-secret': { type: 'string' },
      'redirect-uri': { type: 'string', multiple: true },
      quiet: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    say(HELP);
    return;
  }
  const users = number(values.users, 'users');
  const tenants = number(values.tenants, 'tenants');
  const configured =
    values['client-id'] !== undefined || values['client-secret'] !== undefined || values['redirect-uri'] !== undefined;
  const emulator = await startEmulator({
    port: number(values.port, 'port') ?? 4000,
    seed: values.empty === true ? 'none' : 'demo',
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values['public-url'] === undefined ? {} : { publicUrl: values['public-url'] }),
    ...(values['data-dir'] === undefined ? {} : { dataDir: values['data-dir'] }),
    ...(users === undefined ? {} : { users }),
    ...(tenants === undefined ? {} : { tenants }),
    ...(configured
      ? {
          apps: [
            {
              ...DEFAULT_APP,
              clientId: values['client-id'] ?? DEFAULT_APP.clientId,
              secret: values['client-secret'] ?? DEFAULT_APP.secret,
              redirectUris: values['redirect-uri'] ?? [],
            },
          ],
        }
      : {}),
    ...(values.quiet === true ? {} : { log: say }),
  });
  say(`Emulator of Entra ID and Graph: ${emulator.url}`);
  for (const app of emulator.store.apps.values())
    say(
      `Application ${app.name}: client id ${app.clientId}, secret ${app.secret}, redirect ${app.redirectUris.join(' ') || '(none registered)'}`,
    );
  if (values.empty !== true) for (const one of SIGN_IN_ACCOUNTS) say(`Sign in as ${one.upn} (${one.displayName})`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void emulator.close().then(() => process.exit(0)));
}

main().catch((error: unknown) => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'EADDRINUSE') complain('The port is in use. Choose another with --port, or end what runs there.');
  else if (error instanceof TypeError || String(code).startsWith('ERR_PARSE_ARGS')) complain(`${message}\nSee --help.`);
  else complain(`The emulator could not start: ${message}`);
  process.exitCode = 1;
});
