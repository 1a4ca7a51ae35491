// The doctor's steps about the app registration: is there one, until when does its credential last, does Microsoft take it, may it
// read what Samsyn reads, and does it know the addresses to which people come back.
import { X509Certificate } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Config } from '../config.ts';
import type { Examiner, Registered } from '../graph/examine.ts';
import { GraphFailure, isOfCredentials } from '../graph/failures.ts';
import { failed, ok, skipped, warning, type Finding, type Step } from './finding.ts';
import type { Hosts } from './microsoft.ts';

interface Given {
  config: Config;
  examiner: Examiner;
  /** Asks with the second credential, when there is one. */
  secondExaminer: Examiner | undefined;
  clock: Clock;
  hosts: Hosts;
  /** An id or a domain. */
  tenant: string | undefined;
}

const dayMs = 24 * 3_600_000;
const warnDaysAhead = 60;
const needsTenant = '--tenant ID or DOMAIN asks in one that has given its consent';

export function registrationSteps({ config, examiner, secondExaminer, clock, hosts, tenant }: Given): Step[] {
  const { entra, publicUrl } = config;
  const addresses = [`${publicUrl}/entra/callback`, `${publicUrl}/entra/consent`];
  const isGiven = entra.clientId !== undefined;
  const kind = entra.certificatePem === undefined ? 'client secret' : 'certificate';
  let tenantId: string | undefined;
  let isSignedIn = false;
  const answers = new Map<string, Registered>();

  /** What keeps a step from being asked. */
  const missing = (): Finding | undefined =>
    (!isGiven && skipped('needs the app registration')) ||
    (!hosts.login && skipped('needs the login host')) ||
    undefined;

  const permission = (name: string, what: string, read: (id: string) => Promise<void>): Step => ({
    name: `permission: ${what}`,
    async find() {
      if (tenant === undefined) return skipped(needsTenant);
      if (tenantId === undefined || !isSignedIn) return skipped('needs the credential');
      if (!hosts.graph) return skipped('needs the Graph host');
      const id = tenantId;
      return explain(
        () => read(id),
        `${name} is granted`,
        `${name} is missing: add it under API permissions as an application permission of Microsoft Graph, then let an administrator of the tenant connect again in Samsyn`,
      );
    },
  });

  const secondStep = (second: Examiner): Step => ({
    name: 'second credential',
    async find() {
      const kindOfSecond = entra.second?.certificatePem === undefined ? 'client secret' : 'certificate';
      const lack = missing();
      if (lack) return lack;
      if (tenantId === undefined) return skipped(needsTenant);
      const id = tenantId;
      return explain(
        () => second.signIn(id),
        `Microsoft takes the second ${kindOfSecond} too`,
        `Microsoft does not take the second ${kindOfSecond} in ${id}: add it under Certificates & secrets, or take SAMSYN_ENTRA_SECOND_… away`,
      );
    },
  });

  return [
    {
      name: 'app registration',
      find: async () =>
        isGiven
          ? ok(`${entra.clientId}, with a ${kind}`)
          : failed(
              'none: set SAMSYN_ENTRA_CLIENT_ID, and SAMSYN_ENTRA_CLIENT_SECRET or SAMSYN_ENTRA_CERTIFICATE (docs/operating.md, section 1)',
            ),
    },
    {
      name: 'expiry',
      find: async () => (isGiven ? aboutExpiry(config, kind, clock) : skipped('needs the app registration')),
    },
    {
      name: 'tenant',
      async find() {
        if (tenant === undefined) return skipped(needsTenant);
        const lack = missing();
        if (lack) return lack;
        const found = await examiner.discover(tenant);
        const id =
          found.kind === 'found' ? /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(found.issuer)?.[0] : undefined;
        if (id === undefined)
          return failed(`Microsoft knows no tenant ${tenant}: check --tenant, and the cloud of SAMSYN_ENTRA_LOGIN_URL`);
        tenantId = id.toLowerCase();
        return ok(tenantId);
      },
    },
    {
      name: 'credential',
      async find() {
        const lack = missing();
        if (lack) return lack;
        for (const address of addresses)
          answers.set(address, await examiner.askRedirect(tenantId ?? 'organizations', address));
        if ([...answers.values()].includes('app_unknown') && tenantId === undefined) return appUnknown(entra.clientId);
        if (tenantId === undefined) {
          if (tenant !== undefined) return skipped('needs the tenant');
          return [...answers.values()].some((one) => one === 'registered' || one === 'address_unknown')
            ? ok(`Microsoft knows the app; whether it takes the ${kind} shows with --tenant`)
            : skipped(needsTenant);
        }
        const id = tenantId;
        const finding = await explain(() => examiner.signIn(id), `Microsoft takes the ${kind}`, refusedWords(kind, id));
        isSignedIn = finding.status === 'ok';
        return finding;
      },
    },
    ...(secondExaminer ? [secondStep(secondExaminer)] : []),
    permission('User.Read.All', 'users', (id) => examiner.readUsers(id)),
    permission('GroupMember.Read.All', 'groups', (id) => examiner.readGroups(id)),
    {
      name: 'redirect addresses',
      find: async () => aboutAddresses(addresses, answers),
    },
  ];
}

function aboutExpiry({ entra }: Config, kind: string, clock: Clock): Finding {
  const { certificatePem, credentialExpiresAt: expiresAt } = entra;
  const nowMs = clock.now().getTime();
  if (certificatePem !== undefined) {
    const from = new X509Certificate(certificatePem).validFromDate;
    if (from.getTime() > nowMs)
      return failed(`the certificate is valid from ${dayOf(from)} only: check this machine's clock`);
  }
  if (expiresAt === undefined)
    return skipped(
      'Microsoft does not tell when a client secret runs out: set SAMSYN_ENTRA_SECRET_EXPIRES to the day that the portal shows, and it is told beforehand',
    );
  const days = Math.ceil((expiresAt.getTime() - nowMs) / dayMs);
  const next = 'make a new one in Entra ID under Certificates & secrets';
  if (days <= 0) return failed(`the ${kind} ran out on ${dayOf(expiresAt)}: ${next}`);
  if (days <= warnDaysAhead) return warning(`the ${kind} runs out on ${dayOf(expiresAt)}, in ${days} days: ${next}`);
  return ok(`the ${kind} lasts until ${dayOf(expiresAt)}`);
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

const appUnknown = (clientId: string | undefined): Finding =>
  failed(
    `Microsoft knows no app ${clientId}: copy the Application (client) ID of the registration's overview into SAMSYN_ENTRA_CLIENT_ID; it has to be multitenant`,
  );

function refusedWords(kind: string, tenantId: string): string {
  const renew =
    kind === 'certificate'
      ? 'upload the certificate of SAMSYN_ENTRA_CERTIFICATE under Certificates & secrets'
      : 'make a new one under Certificates & secrets, and set its Value, not its id';
  return `Microsoft does not take the ${kind} in ${tenantId}: ${renew}`;
}

/** A request and what its failure means here; `refused` is for the refusal that the step is about. */
async function explain(ask: () => Promise<void>, works: string, refused: string): Promise<Finding> {
  try {
    await ask();
    return ok(works);
  } catch (error) {
    if (!(error instanceof GraphFailure)) throw error;
    const number = error.requestId === null ? '' : ` (Microsoft's number: ${error.requestId})`;
    const { code } = error;
    if (code === 'graph_consent_revoked')
      return failed(
        `the app has no consent in this tenant: let an administrator of it connect in Samsyn, or connect again${number}`,
      );
    if (code === 'graph_tenant_gone') return failed(`Microsoft knows this tenant no more: check --tenant${number}`);
    if (isOfCredentials(error) || code === 'graph_permission_missing') return failed(`${refused}${number}`);
    return failed(`Microsoft did not answer as expected (${code}): try again in a few minutes${number}`);
  }
}

function aboutAddresses(addresses: readonly string[], answers: ReadonlyMap<string, Registered>): Finding {
  const unknown = addresses.filter((one) => answers.get(one) === 'address_unknown');
  if (unknown.length > 0)
    return failed(`not registered: add ${unknown.join(' and ')} under Authentication, of type Web, written exactly so`);
  if (addresses.every((one) => answers.get(one) === 'registered')) return ok(`registered: ${addresses.join(' and ')}`);
  return skipped(
    `whether they are registered could not be told: it takes ${addresses.join(' and ')}, both of type Web`,
  );
}
