import { expect, test } from 'vitest';
import { corpusNote, mutate, recordedBodies, seeded } from '../../test/corpus.ts';
import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/log.ts';
import { fieldValueMax, keyValueMax, sourceAttributes } from '../contract/settings.ts';
import { createClient } from './client.ts';
import { cloudOf, guid } from './cloud.ts';
import { GraphFailure } from './failures.ts';
import { createReader, type TenantReader } from './reader.ts';
import { createTokens } from './tokens.ts';
import type { UserItem } from './users.ts';

// SAMSYN_TEST_FUZZ_CASES=1000000 for a night, SAMSYN_TEST_FUZZ_SEED to see a failure again.
const cases = Number(process.env['SAMSYN_TEST_FUZZ_CASES'] ?? 20_000);
const seed = Number(process.env['SAMSYN_TEST_FUZZ_SEED'] ?? 20_260_831);

const id = '11111111-0000-4000-8000-000000000001';
const config = {
  clientId: id,
  clientSecret: 'x',
  loginUrl: 'https://login.example',
  graphUrl: 'https://graph.microsoft.com',
};
const cloud = cloudOf(config);
const next = `${config.graphUrl}/v1.0/users/delta?$deltatoken=1`;

/** What a run reads, as our own words for the shapes; the recorded bodies come beside them. */
const shapes: { status: number; body: unknown }[] = [
  { status: 200, body: { value: [person(1), person(2)] } },
  { status: 200, body: { value: [person(1), { id, '@removed': { reason: 'changed' } }], '@odata.deltaLink': next } },
  { status: 200, body: { value: [{ ...person(1), 'manager@delta': [{ id }] }], '@odata.deltaLink': next } },
  { status: 200, body: { value: [{ id, displayName: 'Växel', 'members@delta': [{ '@odata.type': '#microsoft.graph.user', id }, { '@odata.type': '#microsoft.graph.group', id, '@removed': { reason: 'deleted' } }] }], '@odata.deltaLink': next } },
  { status: 200, body: { responses: [{ id, status: 200, headers: { 'Retry-After': '1' }, body: person(1) }] } },
  { status: 200, body: { responses: [{ id, status: 404, body: { error: { code: 'Request_ResourceNotFound', message: 'x' } } }] } },
  { status: 200, body: { value: [{ id, displayName: 'Bolag', countryLetterCode: 'SE', verifiedDomains: [{ name: 'bolag.example', isDefault: true }] }] } },
  { status: 200, body: { token_type: 'Bearer', expires_in: 3599, access_token: 'x' } },
  { status: 400, body: { error: { code: 'Request_UnsupportedQuery', message: 'x', innerError: { 'request-id': id } } } },
]; // prettier-ignore

function person(index: number) {
  return {
    id: id.replace(/1$/, String(index)),
    userPrincipalName: 'a@bolag.example',
    mail: 'a@bolag.example',
    displayName: 'Åsa Öberg',
    accountEnabled: true,
    userType: 'Member',
    employeeId: '7',
    proxyAddresses: ['SMTP:a@bolag.example', 'sip:a@bolag.example'],
    businessPhones: ['+46 8 123'],
    onPremisesExtensionAttributes: { extensionAttribute1: 'x' },
    manager: { id },
  };
}

/** Everything that reads a body; `text` is what Microsoft answers to all of it. */
function reads(text: string, status: number): Record<string, () => Promise<unknown>> {
  const answer = { status, text, requestId: 'r', clientRequestId: 'c', waitSeconds: 0, contentType: 'application/json', date: null, location: null };
  const clock = { ...systemClock, sleep: async () => undefined };
  const send = async () => answer;
  const log = createLogger({ level: 'silent' });
  const own = { get: async () => 'a token', drop: () => undefined, drops: () => 0 };
  const options = { tenantId: id, signal: new AbortController().signal, before: async () => undefined, onWait: () => undefined, waitSecondsMax: 60 };
  const reader = (): TenantReader => createReader(createClient({ clock, log, send, tokens: own }, options), cloud, { tenantId: id, lanes: 1, shardsFrom: Infinity });
  const first = async <T>(pages: AsyncGenerator<T, void>): Promise<T | undefined> => {
    const { value } = await pages.next();
    await pages.return();
    return value ?? undefined;
  };
  return {
    list: async () => checkPeople((await first(reader().listUsers(sourceAttributes)))?.items ?? []),
    delta: async () => checkPeople((await first(reader().usersDelta(next)))?.items ?? []),
    groups: () => first(reader().groupsDelta(null)),
    lookUp: async () => {
      const found = await reader().lookUpUsers([id], sourceAttributes);
      checkPeople([...found.values()].flatMap((one) => (one.state === 'present' ? [one.user] : [])));
    },
    organisation: () => reader().getOrganisation(),
    search: () => reader().searchGroups('x'),
    count: () => reader().countUsers(),
    token: () => createTokens({ config, cloud, clock, send }).get(id, options.signal),
  };
} // prettier-ignore

/** What was accepted is as the rest of the product takes it for granted. */
function checkPeople(people: readonly UserItem[]): void {
  const isText = (value: unknown, max: number) =>
    value === null || value === undefined || (typeof value === 'string' && value.length <= max && !/\p{Cc}/u.test(value) && value.isWellFormed());
  for (const one of people) {
    if (!guid.test(one.id) || one.id !== one.id.toLowerCase()) throw new Error('an id that is none');
    const texts = [one.userPrincipalName, one.mail, one.displayName, one.employeeId, ...(one.aliases ?? [])];
    if (!texts.every((text) => isText(text, Math.max(keyValueMax + 1, 320)))) throw new Error('a text that is none');
    if (!isText(one.userType, 4096)) throw new Error('a type that is none');
    if (one.managerId !== undefined && one.managerId !== null && !guid.test(one.managerId)) throw new Error('a manager that is none');
    for (const [name, value] of Object.entries(one.attributes)) {
      if (!sourceAttributes.some((source) => source === name)) throw new Error(`an attribute that nobody asked for: ${name}`);
      if (!isText(value, 4 * fieldValueMax)) throw new Error('an attribute that is no text');
    }
  }
} // prettier-ignore

test(
  `D10: ${cases} bodies made from recorded ones are read whole or refused whole${corpusNote}`,
  { timeout: 3_600_000 },
  async () => {
    const from = [...shapes, ...shapes, ...shapes, ...recordedBodies()];
    const random = seeded(seed);
    const prototype = Object.getOwnPropertyNames(Object.prototype).toSorted();
    let [accepted, refused, slowestMs] = [0, 0, 0];
    for (let index = 0; index < cases; index += 1) {
      const shape = from[Math.floor(random() * from.length)] ?? { status: 200, body: null };
      const text = mutate(shape.body, random);
      const status =
        random() < 0.9
          ? shape.status
          : ([200, 400, 401, 403, 404, 410, 429, 500, 501, 503][Math.floor(random() * 10)] ?? 200);
      const all = Object.entries(reads(text, status));
      const [name, read] = all[Math.floor(random() * all.length)] ?? ['', async () => undefined];
      const start = process.cpuUsage();
      try {
        await read();
        accepted += 1;
      } catch (error) {
        if (!(error instanceof GraphFailure))
          throw new Error(`case ${index} of seed ${seed}, ${name} ${status}: ${text.slice(0, 2000)}`, { cause: error });
        refused += 1;
      }
      // Of the processor: a machine that is busy with something else is no hang.
      const { user, system } = process.cpuUsage(start);
      slowestMs = Math.max(slowestMs, (user + system) / 1000);
    }
    expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(prototype);
    expect(slowestMs).toBeLessThan(1000);
    expect(accepted, 'both happen, or the noise is none').toBeGreaterThan(cases / 20);
    expect(refused).toBeGreaterThan(cases / 4);
    process.stdout.write(
      `Fuzz: ${cases} bodies, seed ${seed}: ${accepted} read, ${refused} refused, the slowest took ${slowestMs.toFixed(0)} ms\n`,
    );
  },
);
