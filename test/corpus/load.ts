// The recorded exchanges beside this checkout: what Microsoft's pages show and what others captured from the real service.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../shared/graph/corpus', import.meta.url));

/** Ends the titles of the tests that need the exchanges; it says why they are skipped. */
export const corpusNote = existsSync(path.join(FOLDER, 'index.json'))
  ? ''
  : ' (skipped: shared/graph/corpus is not beside this checkout)';

export interface Recorded {
  name: string;
  request: { method: string; url: string; headers: Record<string, string>; body?: unknown } | null;
  response: {
    /** Null where the page shows a body alone. */
    status: number | null;
    headers: Record<string, string>;
    body: unknown;
    /** Where a 302 leads. */
    redirect?: string;
  };
  fidelity: string;
}

export function loadCases(): Map<string, Recorded> {
  if (corpusNote !== '') return new Map();
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json') && file !== 'index.json');
  return new Map(
    files.map((file) => {
      const recorded = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Recorded; // by graph-protocol.md 15
      return [recorded.name, { ...recorded, request: recorded.request ?? null }];
    }),
  );
}

export function getCase(cases: ReadonlyMap<string, Recorded>, name: string): Recorded {
  const found = cases.get(name);
  if (found === undefined) throw new Error(`There is no recorded exchange '${name}'.`);
  return found;
}

/** The names of all members in Microsoft's published model, of whatever type. */
export const modelMembers: ReadonlySet<string> = readModelMembers();

function readModelMembers(): Set<string> {
  const file = new URL('../../../shared/graph/graph-v1.schema.json', import.meta.url);
  if (!existsSync(file)) return new Set();
  const { $defs } = JSON.parse(readFileSync(file, 'utf8')) as { $defs: Record<string, { properties?: object }> }; // by 15
  return new Set(Object.values($defs).flatMap(({ properties = {} }) => Object.keys(properties)));
}
