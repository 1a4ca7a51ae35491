// What has been asked of the emulator, so that a test can say how much a client asked for and that it only read.
import { sayAskedFor } from './asked-for.ts';

export interface SeenRequest {
  at: string;
  method: string;
  path: string;
  route: string;
  status: number;
}

export interface RequestLog {
  record(request: SeenRequest): void;
  summary(): { count: number; perRoute: Record<string, number>; last: SeenRequest[]; writeAttempts: SeenRequest[] };
  reset(): void;
}

const LAST_MAX = 200;

export function createRequestLog(): RequestLog {
  let count = 0;
  let perRoute = new Map<string, number>();
  let last: SeenRequest[] = [];
  let writeAttempts: SeenRequest[] = [];
  return {
    record(request) {
      count += 1;
      const key = `${request.method} ${request.route}`;
      perRoute.set(key, (perRoute.get(key) ?? 0) + 1);
      last.push(request);
      if (last.length > LAST_MAX * 2) last = last.slice(-LAST_MAX);
      if (!writesToDirectory(request)) return;
      sayAskedFor({ kind: 'write', what: `${request.method} ${request.route}` });
      if (writeAttempts.length < LAST_MAX) writeAttempts.push(request);
    },
    summary: () => ({ count, perRoute: Object.fromEntries(perRoute), last: last.slice(-LAST_MAX), writeAttempts }),
    reset() {
      count = 0;
      perRoute = new Map();
      last = [];
      writeAttempts = [];
    },
  };
}

/** Questions that are asked by POST and subscriptions change nothing in the directory. */
function writesToDirectory({ method, route }: SeenRequest): boolean {
  if (method === 'GET' || !route.startsWith('/v1.0/')) return false;
  return (
    !/\/(\$batch|getByIds|(get|check)Member(Groups|Objects)|getAvailableExtensionProperties)$/i.test(route) &&
    !/^\/v1\.0\/subscriptions(\/|$)/i.test(route)
  );
}

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** The path with ids and user names taken out. */
export function routeOf(path: string): string {
  const plain = path.replaceAll(GUID, '{id}');
  return plain.replaceAll(/\/[^/]*(%40|@)[^/]*/g, '/{upn}');
}
