// What the start says: where everything is, and which ids, secrets and names there are to try it with.
import { listAccounts } from './login/accounts.ts';
import type { Tenant } from './model.ts';
import type { Emulator } from './server.ts';

const ACCOUNTS_MAX = 12;
const TENANTS_MAX = 8;

/** `caFile` is where a client finds the certificate of the authority, when it lies on disk. */
export function welcome(emulator: Emulator, caFile: string | undefined): string {
  const { url, secure, store } = emulator;
  const tenants = [...store.tenants.values()];
  const accounts = listAccounts(store, undefined);
  const lines = [
    `Emulator of Entra ID and Graph: ${url}`,
    ...(secure === undefined ? [] : [`The same over HTTPS: ${secure.url}`, ...trust(caFile, secure.url)]),
    '',
    ...[...store.apps.values()].map(
      (app) =>
        `Application ${app.name}: client id ${app.clientId}, secret ${app.secret}, redirect ${app.redirectUris.join(' ') || '(none registered)'}`,
    ),
    ...tenants.slice(0, TENANTS_MAX).map(describe),
    ...more(tenants.length - TENANTS_MAX, 'tenants', url),
    ...accounts.slice(0, ACCOUNTS_MAX).map((one) => `Sign in as ${one.upn} (${one.name}, ${one.role}, ${one.tenant})`),
    ...more(accounts.length - ACCOUNTS_MAX, 'accounts', url),
    '',
    `Edit the directory by hand: ${url}/`,
    `Control API, from this machine: ${url}/_control/state`,
    'How to use it: emulator/README.md. Ctrl-C stops.',
  ];
  return lines.join('\n');
}

function describe(tenant: Tenant): string {
  let people = 0;
  for (const user of tenant.users.values()) if (user.deletedAt === null) people += 1;
  const groups = tenant.groupOrder.filter((group) => group.deletedAt === null).length;
  const consented = tenant.grants.size === 0 ? ', no application is consented to yet' : '';
  return `Tenant ${tenant.displayName}: ${tenant.id}, ${tenant.domains.join(', ')}, ${people} people, ${groups} groups${consented}`;
}

const more = (count: number, what: string, url: string): string[] =>
  count > 0 ? [`… and ${count} more ${what}: ${url}/_control/state`] : [];

const trust = (caFile: string | undefined, url: string): string[] =>
  caFile === undefined
    ? ['  Its authority is in memory only: start with --ca-out FILE for a certificate that clients can trust.']
    : [
        `  The certificate of its authority: ${caFile}`,
        `  Node:  NODE_EXTRA_CA_CERTS=${caFile} node app.js`,
        `  curl:  curl --cacert ${caFile} ${url}/common/v2.0/.well-known/openid-configuration`,
      ];
