// Faults in a page of objects: links that lead astray, objects that are missing, doubled or withheld, and other shapes.
import type { Answer } from '../http.ts';
import type { Json } from '../model.ts';
import type { KindName } from './kinds.ts';
import { PAST } from './scene.ts';
import type { Scene } from './scene.ts';

type Members = { [name: string]: Json };
type Told = Record<string, Json | undefined>;

interface PageChange {
  of(answer: Answer, told: Told, scene: Scene): Answer;
  wellShaped: boolean;
}

const NEXT = '@odata.nextLink';
const DELTA = '@odata.deltaLink';
/** Tells one link without end from the other. */
const ROUND = 'emulator-round';

/** Only a page is changed: a refusal stays what it is. */
const onPage = (change: (page: Members, told: Told, scene: Scene) => Json, wellShaped = true): PageChange => ({
  of: (answer, told, scene) => (isPage(answer.body) ? { ...answer, body: change(answer.body, told, scene) } : answer),
  wellShaped,
});

export const PAGE_CHANGES: Partial<Record<KindName, PageChange>> = {
  emptyPage: onPage((page, _told, scene) => nextTo({ ...page, value: [] }, linked(scene, PAST, scene.faultId))),
  repeatedNextLink: onPage((page, _told, scene) => {
    const { href } = scene.asked.url;
    if (scene.memory.has(href)) return page;
    scene.memory.add(href);
    return nextTo(page, href);
  }),
  endlessNextLink: onPage((page, told, { asked }) => {
    const next = new URL(asked.url);
    if (told['links'] === 'new') next.searchParams.set(ROUND, String(Number(next.searchParams.get(ROUND) ?? 0) + 1));
    return nextTo(page, next.href);
  }),
  foreignNextLink: onPage((page, told, { asked }) => {
    const next = new URL(asked.url);
    next.protocol = 'https:';
    next.port = '';
    next.host = String(told['host'] as string); // a text, as parsed
    return nextTo(page, next.href);
  }),
  duplicates: onPage((page) => ({ ...page, value: items(page).flatMap((item) => [item, item]) })),
  withheldChanges: onPage(withheld),
  missingValue: onPage(({ value: _value, ...rest }) => rest, false),
  wrongShape: onPage((page, told) => misshapen(page, String(told['shape'] as string)), false), // a word, as parsed
};

function withheld(page: Members, { only, lost }: Told, { asked }: Scene): Json {
  if (only === 'members')
    return {
      ...page,
      value: items(page).map((item) => {
        if (!isMembers(item)) return item;
        const { 'members@delta': _members, ...rest } = item;
        return rest;
      }),
    };
  const { [NEXT]: _next, ...rest } = page;
  // The same link again gives next time what is held back now; a new one has passed over it.
  return lost === true ? { ...page, value: [] } : { ...rest, value: [], [DELTA]: asked.url.href };
}

function misshapen(page: Members, shape: string): Json {
  const value = items(page);
  switch (shape) {
    case 'valueIsNull':
      return { ...page, value: null };
    case 'valueIsText':
      return { ...page, value: 'none' };
    case 'itemsAreText':
      return { ...page, value: value.map((item) => JSON.stringify(item)) };
    case 'itemsWithoutId':
      return {
        ...page,
        value: value.map((item) => {
          if (!isMembers(item)) return item;
          const { id: _id, ...rest } = item;
          return rest;
        }),
      };
    case 'list':
      return value;
    case 'text':
      return 'OK';
    case 'null':
      return null;
    default:
      return { ...page, value: Object.fromEntries(value.entries()) };
  }
}

const items = (page: Members): Json[] => (Array.isArray(page['value']) ? page['value'] : []);

function nextTo(page: Members, href: string): Members {
  const { [DELTA]: _delta, ...rest } = page;
  return { ...rest, [NEXT]: href };
}

function linked({ asked }: Scene, name: string, value: string): string {
  const next = new URL(asked.url);
  next.searchParams.set(name, value);
  return next.href;
}

function isMembers(value: Json): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isPage = (body: Json | undefined): body is Members =>
  body !== undefined && isMembers(body) && Array.isArray(body['value']);
