// The closed list of named faults: what each may be told, and which requests it can be meant for at all.
import { AADSTS } from '../login/aadsts.ts';
import { GRAPH_CODES } from './graph-codes.ts';
import type { Met } from './match.ts';
import { isAuthorizeEndpoint, isDelta, isGraph, isList, isTokenEndpoint } from './scene.ts';

/** `otherwise` holds when the parameter is left out; without it the parameter has to be given, unless it is `optional`. */
export type Parameter = (
  | { is: 'number'; min: number; max: number; whole: boolean; otherwise?: number }
  | { is: 'choice'; of: readonly string[]; otherwise?: string }
  | { is: 'text'; otherwise?: string }
  | { is: 'flag'; otherwise: boolean }
  /** A word for a kind of header, or seconds. */
  | { is: 'retryAfter'; of: readonly string[]; otherwise: string }
  /** A number, or our name of it. */
  | { is: 'aadsts'; of: readonly string[] }
) & { optional?: true };

export interface Kind {
  parameters: Record<string, Parameter>;
  /** Other requests pass by and are not counted. */
  concerns(met: Met, parameters: Record<string, unknown>): boolean;
}

const whole = (min: number, max: number, otherwise: number): Parameter => ({
  is: 'number',
  min,
  max,
  whole: true,
  otherwise,
});
const choice = (of: readonly string[], otherwise: string): Parameter => ({ is: 'choice', of, otherwise });
const status: Parameter = { is: 'number', min: 400, max: 599, whole: true, optional: true };
const retryAfter = (otherwise: string): Parameter => ({
  is: 'retryAfter',
  of: ['integer', 'decimal', 'date', 'missing', 'veryLong'],
  otherwise,
});
const milliseconds = whole(1, 3_600_000, 10_000);

const graph = ({ asked }: Met): boolean => isGraph(asked.url.pathname);
/** A request within a batch has no line of its own. */
const ownLine = ({ inBatch }: Met): boolean => !inBatch;
const list = ({ asked }: Met): boolean => asked.method === 'GET' && isList(asked.url.pathname);
const given = (met: Met, name: string): string => met.asked.url.searchParams.get(name) ?? '';
const deltaLink = (met: Met): boolean =>
  isDelta(met.asked.url.pathname) && !['', 'latest'].includes(given(met, '$deltatoken'));

export const DEAD_LINK_ANSWERS = [
  'unsupportedQuery',
  'syncStateNotFound',
  'gone',
  'resyncRequired',
  'notFound',
] as const;
export const WRONG_SHAPES = ['valueIsObject', 'valueIsNull', 'valueIsText', 'itemsAreText', 'itemsWithoutId', 'list', 'text', 'null'] as const; // prettier-ignore

export const KINDS = {
  status: {
    parameters: {
      status: { is: 'number', min: 400, max: 599, whole: true },
      code: { is: 'text', optional: true },
      message: { is: 'text', optional: true },
      retryAfter: retryAfter('missing'),
    },
    concerns: () => true,
  },
  graphError: {
    parameters: {
      code: { is: 'choice', of: [...new Set(GRAPH_CODES.map(([, code]) => code))] },
      status,
      retryAfter: retryAfter('missing'),
    },
    concerns: graph,
  },
  throttled: { parameters: { retryAfter: retryAfter('decimal') }, concerns: graph },
  tokenError: {
    parameters: {
      error: { is: 'aadsts', of: Object.entries(AADSTS).flatMap(([number, { name }]) => [number, name]) },
      status,
    },
    concerns: ({ asked }, { error }) =>
      isTokenEndpoint(asked.url.pathname) || (isAuthorizeEndpoint(asked.url.pathname) && showsAtAuthorize(error)),
  },
  deadDeltaLink: { parameters: { answer: choice(DEAD_LINK_ANSWERS, 'unsupportedQuery') }, concerns: deltaLink },
  cut: {
    parameters: { after: { is: 'number', min: 0, max: 1, whole: false, otherwise: 0.5 } },
    concerns: ownLine,
  },
  reset: { parameters: {}, concerns: ownLine },
  slowStart: { parameters: { ms: milliseconds }, concerns: ownLine },
  slowDrip: { parameters: { ms: milliseconds }, concerns: ownLine },
  malformedJson: { parameters: {}, concerns: ownLine },
  captivePortal: { parameters: { status: choice(['200', '302', '511'], '200') }, concerns: ownLine },
  gzipBomb: { parameters: { megabytes: whole(1, 4096, 256) }, concerns: ownLine },
  wrongShape: { parameters: { shape: choice(WRONG_SHAPES, 'valueIsObject') }, concerns: list },
  missingValue: { parameters: {}, concerns: list },
  emptyPage: { parameters: {}, concerns: list },
  repeatedNextLink: { parameters: {}, concerns: list },
  endlessNextLink: { parameters: { links: choice(['same', 'new'], 'new') }, concerns: list },
  foreignNextLink: { parameters: { host: { is: 'text', otherwise: 'graph.attacker.example' } }, concerns: list },
  duplicates: { parameters: {}, concerns: list },
  withheldChanges: {
    parameters: { only: choice(['all', 'members'], 'all'), lost: { is: 'flag', otherwise: false } },
    // What is told later is told at the next call of the same link; what is lost may be on any page.
    concerns: (met, { only, lost }) =>
      lost === true || only === 'members' ? isDelta(met.asked.url.pathname) : deltaLink(met),
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;

export const isKindName = (name: string): name is KindName => Object.hasOwn(KINDS, name);

function showsAtAuthorize(error: unknown): boolean {
  const found = Object.entries(AADSTS).find(([number, { name }]) => number === String(error) || name === error);
  return found !== undefined && 'atAuthorize' in found[1];
}
