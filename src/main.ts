// The composition root: configuration -> database -> rooms -> HTTP and jobs, and the way back when it stops. Every dependency
// is put together here and nowhere else.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemClock, type Clock } from './base/clock.ts';
import type { Logger } from './base/log.ts';
import { createSealer, type Sealer } from './base/seal.ts';
import { loadSecretKeys, type Config } from './config.ts';
import { createProver } from './connection/prove.ts';
import type { ConnectionDeps } from './connection/deps.ts';
import { tellOfExpiredLink } from './connection/link-life.ts';
import { rescheduleNightly } from './connection/reschedule.ts';
import { startEmbedded, type Embedded } from './db/embedded.ts';
import { migrate } from './db/migrate.ts';
import { assertReachable, createDatabase, type Database } from './db/pool.ts';
import { assertRowSecurity } from './db/self-check.ts';
import { fitsServerKey, hasServerKey } from './db/server-key.ts';
import { readTime } from './db/read-time.ts';
import { inOrganisation, outsideOrganisation } from './db/transaction.ts';
import { createGraph } from './graph/graph.ts';
import type { ServerConfig } from './http/route-deps.ts';
import { createServer } from './http/server.ts';
import { installJobs } from './jobs/install.ts';
import { createJobs, type Jobs } from './jobs/jobs.ts';
import { isFirstLook, isMadeUpFor, nextNightly, owesNight } from './jobs/nightly.ts';
import { createTransport, type Transport } from './mail/transport.ts';
import { sendDue, type SendDeps } from './notify/send-due.ts';
import { sendTestMail } from './notify/send-test-mail.ts';
import { mailReminder, mailTenant } from './notify/tell-tenant.ts';
import { tell } from './notify/tell.ts';
import { getOrganisation } from './people/organisations.ts';
import { createSignIn } from './people/sign-in.ts';
import { enqueueRun, runPriority } from './sync/enqueue-run.ts';
import { executeRun, type RunJob } from './sync/execute-run.ts';
import type { RunDeps } from './sync/run-deps.ts';
import { startRetry } from './sync/retry.ts';
import { startNightlyRun, type StartDeps } from './sync/start-run.ts';
import { probeConnection, warnOfExpiry } from './sync/watch-night.ts';

export interface StartOptions {
  config: Config;
  log: Logger;
  clock?: Clock;
  demo?: ServerConfig['demo'];
  /** Several processes may share one database: some that answer browsers, and some that do the work. */
  part?: 'web' | 'work';
  /** Told at once what ends all that has been started by then, for who does not wait for the start. */
  onStop?(part: { stop(): Promise<void> }): void;
  /** Fills a new database, before the first request is answered. */
  seed?(deps: { db: Database }): Promise<void>;
}

export interface Samsyn {
  /** The address that the server listens on; empty where it only works. */
  url: string;
  db: Database;
  stop(): Promise<void>;
}

// A run waits for Microsoft most of the time; more at once than cores keeps both busy. Some slots take what comes, the small before the
// large; the others are set apart, so that neither hours of large directories nor a night of small ones holds up the rest (T27).
const runSlots = { any: 3, small: 2, unknown: 1, large: 1 };
const busyRetrySeconds = 15;
// Longer than any answer takes that was under way.
const closeWithinMs = 5_000;
const linkGraceSeconds = 5;
// A probe that waits for Microsoft must not hold up the nights of others.
const nightsAtOnce = 4;

export async function startSamsyn(options: StartOptions): Promise<Samsyn> {
  const { config, log, clock = systemClock } = options;
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse())
      await end().catch((error: unknown) => log.error('Stopping failed', { error }));
  };
  options.onStop?.({ stop });
  try {
    const { db } = await openDatabase(config, log, stops);
    await options.seed?.({ db });
    const { key, sealer, readOnly } = await openKey(config, db, log);
    const jobs = createJobs({ db, log });
    stops.push(() => jobs.stop());
    const transport = createTransport({ smtpUrl: config.smtpUrl, from: config.mailFrom });
    const publicUrl = config.publicUrl;
    const { credentialExpiresAt } = config.entra;
    warnOperator(credentialExpiresAt, clock, log);
    await warnOfClocks(db, clock, log);
    const signIn = createSignIn({ db, clock, log, publicUrl, secretKey: key });
    const mailDeps = { db, clock, log, jobs, transport, publicUrl };

    const connectionDeps = connectionDepsOf({ config, db, log, clock, sealer, jobs, transport });
    const { graph } = connectionDeps;
    const prover = createProver(connectionDeps);

    if (readOnly === null) {
      await jobs.start();
      if (options.part !== 'web')
        await startWorkers({ db, clock, log, graph, jobs, transport, publicUrl, tell, credentialExpiresAt });
    }
    if (options.part === 'work') return { url: '', db, stop };

    const app = await createServer({
      ...connectionDeps,
      config: {
        publicUrl,
        version: packageVersion(),
        demo: options.demo ?? null,
        readOnly,
        webRoot: fileURLToPath(new URL('../dist/web', import.meta.url)),
        trustProxy: config.trustProxy,
      },
      signIn,
      prover,
      jobs,
      rescheduleNightly: async (organisationId) => {
        await rescheduleNightly(connectionDeps, organisationId);
        await makeUpNights(jobs, clock, organisationId);
      },
      sendTestNotice: (organisationId, email) => sendTestMail(mailDeps, organisationId, email),
    });
    stops.push(async () => {
      const closed = new AbortController();
      // A browser keeps a connection open on which it asks nothing: it must not hold up the end.
      const cut = clock.sleep(closeWithinMs, closed.signal).then(
        () => app.server.closeAllConnections(),
        () => undefined,
      );
      await app.close().finally(() => closed.abort());
      await cut;
    });
    const url = await app.listen({ port: config.port, host: config.host });
    return { url, db, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What connecting and its settings need, put together for the server and for the commands that answer for it. */
export function connectionDepsOf(given: {
  config: Config;
  db: Database;
  log: Logger;
  clock: Clock;
  sealer: Sealer;
  jobs: Jobs;
  transport: Transport;
}): ConnectionDeps {
  const { config, db, log, clock, sealer, jobs, transport } = given;
  const { publicUrl } = config;
  return {
    db,
    clock,
    log,
    graph: createGraph({ config: graphConfig(config), clock, log }),
    sealer,
    publicUrl,
    credentialExpiresAt: config.entra.credentialExpiresAt,
    operatorApproves: config.approveConnections,
    tell,
    mailReminder: (letter) => mailReminder({ db, log, publicUrl, transport }, letter),
    mailTenant: (tx, letter) => mailTenant({ clock, jobs }, tx, letter),
    watchLink: async (tx, { expiresAt, ...link }) => {
      // A little later than on the second: the two clocks need not agree.
      const delaySeconds = Math.max(0, (expiresAt.getTime() - clock.now().getTime()) / 1000) + linkGraceSeconds;
      await jobs.enqueue('link', link, { tx, delaySeconds });
    },
    nextNightly,
    schedule: async (tx, organisationId, connectionId, mode) => {
      if (mode === null) return jobs.unscheduleNightly(connectionId, tx);
      const { timeZone } = await getOrganisation(tx, organisationId);
      await jobs.scheduleNightly({ organisationId, connectionId, timeZone, mode }, tx);
    },
  };
}

/** The key with which this server seals and signs. Without the one that belongs to the database it only shows (F69). */
export async function openKey(
  config: Config,
  db: Database,
  log: Logger,
): Promise<{ key: Uint8Array; sealer: Sealer; readOnly: ServerConfig['readOnly'] }> {
  const keys = await loadSecretKeys(config, { mayMake: !(await hasServerKey(db)) });
  if (keys === null) {
    log.error(
      'The secret key is missing: Samsyn only shows, and changes nothing. Bring back the key file "secret-key" in the data folder, or set SAMSYN_SECRET_KEY, and start again',
    );
    // Signs the sessions of this process, and is kept nowhere.
    const key = randomBytes(32);
    return { key, sealer: createSealer(key), readOnly: 'key_missing' };
  }
  const { key, earlierKeys } = keys;
  const sealer = createSealer(key, earlierKeys);
  if (await fitsServerKey(db, sealer)) return { key, sealer, readOnly: null };
  log.error(
    'The secret key is not the one that belongs to this database: Samsyn only shows, and changes nothing. Start with the earlier SAMSYN_SECRET_KEY or key file; to change the key, give the new one, a comma, and the earlier one',
  );
  return { key, sealer, readOnly: 'key_wrong' };
}

type WorkerDeps = RunDeps &
  StartDeps &
  SendDeps &
  Pick<ConnectionDeps, 'tell'> & { jobs: Jobs; credentialExpiresAt: Date | undefined };

async function startWorkers(deps: WorkerDeps): Promise<void> {
  const { clock, jobs } = deps;
  const work = async (job: RunJob, signal: AbortSignal) => {
    const outcome = await executeRun(deps, job, signal);
    if (outcome !== 'busy') return;
    await inOrganisation(deps.db, job.organisationId, (tx) =>
      enqueueRun(jobs, tx, job, { delaySeconds: busyRetrySeconds }),
    );
  };
  await jobs.work('run', work, { concurrency: runSlots.any });
  for (const size of ['small', 'unknown', 'large'] as const) {
    await jobs.work('run', work, { concurrency: runSlots[size], onlyPriority: runPriority[size] });
  }
  await jobs.work('retry', (job) => startRetry(deps, job));
  await jobs.work(
    'night',
    async (night, signal) => {
      if (!owesNight(night, clock.now())) return;
      await warnOfExpiry(deps, night);
      await startNightlyRun(deps, night);
      if (isFirstLook(night, clock.now())) await probeConnection(deps, night, signal);
    },
    { concurrency: nightsAtOnce },
  );
  await jobs.work('link', (link) => tellOfExpiredLink(deps, link));
  await jobs.work('mail', ({ organisationId }) => sendDue(deps, organisationId));
  await makeUpNights(jobs, clock);
}

/** What was missed while no server ran (F55), or by another time zone (F56). A date that has had its run gets no second. */
async function makeUpNights(jobs: Jobs, clock: Clock, organisationId?: string): Promise<void> {
  for (const night of await jobs.listNights()) {
    const isMeant = organisationId === undefined || night.organisationId === organisationId;
    if (isMeant && isMadeUpFor(night, clock.now())) await jobs.enqueue('night', night);
  }
}

/** The database, up to date and with its walls checked. What was started is put on `stops`, first the last to end. */
export async function openDatabase(
  config: Config,
  log: Logger,
  stops: (() => Promise<void>)[],
): Promise<{ db: Database }> {
  let embedded: Embedded | undefined;
  if (config.databaseUrl === undefined) {
    const starting = startEmbedded({ dataDir: config.dataDir, log, binDir: config.postgresBin });
    // Also one that is still starting is ended, or it would outlive us.
    stops.push(async () => (await starting.catch(() => undefined))?.stop());
    embedded = await starting;
  }
  const connectionString = config.databaseUrl ?? embedded?.connectionString ?? '';
  await migrate({ connectionString, log });
  await installJobs(connectionString);
  const db = createDatabase({ connectionString, role: 'samsyn_app', log });
  stops.push(() => db.close());
  await assertReachable(db);
  await assertRowSecurity(db);
  return { db };
}

/** For a command: what `fn` does with the database, and then the end of all that was started for it. */
export async function withDatabase<T>(
  config: Config,
  log: Logger,
  fn: (db: Database, stops: (() => Promise<void>)[]) => Promise<T>,
): Promise<T> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const { db } = await openDatabase(config, log, stops);
    return await fn(db, stops);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

const warnDaysAhead = 60;

const clocksApartMaxSeconds = 30;

/** Leases go by the database's clock, and nights, links and tokens by ours (F53). */
async function warnOfClocks(db: Database, clock: Clock, log: Logger): Promise<void> {
  const { now } = await outsideOrganisation(db, 'what time it is for the database', readTime, { readOnly: true });
  const apartSeconds = Math.round((clock.now().getTime() - now.getTime()) / 1000);
  if (Math.abs(apartSeconds) <= clocksApartMaxSeconds) return;
  log.warn(
    `The clock of this server is ${Math.abs(apartSeconds)} seconds ${apartSeconds > 0 ? 'ahead of' : 'behind'} the database's: let both follow a time server`,
  );
}

/** In the log at each start; the administrators are told by the nights. */
function warnOperator(expiresAt: Date | undefined, clock: Clock, log: Logger): void {
  if (expiresAt === undefined) return;
  const days = Math.ceil((expiresAt.getTime() - clock.now().getTime()) / (24 * 3_600_000));
  if (days > warnDaysAhead) return;
  log.warn(
    days > 0
      ? `The certificate or secret of the app registration runs out in ${days} days: make a new one in Entra ID`
      : 'The certificate or secret of the app registration has run out: make a new one in Entra ID',
  );
}

// Until an operator gives a registration there is none: connecting then fails with Microsoft's own words and changes nothing.
const noRegistration = '00000000-0000-0000-0000-000000000000';

function graphConfig({ entra }: Config) {
  return {
    clientId: entra.clientId ?? noRegistration,
    clientSecret: entra.clientSecret,
    certificatePem: entra.certificatePem,
    second: entra.second,
    loginUrl: entra.loginUrl,
    graphUrl: entra.graphUrl,
    lanes: entra.lanes,
  };
}

function packageVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const version: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'version') : undefined;
  return typeof version === 'string' ? version : '0.0.0';
}
