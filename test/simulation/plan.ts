// What kind of history a seed gives: how many people, what is chosen, who dies, which faults. Each kind of trouble is on in about half
// of the seeds, each time with a rate of its own: a history with everything at once would hardly ever get anywhere.
import type { FaultInput } from '../../emulator/faults/fault.ts';
import type { BrakeLimits } from '../../src/contract/brake.ts';
import { defaultMappings, type Mapping } from '../../src/contract/settings.ts';
import type { Seeded } from './seeded.ts';

export interface OrganisationPlan {
  people: number;
  groups: number;
  /** How many of the groups are chosen; 0: everybody counts. */
  chosen: number;
  includeGuests: boolean;
  includeDisabled: boolean;
  mappings: readonly Mapping[];
  /** Of the brake; null: the product's own, which so few people hardly meet. */
  limits: BrakeLimits | null;
  /** Changes in the directory, deeds of the administrator, and how often the button is pressed, in the first phase. */
  changes: number;
  deeds: number;
  presses: number;
  /** Ends with the sync turned off. */
  turnsOff: boolean;
}

export interface Troubles {
  /** By name of the kind, as it is counted. */
  faults: Record<string, FaultInput>;
  /** Per point of a worker. */
  killRate: number;
  freezeRate: number;
  /** Per commit of a worker: the answer is lost, after it was done or not (F47). */
  lostCommitRate: number;
  /** Per transaction of a worker: no connection to be had (F44, F45). */
  awayRate: number;
  /** Per job: it is given out twice, or never. */
  doubleRate: number;
  lostJobRate: number;
}

export interface HistoryPlan {
  workers: number;
  spanMs: number;
  organisations: readonly OrganisationPlan[];
  troubles: Troubles;
  pageSizes: { delta: number; deltaMembers: number; listMax: number };
  quirks: { removedInFirstRound: boolean; emptyPages: boolean; duplicates: boolean; reversed: boolean };
}

const more: readonly Mapping[] = [
  { source: 'jobTitle', target: 'jobTitle', write: 'always', empty: 'clear' },
  { source: 'department', target: 'department', write: 'always', empty: 'keep' },
  { source: 'mobilePhone', target: 'mobile', write: 'when_empty', empty: 'keep' },
  { source: 'manager', target: 'manager', write: 'always', empty: 'clear' },
];

export function drawMappings(seed: Seeded): readonly Mapping[] {
  return [...defaultMappings, ...more.filter(() => seed.hits(0.6))];
}

export function drawPlan(seed: Seeded): HistoryPlan {
  const main = drawOrganisation(seed.stream('organisation 0'), true);
  const others = [1, 2].map((number) => drawOrganisation(seed.stream(`organisation ${number}`), false));
  const troubles = drawTroubles(seed.stream('troubles'));
  return {
    workers: seed.whole(1, 3),
    spanMs: seed.whole(4, 40) * 60_000,
    organisations: [main, ...others],
    troubles,
    pageSizes: { delta: seed.whole(2, 9), deltaMembers: seed.whole(2, 9), listMax: seed.whole(3, 20) },
    quirks: {
      removedInFirstRound: seed.hits(0.3),
      emptyPages: seed.hits(0.3),
      duplicates: seed.hits(0.3),
      reversed: seed.hits(0.3),
    },
  };
}

function drawOrganisation(seed: Seeded, isMain: boolean): OrganisationPlan {
  const groups = seed.hits(0.5) ? seed.whole(1, 4) : 0;
  return {
    people: isMain ? seed.whole(6, 16) : seed.whole(2, 6),
    groups,
    chosen: groups > 0 && seed.hits(0.8) ? seed.whole(1, Math.min(2, groups)) : 0,
    includeGuests: seed.hits(0.5),
    includeDisabled: seed.hits(0.5),
    mappings: drawMappings(seed),
    limits: seed.hits(0.6) ? drawLimits(seed) : null,
    changes: isMain ? seed.whole(4, 26) : seed.whole(0, 6),
    deeds: isMain ? seed.whole(3, 10) : seed.whole(0, 3),
    presses: isMain ? seed.whole(2, 4) : 1,
    turnsOff: seed.hits(0.08),
  };
}

function drawLimits(seed: Seeded): BrakeLimits {
  return {
    gone: { count: seed.whole(0, 2), share: seed.pick([0, 0.1, 0.3]), max: seed.pick([1, 2, 500]) },
    remaining: { share: seed.pick([0.5, 0.8, 0.95]) },
    changed: { count: seed.whole(1, 3), share: seed.pick([0, 0.2]) },
    emptied: { count: seed.whole(0, 2), share: seed.pick([0, 0.1]) },
  };
}

const half = 0.5;

function drawTroubles(seed: Seeded): Troubles {
  const rate = (most: number, share = half): number => (seed.hits(share) ? seed.next() * most : 0);
  const faults: Record<string, FaultInput> = {};
  for (const [kind, { most, share, ...fault }] of Object.entries(kinds)) {
    const probability = rate(most, share);
    if (probability > 0) faults[kind] = { ...fault, often: { ...('often' in fault ? fault.often : {}), probability } };
  }
  return {
    faults,
    killRate: rate(0.015),
    freezeRate: rate(0.01),
    lostCommitRate: rate(0.05),
    awayRate: rate(0.01),
    doubleRate: rate(0.3),
    lostJobRate: seed.hits(0.2) ? 0.1 : 0,
  };
}

/** `most`: the highest rate, per request; `share`: of seeds, half when it is not said. */
const kinds: Record<string, FaultInput & { most: number; share?: number }> = {
  throttled: { most: 0.15, match: {}, fault: { name: 'throttled', retryAfter: 'decimal' } },
  'throttled long': { most: 0.02, match: {}, fault: { name: 'throttled', retryAfter: 'veryLong' } },
  unavailable: { most: 0.15, match: {}, fault: { name: 'status', status: 503 } },
  'server error': { most: 0.1, match: { path: '/v1.0/' }, fault: { name: 'status', status: 500 } },
  unauthorized: { most: 0.04, match: { path: '/v1.0/' }, fault: { name: 'status', status: 401 } },
  forbidden: { most: 0.01, match: { path: '/v1.0/' }, fault: { name: 'status', status: 403 } },
  'token refused': { most: 0.02, match: {}, fault: { name: 'tokenError', error: '7000215' } },
  cut: { most: 0.1, match: {}, fault: { name: 'cut' } },
  reset: { most: 0.1, match: {}, fault: { name: 'reset' } },
  slow: { most: 0.05, match: {}, fault: { name: 'slowStart', ms: 9_000 } },
  'too slow': { most: 0.02, match: {}, fault: { name: 'slowStart', ms: 45_000 } },
  'malformed body': { most: 0.05, match: {}, fault: { name: 'malformedJson' } },
  'no value': { most: 0.03, match: { path: '/v1.0/' }, fault: { name: 'missingValue' } },
  'wrong shape': { most: 0.03, match: { path: '/v1.0/' }, fault: { name: 'wrongShape', shape: 'valueIsNull' } },
  'empty page': { most: 0.3, match: { path: '/v1.0/' }, fault: { name: 'emptyPage' } },
  duplicates: { most: 0.5, match: { path: '/v1.0/' }, fault: { name: 'duplicates' } },
  'link repeats': { most: 0.02, match: { path: '/v1.0/' }, fault: { name: 'repeatedNextLink' } },
  'foreign link': { most: 0.005, match: { path: '/v1.0/' }, fault: { name: 'foreignNextLink' } },
  'link is dead': { most: 0.2, match: {}, fault: { name: 'deadDeltaLink', answer: 'gone' } },
  'link is unknown': { most: 0.1, match: {}, fault: { name: 'deadDeltaLink', answer: 'syncStateNotFound' } },
  'page refused': { most: 0.3, match: { path: '$skiptoken' }, fault: { name: 'status', status: 401 } },
  'page cut': { most: 0.3, match: { path: '$skiptoken' }, fault: { name: 'cut' } },
  'next page empty': { most: 0.4, match: { path: '$skiptoken' }, fault: { name: 'emptyPage' } },
  // Where Entra keeps changes to itself, less can be asked for: in fewer seeds.
  'told later': { most: 0.4, share: 0.25, match: {}, fault: { name: 'withheldChanges' } },
  'never told': {
    most: 0.05,
    share: 0.25,
    match: { path: '$deltatoken' },
    fault: { name: 'withheldChanges', lost: true },
  },
  'look-up fails': { most: 0.2, match: { inBatch: true }, fault: { name: 'status', status: 503 } },
};
