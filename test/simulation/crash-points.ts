// The main ways of a run, each cut at every point (D4): the worker dies there, or the answer to a commit is lost after it was done or not.
// Whatever the point, the same must come of it in the end.
import { defaultMappings } from '../../src/contract/settings.ts';
import { runScript, type Stage } from './script.ts';
import type { Crash } from './play.ts';
import type { HistoryPlan, OrganisationPlan } from './plan.ts';
import type { Slot } from './slot.ts';

export interface Scenario {
  name: string;
  organisation?: Partial<OrganisationPlan>;
  script(stage: Stage): Promise<void>;
}

const people = (stage: Stage): string[] => [
  ...stage.organisation.drawing.store.tenant(stage.organisation.tenantId).users.keys(),
];
const groups = (stage: Stage): string[] => [
  ...stage.organisation.drawing.store.tenant(stage.organisation.tenantId).groups.keys(),
];

function someChanges(stage: Stage): void {
  const [first = '', second = '', third = ''] = people(stage);
  stage.change({ op: 'change', id: first, attributes: { displayName: 'Nytt Namn', jobTitle: 'Chef' } });
  stage.change({ op: 'change', id: third, enabled: false });
  stage.change({ op: 'swap', attribute: 'mail', ids: [first, second] });
  stage.change({
    op: 'create',
    id: 'aaaaaaaa-0000-4000-8000-000000000001',
    attributes: { displayName: 'Ny Person', userPrincipalName: 'ny@a.example', mail: 'ny@a.example' },
  });
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'the first sync',
    async script(stage) {
      stage.arm();
      await stage.run();
    },
  },
  {
    name: 'a sync of what has changed',
    async script(stage) {
      await stage.run();
      await stage.createAll();
      someChanges(stage);
      stage.arm();
      await stage.run();
    },
  },
  {
    name: 'a sync in which people are gone',
    organisation: { groups: 2, chosen: 1 },
    async script(stage) {
      await stage.run();
      await stage.createAll();
      const [first = '', second = ''] = people(stage);
      const [group = ''] = groups(stage);
      stage.change({ op: 'softDelete', id: first });
      stage.change({ op: 'hardDelete', id: second });
      const member = [
        ...(stage.organisation.drawing.store.group(stage.organisation.tenantId, group).members.keys() ?? []),
      ].at(-1);
      if (member !== undefined) stage.change({ op: 'removeMember', group, member });
      stage.arm();
      await stage.run();
    },
  },
  {
    name: 'everything read anew',
    async script(stage) {
      await stage.run();
      await stage.createAll();
      someChanges(stage);
      stage.change({ op: 'softDelete', id: people(stage)[3] ?? '' });
      stage.breakLinks();
      stage.arm();
      await stage.run();
    },
  },
  {
    name: 'a sync that is held, and approved',
    organisation: {
      limits: {
        gone: { count: 0, share: 0, max: 500 },
        remaining: { share: 0 },
        changed: { count: 0, share: 0 },
        emptied: { count: 0, share: 0 },
      },
    },
    async script(stage) {
      await stage.run();
      await stage.createAll();
      someChanges(stage);
      stage.change({ op: 'softDelete', id: people(stage)[3] ?? '' });
      stage.arm();
      await stage.run();
      await stage.approveAll();
      await stage.run();
    },
  },
];

function planOf({ organisation }: Scenario): HistoryPlan {
  return {
    workers: 1,
    spanMs: 0,
    organisations: [
      {
        people: 6,
        groups: 0,
        chosen: 0,
        includeGuests: true,
        includeDisabled: false,
        mappings: [...defaultMappings, { source: 'jobTitle', target: 'jobTitle', write: 'always', empty: 'clear' }],
        limits: null,
        changes: 0,
        deeds: 0,
        presses: 0,
        turnsOff: false,
        ...organisation,
      },
    ],
    troubles: {
      faults: {},
      killRate: 0,
      freezeRate: 0,
      lostCommitRate: 0,
      awayRate: 0,
      doubleRate: 0,
      lostJobRate: 0,
    },
    pageSizes: { delta: 4, deltaMembers: 9, listMax: 4 },
    quirks: { removedInFirstRound: false, emptyPages: false, duplicates: false, reversed: false },
  };
}

export interface CrashReport {
  scenario: string;
  /** How many histories, one for each cut. */
  kills: number;
  unknownCommits: number;
  broken: { crash: Crash | null; invariant: string; text: string; trace: readonly string[] }[];
}

/** Every cut of one scenario; with `every`, each so many-th only. */
export async function cutEverywhere(slots: readonly Slot[], scenario: Scenario, every = 1): Promise<CrashReport> {
  const [first] = slots;
  if (first === undefined) throw new Error('no slot');
  const plan = planOf(scenario);
  const script = (stage: Stage): Promise<void> => scenario.script(stage);
  const report: CrashReport = { scenario: scenario.name, kills: 0, unknownCommits: 0, broken: [] };
  const play = async (slot: Slot, crash: Crash | null) => {
    const { violation, trace, ...armed } = await runScript({ slot, plan, script, crash });
    if (violation !== null) report.broken.push({ crash, ...violation, trace });
    return armed;
  };
  const { points, commits } = await play(first, null);
  const cuts: Crash[] = [];
  for (let at = 1; at <= points; at += every) cuts.push({ at, kind: 'kill' });
  for (let at = 1; at <= commits; at += every) cuts.push({ at, kind: 'lostDone' }, { at, kind: 'lostUndone' });
  report.kills = cuts.filter(({ kind }) => kind === 'kill').length;
  report.unknownCommits = cuts.length - report.kills;
  await Promise.all(
    slots.map(async (slot) => {
      for (let cut = cuts.shift(); cut !== undefined; cut = cuts.shift()) await play(slot, cut);
    }),
  );
  return report;
}
