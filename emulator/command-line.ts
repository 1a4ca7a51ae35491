// The command line's words into options, with one clear sentence for each that cannot be used.
import { parseArgs } from 'node:util';
import { DEFAULT_APP } from './model.ts';
import type { EmulatorOptions } from './server.ts';

export const HELP = `Stand-in for Microsoft Entra ID and Microsoft Graph, for development and demonstration.
How to use it from an application: emulator/README.md.

  npm run emulator -- [options]

  --port N             port for HTTP, 4000 by default; 0 is any free one
  --https-port N       HTTPS beside it, with a certificate of the emulator's own authority
  --ca-out FILE        write that authority's certificate here, for clients to trust
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

export interface CommandLine {
  help: boolean;
  caOut: string | undefined;
  quiet: boolean;
  options: EmulatorOptions;
}

/** Said to the person who typed it, and no fault of the program's. */
export class WrongArgument extends Error {}

const USERS_MAX = 1_000_000;
const TENANTS_MAX = 1000;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function readCommandLine(args: string[]): CommandLine {
  const values = parse(args);
  const port = number('port', values.port, { min: 0, max: 65_535 }) ?? 4000;
  const httpsPort = number('https-port', values['https-port'], { min: 0, max: 65_535 });
  const users = number('users', values.users, { min: 0, max: USERS_MAX });
  const tenants = number('tenants', values.tenants, { min: 1, max: TENANTS_MAX });
  const caOut = values['ca-out'];
  if (caOut !== undefined && httpsPort === undefined)
    throw new WrongArgument('--ca-out is about HTTPS: give --https-port as well.');
  if (httpsPort !== undefined && httpsPort === port && port !== 0)
    throw new WrongArgument('--port and --https-port must be two different ports.');
  if (values.empty === true && (users !== undefined || tenants !== undefined))
    throw new WrongArgument('--empty starts without people and tenants: leave out --users and --tenants.');
  const publicUrl = address('public-url', values['public-url']);
  if (publicUrl !== undefined && new URL(publicUrl).pathname !== '/')
    throw new WrongArgument(`--public-url is an origin without a path, not '${publicUrl}'.`);
  const app = registration(values['client-id'], values['client-secret'], values['redirect-uri']);
  return {
    help: values.help === true,
    caOut,
    quiet: values.quiet === true,
    options: {
      port,
      seed: values.empty === true ? 'none' : 'demo',
      ...(httpsPort === undefined ? {} : { httpsPort }),
      ...(values.host === undefined ? {} : { host: values.host }),
      ...(publicUrl === undefined ? {} : { publicUrl }),
      ...(values['data-dir'] === undefined ? {} : { dataDir: values['data-dir'] }),
      ...(users === undefined ? {} : { users }),
      ...(tenants === undefined ? {} : { tenants }),
      ...(app === undefined ? {} : { apps: [app] }),
    },
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        'https-port': { type: 'string' },
        'ca-out': { type: 'string' },
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
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new WrongArgument(error instanceof Error ? error.message : String(error));
  }
}

function number(name: string, text: string | undefined, of: { min: number; max: number }): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < of.min || value > of.max)
    throw new WrongArgument(`--${name} needs a whole number from ${of.min} to ${of.max}, not '${text}'.`);
  return value;
}

function address(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const protocol = URL.parse(text)?.protocol;
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new WrongArgument(`--${name} needs an address like http://localhost:4000, not '${text}'.`);
  return text;
}

/** The demo's application with what was given in its place; undefined when nothing was. */
function registration(clientId: string | undefined, secret: string | undefined, redirectUris: string[] | undefined) {
  if (clientId === undefined && secret === undefined && redirectUris === undefined) return undefined;
  if (clientId !== undefined && !GUID.test(clientId))
    throw new WrongArgument(`--client-id needs a GUID like ${DEFAULT_APP.clientId}, not '${clientId}'.`);
  for (const one of redirectUris ?? []) address('redirect-uri', one);
  return {
    ...DEFAULT_APP,
    clientId: clientId ?? DEFAULT_APP.clientId,
    secret: secret ?? DEFAULT_APP.secret,
    redirectUris: redirectUris ?? [],
  };
}
