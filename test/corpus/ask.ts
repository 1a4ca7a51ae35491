// Puts a recorded request to the emulator: the same method, query and headers, with its ids replaced by ids that are there.
import type { Recorded } from './load.ts';
import type { Answered, EmulatorUse } from './table-types.ts';
import type { World } from './world.ts';

export async function askEmulator(world: World, recorded: Recorded, use: EmulatorUse): Promise<Answered> {
  if (use.ask !== undefined) return use.ask(world);
  const { request } = recorded;
  const method = use.method ?? request?.method ?? 'GET';
  const path = filled(world, use.path ?? pathOf(request?.url ?? ''));
  const recordedHeaders = Object.entries(request?.headers ?? {}).filter(([name]) => !/^content-/i.test(name));
  const headers = { ...Object.fromEntries(recordedHeaders), ...use.headers };
  const { status, body } = await world.kit.ask(method, path, headers, bodyOf(world, use, method, request));
  // A body that is no JSON: the kit keeps its text.
  const text = Object.keys(body).join() === 'text' ? body['text'] : undefined;
  return { status, body: text === undefined ? body : text === '' ? null : text };
}

function bodyOf(world: World, use: EmulatorUse, method: string, request: Recorded['request']): unknown {
  if (method === 'GET' || method === 'DELETE') return undefined;
  return use.body?.(world) ?? request?.body ?? {};
}

/** Which id stands where in a recorded path. */
const PLACES: [RegExp, string][] = [
  [/^\/users\/(?!\$count|delta)[^/?]+/, '/users/{user}'],
  [/^\/groups\/(?!\$count|delta)[^/?]+/, '/groups/{group}'],
  [/^\/directory\/deletedItems\/(?!microsoft\.graph)[^/?]+/, '/directory/deletedItems/{deletedGroup}'],
  [/^\/directoryObjects\/(?!getByIds|getAvailable|delta|validate)[^/?]+/, '/directoryObjects/{user}'],
  [/^\/organization\/[^/?]+/, '/organization/{tenant}'],
  [/^\/domains\/[^/?]+/, '/domains/{domain}'],
  [/^\/servicePrincipals\/[^/?]+/, '/servicePrincipals/{principal}'],
  [/^\/applications\/[^/?]+/, '/applications/{application}'],
  [/^\/subscriptions\/[^/?]+/, '/subscriptions/{subscription}'],
];

/** Below the version. */
function pathOf(url: string): string {
  const below = url.replace(/^https:\/\/graph\.microsoft\.com\/(v1\.0|beta)/, '');
  return PLACES.reduce((path, [pattern, place]) => path.replace(pattern, place), below);
}

function filled({ ids }: World, path: string): string {
  const whole = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name];
    if (id === undefined) throw new Error(`The directory of the recorded requests has no ${name}.`);
    return id;
  });
  // Recorded addresses are written for people: blanks and quotation marks as they are.
  return whole.replace(/[ "<>]/g, encodeURIComponent);
}
