// Administrators at work over HTTP, some for each organisation, and runs against a directory that changes. Each write is to a register
// of its own; what no answer came to is left until the round has been looked at.
import type { Emulator } from '../../emulator/server.ts';
import { systemClock } from '../../src/base/clock.ts';
import { newId } from '../../src/base/ids.ts';
import type { Ledger, Outcome, Write } from './ledger.ts';
import { personOf, type Organisation } from './world.ts';

export interface Load {
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
  /** `performance.now()` of the sending of the first write after `since` that was acknowledged. */
  firstAcknowledgedAfter(since: number): number | undefined;
  /** Runs whose start was acknowledged. */
  startedRuns: readonly { organisationId: string; runId: string }[];
}

const answerWithinMs = 20_000;
// So that at any moment some request of each is between its commit and its answer.
const administratorsEach = 3;
const unreachablePauseMs = 100;

export function startLoad(given: {
  url: string;
  emulator: Emulator;
  organisations: readonly Organisation[];
  ledger: Ledger;
  random: () => number;
}): Load {
  const { url, emulator, organisations, ledger, random } = given;
  let stopped = false;
  let gate: PromiseWithResolvers<void> | null = null;
  let busy = 0;
  let token = 0;
  // A register has one writer at a time.
  const inUse = new Set<string>();
  const acknowledgedAt: number[] = [];
  const startedRuns: { organisationId: string; runId: string }[] = [];
  const pick = <T>(of: readonly T[]): T | undefined => of[Math.floor(random() * of.length)];
  const words = () => `v${(token += 1)}`;

  async function ask(org: Organisation, method: string, where: string, body?: unknown) {
    const address = `${url}/api/v1/organisations/${org.id}${where}`;
    const answered = new AbortController();
    const timeout = systemClock
      .sleep(answerWithinMs, answered.signal)
      .then(() => Promise.reject(new Error('no answer')));
    return Promise.race([org.session.browser.call(method, address, body), timeout]).finally(() => answered.abort());
  }

  /** `isDone`: what of a successful answer says that it had an effect. */
  async function write(
    org: Organisation,
    request: { method: string; where: string; body?: unknown },
    change: Write,
    isDone: (body: Record<string, unknown>) => boolean = () => true,
  ): Promise<void> {
    const sentAt = performance.now();
    let outcome: Outcome;
    try {
      const { status, body } = await ask(org, request.method, request.where, request.body);
      if (status >= 500) outcome = 'unknown';
      else outcome = status < 300 && isDone((body ?? {}) as Record<string, unknown>) ? 'acknowledged' : 'refused'; // by the contract an object
    } catch (error) {
      outcome = wasNotSent(error) ? 'not sent' : 'unknown';
    }
    ledger.record(change, outcome);
    if (outcome === 'acknowledged') acknowledgedAt.push(sentAt);
    if (outcome === 'not sent') await systemClock.sleep(unreachablePauseMs);
  }

  /** Unless it is being written, or nobody knows yet whether it was. */
  async function using(register: string, fn: () => Promise<void>): Promise<void> {
    if (inUse.has(register) || ledger.isOpen(register)) return;
    inUse.add(register);
    await fn().finally(() => inUse.delete(register));
  }

  async function editField(org: Organisation): Promise<void> {
    const id = pick(org.editable) ?? '';
    const register = `${org.id} field ${id}`;
    await using(register, async () => {
      const { status, body } = await ask(org, 'GET', `/users/${id}`);
      if (status !== 200) return;
      const after = words();
      const { version } = body as { version: number }; // by the contract
      await write(
        org,
        { method: 'PATCH', where: `/users/${id}`, body: { version, fields: { jobTitle: after } } },
        { register, before: ledger.valueOf(register), after, audit: `${org.id} app_user.updated` },
      );
    });
  }

  async function create(org: Organisation): Promise<void> {
    const name = `Ny ${words()}`;
    await write(
      org,
      { method: 'POST', where: '/users', body: { fields: { displayName: name } } },
      { register: `${org.id} created ${name}`, before: null, after: name, audit: `${org.id} app_user.created` },
    );
  }

  /** There or not there: makes it the other. */
  async function toggle(
    org: Organisation,
    register: string,
    on: { where: string; body: unknown; after: string; audit: string },
    off: { where: string; body: unknown; audit: string },
  ): Promise<void> {
    await using(register, async () => {
      const before = ledger.valueOf(register);
      const { where, body, audit } = before === null ? on : off;
      const change = { register, before, after: before === null ? on.after : null, audit: `${org.id} ${audit}` };
      await write(org, { method: 'POST', where, body }, change, (answer) => answer['done'] === 1);
    });
  }

  async function toggleIgnored(org: Organisation): Promise<void> {
    const id = pick(org.loose.slice(0, 8)) ?? '';
    const objectIds = [id];
    const reason = words();
    await toggle(
      org,
      `${org.id} ignored ${id}`,
      { where: '/review/ignore', body: { objectIds, reason }, after: reason, audit: 'person.ignored' },
      { where: '/review/restore', body: { objectIds }, audit: 'person.restored' },
    );
  }

  async function toggleLink(org: Organisation): Promise<void> {
    const pair = pick(org.pairs);
    if (!pair) return;
    const { objectId, appUserId } = pair;
    await toggle(
      org,
      `${org.id} link ${objectId}`,
      { where: '/review/link', body: { pairs: [pair] }, after: appUserId, audit: 'link.created' },
      { where: '/review/unlink', body: { appUserIds: [appUserId] }, audit: 'link.removed' },
    );
  }

  async function saveNotices(org: Organisation): Promise<void> {
    const register = `${org.id} notices`;
    const after = `${words()}@bolag.test`;
    const body = { recipients: [{ email: after, kinds: ['changed'] }] };
    await using(register, () =>
      write(
        org,
        { method: 'PUT', where: '/connection/settings/notices', body },
        { register, before: ledger.valueOf(register), after, audit: `${org.id} settings.notices_saved` },
      ),
    );
  }

  const deeds = [editField, editField, editField, create, toggleIgnored, toggleLink, saveNotices];

  async function administrate(org: Organisation): Promise<void> {
    while (!stopped) {
      await gate?.promise;
      busy += 1;
      try {
        await pick(deeds)?.(org);
      } catch {
        // Reading before a write failed: nothing was written.
        await systemClock.sleep(unreachablePauseMs);
      } finally {
        busy -= 1;
      }
      await systemClock.sleep(5 + random() * 20);
    }
  }

  /** A new run as soon as the one before has ended, with a few changes in the directory before each. */
  async function keepRunning(org: Organisation): Promise<void> {
    while (!stopped) {
      changeDirectory(emulator, org, random, words());
      const started = await ask(org, 'POST', '/connection/runs').catch(() => null);
      if (started?.status === 200) {
        const { id } = started.body as { id: string }; // by the contract
        startedRuns.push({ organisationId: org.id, runId: id });
      }
      await systemClock.sleep(200 + random() * 600);
    }
  }

  const loops = organisations.flatMap((org) => [
    ...Array.from({ length: administratorsEach }, () => administrate(org)),
    keepRunning(org),
  ]);
  return {
    startedRuns,
    async pause() {
      gate = Promise.withResolvers();
      while (busy > 0) await systemClock.sleep(5);
    },
    resume() {
      gate?.resolve();
      gate = null;
    },
    async stop() {
      stopped = true;
      gate?.resolve();
      await Promise.all(loops);
    },
    firstAcknowledgedAfter: (since) => acknowledgedAt.find((at) => at >= since),
  };
}

/** A refused connection: the request never left. */
function wasNotSent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}

function changeDirectory(emulator: Emulator, org: Organisation, random: () => number, words: string): void {
  const { store } = emulator;
  const people = [...org.linked.map(({ objectId }) => objectId), ...org.loose.slice(8)];
  const id = people[Math.floor(random() * people.length)] ?? '';
  store.updateUser(org.tenantId, id, { displayName: `Namn ${words}` });
  if (random() < 0.2)
    store.createUser(org.tenantId, personOf(store.tenant(org.tenantId).domains[0] ?? '', words, newId()));
}
