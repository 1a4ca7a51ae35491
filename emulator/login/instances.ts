// Instance discovery: which login hosts are names of the same cloud. A library asks it before it trusts an authority that it does not know.
import type { Answer } from '../http.ts';
import type { LoginContext } from './discovery.ts';
import { EntraError, tokenErrorAnswer } from './entra-error.ts';

interface Instance {
  preferred_network: string;
  preferred_cache: string;
  aliases: string[];
}

const named = (preferredCache: string, ...aliases: string[]): Instance => ({
  preferred_network: aliases[0] ?? preferredCache,
  preferred_cache: preferredCache,
  aliases,
});

/** Microsoft's own, as the service lists them. */
const INSTANCES: readonly Instance[] = [
  named(
    'login.windows.net',
    'login.microsoftonline.com',
    'login.windows.net',
    'login.microsoft.com',
    'sts.windows.net',
  ),
  named('login.partner.microsoftonline.cn', 'login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'),
  named('login.microsoftonline.us', 'login.microsoftonline.us', 'login.usgovcloudapi.net'),
  named('login-us.microsoftonline.com', 'login-us.microsoftonline.com'),
];

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** The groups of aliases, the emulator's own hosts last; 400 invalid_instance for a host in none of them. */
export function instanceDiscovery(
  context: LoginContext,
  authorizationEndpoint: string | null,
  correlationId: string | undefined,
): Answer {
  const refuse = (error: EntraError) => tokenErrorAnswer(error, context.store.now(), correlationId);
  if (authorizationEndpoint === null) return refuse(new EntraError(900144, 'authorization_endpoint'));
  const endpoint = URL.parse(authorizationEndpoint);
  const own = ownHosts(context);
  const known = [...INSTANCES.flatMap((one) => one.aliases), ...own];
  if (endpoint === null || !known.includes(endpoint.host)) return refuse(new EntraError(50049));
  const host = new URL(context.publicUrl).host;
  const tenant = endpoint.pathname.split('/')[1] ?? '';
  return {
    status: 200,
    headers: {
      'Cache-Control': 'max-age=86400, private',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Methods': 'GET, OPTIONS',
    },
    body: {
      tenant_discovery_endpoint: `${context.publicUrl}/${tenant}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [
        ...INSTANCES.map((one) => ({ ...one })),
        { preferred_network: host, preferred_cache: host, aliases: own },
      ],
    },
  };
}

/** With their ports, as libraries compare them; this machine's own names too, whichever of them the client used. */
function ownHosts(context: LoginContext): string[] {
  const hosts = context.origins.flatMap((origin) => {
    const { host, hostname, port } = new URL(origin);
    return [
      host,
      ...LOOPBACK.filter((name) => name !== hostname).map((name) => (port === '' ? name : `${name}:${port}`)),
    ];
  });
  return [...new Set(hosts)];
}
