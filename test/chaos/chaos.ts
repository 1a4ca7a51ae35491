// Real kills under load (D5): round by round something is killed with -9 at a moment drawn by chance, is started again as a service
// manager would, and then everything that was answered is held against what is there. Runs whose worker died are followed to
// their end beside the rounds that come after.
import { startEmulator, type Emulator } from '../../emulator/server.ts';
import { check, connectPatiently } from './checks.ts';
import { createLedger, type LedgerCounts } from './ledger.ts';
import { startLoad, type Load } from './load.ts';
import { startParts, startWhole, type Kind, type System } from './system.ts';
import { arrangeOrganisations, type Organisation } from './world.ts';

export interface ChaosReport {
  rounds: Partial<Record<Kind, number>>;
  writes: LedgerCounts;
  /** Runs that were under way at a kill and went on with another worker, or with the same one anew. */
  takenOver: number;
  /** Runs whose last transaction was done although their worker died, or lost the database, before it could know. */
  unknownRuns: number;
  runs: Record<string, number>;
  /** From the kill to the first answered write that was sent after it, in milliseconds. */
  answeredAgainMs: number[];
  /** From the kill to the end of a run that it interrupted, in milliseconds. */
  takenOverMs: number[];
  lost: string[];
  doubled: string[];
  half: string[];
  /** Recoveries that took longer than 90 s, and runs that did not end. */
  late: string[];
  seconds: number;
}

export interface ChaosOptions {
  setup: 'parts' | 'whole';
  /** How often each. */
  kills: Partial<Record<Kind, number>>;
  seed: number;
  organisations?: number;
  onRound?(told: { round: number; kind: Kind; ms: number; wrong: readonly string[] }): void;
}

const recoverWithinMs = 90_000;

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const random = seeded(options.seed);
  const began = performance.now();
  const emulator = await startEmulator({
    seed: 'none',
    apps: [{ clientId: '11111111-2222-4333-8444-555555555555', secret: 'demo-secret-not-for-production', name: 'Samsyn', redirectUris: [], requiredRoles: [], groupMembershipClaims: 'None' }],
  }); // prettier-ignore
  const system = await (options.setup === 'parts' ? startParts : startWhole)(emulator.url);
  try {
    const { url, connectionString } = system;
    const organisations = await arrangeOrganisations({ url, connectionString, emulator }, options.organisations ?? 4);
    // A run takes about a second: long enough to be met by a kill.
    emulator.store.changeSettings({ latencyMs: 60 });
    return await killAndLook({ options, random, emulator, system, organisations, began });
  } catch (error) {
    const lines = system.logs().flatMap((log) => log.split('\n'));
    const told = lines.filter((line) => line.includes('"level":"error"'));
    throw new Error(`The load could not be arranged or looked at. In the log: ${told.join('\n') || 'nothing'}`, {
      cause: error,
    });
  } finally {
    await system.stop();
    await emulator.close();
  }
}

interface Scene {
  options: ChaosOptions;
  random: () => number;
  emulator: Emulator;
  system: System;
  organisations: readonly Organisation[];
  began: number;
}

async function killAndLook(scene: Scene): Promise<ChaosReport> {
  const { options, random, emulator, system, organisations } = scene;
  const ledger = createLedger();
  for (const { id } of organisations) ledger.begin(`${id} notices`, 'it@norrsken.test');
  const report: ChaosReport = {
    rounds: {},
    writes: ledger.counts,
    takenOver: 0,
    unknownRuns: 0,
    runs: {},
    answeredAgainMs: [],
    takenOverMs: [],
    lost: [],
    doubled: [],
    half: [],
    late: [],
    seconds: 0,
  };
  const kills: Killed[] = [];
  const load = startLoad({ url: system.url, emulator, organisations, ledger, random });
  const look = async (): Promise<string[]> => {
    await load.pause();
    const found = await check(system.connectionString, organisations, ledger, load.startedRuns);
    load.resume();
    for (const name of ['lost', 'doubled', 'half'] as const) report[name].push(...found[name]);
    return [...found.lost, ...found.doubled, ...found.half];
  };
  try {
    for (const [index, kind] of inRandomOrder(options.kills, random).entries()) {
      const roundBegan = performance.now();
      await wait(200 + random() * 1300);
      const open = await openRuns(system, organisations);
      const killedAt = performance.now();
      const killedTime = Date.now();
      await system.kill(kind, random);
      kills.push({ at: killedTime, open });
      await system.heal();
      await answeredAgain(load, killedAt, report, kind);
      const wrong = await look();
      report.rounds[kind] = (report.rounds[kind] ?? 0) + 1;
      options.onRound?.({ round: index + 1, kind, ms: performance.now() - roundBegan, wrong });
    }
  } finally {
    await load.stop();
  }
  await untilRunsEnd(system, organisations, report);
  await look();
  await countRuns({ ...scene, kills, report });
  await compareWithDirectory(scene, report);
  report.seconds = Math.round((performance.now() - scene.began) / 1000);
  return report;
}

interface Killed {
  at: number;
  /** Runs under way just before, with the fence that their worker held. */
  open: Map<string, number>;
}

interface RunRow {
  id: string;
  state: string;
  fence: string | null;
  finished_at: Date | null;
}

async function readRuns(system: System, organisations: readonly Organisation[]): Promise<RunRow[]> {
  const client = await connectPatiently(system.connectionString);
  try {
    const all: RunRow[] = [];
    for (const { id } of organisations) {
      await client.query('begin read only');
      await client.query(`select set_config('samsyn.organisation', $1, true)`, [id]);
      const { rows } = await client.query<RunRow>(
        'select id, state, fence, finished_at from sync_run where organisation_id = $1',
        [id],
      );
      await client.query('commit');
      all.push(...rows);
    }
    return all;
  } finally {
    await client.end();
  }
}

async function openRuns(system: System, organisations: readonly Organisation[]): Promise<Map<string, number>> {
  const runs = await readRuns(system, organisations);
  return new Map(runs.filter(({ state }) => state === 'running').map(({ id, fence }) => [id, Number(fence)]));
}

async function answeredAgain(load: Load, killedAt: number, report: ChaosReport, kind: Kind): Promise<void> {
  const until = killedAt + recoverWithinMs;
  for (;;) {
    const at = load.firstAcknowledgedAfter(killedAt);
    if (at !== undefined) {
      report.answeredAgainMs.push(at - killedAt);
      return;
    }
    if (performance.now() > until) {
      report.late.push(`nothing was answered within 90 s of killing the ${kind}`);
      return;
    }
    await wait(20);
  }
}

async function untilRunsEnd(
  system: System,
  organisations: readonly Organisation[],
  report: ChaosReport,
): Promise<void> {
  const until = performance.now() + recoverWithinMs;
  for (;;) {
    const open = (await readRuns(system, organisations)).filter(
      ({ state }) => state === 'queued' || state === 'running',
    );
    if (open.length === 0) return;
    if (performance.now() > until) {
      for (const { id, state } of open) report.late.push(`run ${id} is still ${state} 90 s after the last kill`);
      return;
    }
    await wait(250);
  }
}

/** How the runs ended, how long those took that a kill had interrupted, and of which nobody knew that they were done. */
async function countRuns({
  system,
  organisations,
  kills,
  report,
}: Scene & { kills: readonly Killed[]; report: ChaosReport }): Promise<void> {
  const logs = system.logs();
  for (const run of await readRuns(system, organisations)) {
    report.runs[run.state] = (report.runs[run.state] ?? 0) + 1;
    const interruption = kills.findLast(({ open }) => (open.get(run.id) ?? Infinity) < Number(run.fence));
    if (interruption && run.finished_at) {
      const tookMs = run.finished_at.getTime() - interruption.at;
      report.takenOver += 1;
      report.takenOverMs.push(tookMs);
      if (tookMs > recoverWithinMs)
        report.late.push(`run ${run.id} ended ${Math.round(tookMs / 1000)} s after the kill`);
    }
    const isDoneUnheard = run.state === 'ok' && !logs.some((log) => isLogged(log, run.id, 'Run done'));
    if (isDoneUnheard) report.unknownRuns += 1;
  }
}

const isLogged = (log: string, run: string, words: string): boolean =>
  log.split('\n').some((line) => line.includes(run) && line.includes(`"${words}"`));

/** I11: the directory is still now. One more run, and everybody who is linked is called what the directory calls them. */
async function compareWithDirectory({ emulator, system, organisations }: Scene, report: ChaosReport): Promise<void> {
  for (const org of organisations) {
    const { id } = await org.session.call('POST', '/connection/runs');
    let state = 'queued';
    for (const until = performance.now() + recoverWithinMs; ['queued', 'running'].includes(state);) {
      state = String((await org.session.call('GET', `/connection/runs/${String(id)}`))['state']);
      if (performance.now() > until) break;
      await wait(100);
    }
    if (state !== 'ok') report.late.push(`the last run of ${org.id} ended ${state}`);
    const client = await connectPatiently(system.connectionString);
    try {
      await client.query('begin read only');
      await client.query(`select set_config('samsyn.organisation', $1, true)`, [org.id]);
      const { rows } = await client.query<{ object_id: string; mirrored: string; name: string | null }>(
        `select d.object_id, d.display_name as mirrored, u.fields ->> 'displayName' as name from directory_user d
         left join link l using (organisation_id, connection_id, object_id)
         left join app_user u on u.organisation_id = l.organisation_id and u.id = l.app_user_id
         where d.organisation_id = $1 and d.deleted_at is null`,
        [org.id],
      );
      await client.query('commit');
      const people = emulator.store.tenant(org.tenantId).users;
      if (rows.length !== people.size)
        report.half.push(`${org.id} I11: ${rows.length} in the mirror of ${people.size}`);
      for (const { object_id: objectId, mirrored, name } of rows) {
        const told = JSON.stringify(people.get(objectId)?.props['displayName']);
        if (JSON.stringify(mirrored) !== told || (name !== null && JSON.stringify(name) !== told))
          report.half.push(
            `${org.id} I11: ${objectId} is ${mirrored} in the mirror and ${name} in the app, not ${told}`,
          );
      }
    } finally {
      await client.end();
    }
  }
}

function inRandomOrder(kills: Partial<Record<Kind, number>>, random: () => number): Kind[] {
  const all = Object.entries(kills).flatMap(([kind, times]) => Array.from({ length: times }, () => kind as Kind)); // its keys
  for (let index = all.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [all[index], all[other]] = [all[other] as Kind, all[index] as Kind]; // both are within
  }
  return all;
}

/** Which is killed when follows from the seed; what it meets there does not. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
