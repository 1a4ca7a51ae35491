// Holds each answer against the JSON schema made from Microsoft's published model, so that the stand-in is judged by something
// that was not written for it. What it saw and what broke the schema is added to files, because emulators run in many processes.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Answer } from './http.ts';
import { graphRoutes, loginRoutes } from './judge-routes.ts';
import type { Route } from './judge-routes.ts';

const FILE = new URL('../../shared/graph/graph-v1.schema.json', import.meta.url);
const ROOT = 'graph';

/** Ends the name of the test that reports on the schema; it says why when there is nothing to report. */
export const schemaNote = existsSync(FILE)
  ? ''
  : ' (skipped: shared/graph/graph-v1.schema.json is not beside this checkout)';

export interface Judged {
  method: string;
  /** With the version and without the query: `/v1.0/users`. */
  path: string;
  answer: Answer;
}

/** What is wrong with the answer, in words; null when nothing is. */
export type Judge = (judged: Judged) => string | null;

/** How many answers were held against each definition in this process. */
export const judged = new Map<string, number>();

export interface Verdicts {
  /** How many answers were held against each definition. */
  judged: Map<string, number>;
  /** How many answers of each route nothing judges, with the reason. */
  unjudged: Map<string, number>;
  violations: string[];
}

const saw = (folder: string): string => join(folder, 'answers.txt');
const broke = (folder: string): string => join(folder, 'violations.txt');

/** Null when the schema is not there. The definitions are compiled once, each when it is first needed. */
export function createSchemaJudge(folder: string): Judge | null {
  if (schemaNote !== '') return null;
  const fits = createFits();
  mkdirSync(folder, { recursive: true });
  return (asked) => {
    const { definition, violation } = judgeOne(fits, asked);
    if (!definition.startsWith('-')) judged.set(definition, (judged.get(definition) ?? 0) + 1);
    // At once and not at the end: a test may kill the process.
    appendFileSync(saw(folder), `${definition}\n`);
    if (violation !== null) appendFileSync(broke(folder), `${JSON.stringify(violation)}\n`);
    return violation;
  };
}

/** What is wrong with something that is no answer, such as a notification; null when nothing is, or when there is no schema. */
export function violationOf(definition: string, body: unknown): string | null {
  if (schemaNote !== '') return null;
  fitsOfProcess ??= createFits();
  judged.set(definition, (judged.get(definition) ?? 0) + 1);
  return fitsOfProcess({ definition }, body);
}
let fitsOfProcess: Fits | undefined;

/** What all processes have written into the folder. */
export function readVerdicts(folder: string): Verdicts {
  const lines = (file: string): string[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  const verdicts: Verdicts = { judged: new Map(), unjudged: new Map(), violations: [] };
  for (const line of lines(saw(folder))) {
    const counts = line.startsWith('-') ? verdicts.unjudged : verdicts.judged;
    const name = line.replace(/^- /, '');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  verdicts.violations = lines(broke(folder)).map((line) => JSON.parse(line) as string); // written above
  return verdicts;
}

type Fits = (fits: Route['fits'] & { nothing?: never }, body: unknown) => string | null;

function judgeOne(fits: Fits, { method, path, answer }: Judged): { definition: string; violation: string | null } {
  const says = (definition: string, what: string | null): { definition: string; violation: string | null } => ({
    definition,
    violation: what === null ? null : `${method} ${path} answered ${answer.status}, which is no ${definition}: ${what}`,
  });
  // The OIDC endpoint stands on Graph's host, outside of a version.
  const [, versioned, plain] = /^(?:\/v1\.0(\/.*|$)|(\/oidc\/userinfo)$)/i.exec(path) ?? [];
  const below = (versioned ?? plain)?.toLowerCase();
  const { status, body } = answer;
  if (below !== undefined) {
    if (status === 204) return says('empty answer', body === undefined && !answer.text ? null : 'it has a body');
    if (status >= 400) return says('odataError', fits({ definition: 'odataError' }, body));
    return byRoute(graphRoutes, below);
  }
  // Another version of Graph is refused by Graph itself.
  if (status >= 400 && /^\/(beta|v\d+\.\d+)(\/|$)/i.test(path))
    return says('odataError', fits({ definition: 'odataError' }, body));
  // What is below no tenant, or unknown there, answers a page for people.
  if (status >= 400)
    return body === undefined
      ? { definition: '- login host: an error page', violation: null }
      : says('tokenError', fits({ definition: 'tokenError' }, body));
  return byRoute(loginRoutes, path.toLowerCase().replace(/^\/[^/]+/, ''));

  function byRoute(routes: readonly Route[], where: string): { definition: string; violation: string | null } {
    const route = routes.find((one) => one.path.test(where) && (one.method ?? method) === method);
    if (route === undefined) return says('known route', 'judge-routes.ts does not say what it answers');
    if ('nothing' in route.fits)
      return { definition: `- ${route.path.source}: ${route.fits.nothing}`, violation: null };
    const name = 'definition' in route.fits ? route.fits.definition : `list of ${route.fits.listOf}`;
    return says(name, fits(route.fits, body));
  }
}

function createFits(): Fits {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
  ajv.addSchema(JSON.parse(readFileSync(FILE, 'utf8')) as object, ROOT); // checked by ajv itself
  return (wanted, body) => {
    const check =
      'definition' in wanted ? ajv.getSchema(`${ROOT}#/$defs/${wanted.definition}`) : collectionOf(wanted.listOf);
    if (check === undefined) return 'the schema has no such definition';
    if (check(body) === true) return null;
    const [first] = check.errors ?? [];
    return `${first?.instancePath ?? ''} ${first?.message ?? ''} ${JSON.stringify(first?.params)}`.trim();
  };

  function collectionOf(definition: string): ReturnType<Ajv2020['getSchema']> {
    const key = `list-of-${definition}`;
    const known = ajv.getSchema(key);
    if (known !== undefined || ajv.getSchema(`${ROOT}#/$defs/${definition}`) === undefined) return known;
    return ajv.compile({
      $id: key,
      type: 'object',
      required: ['value'],
      properties: { value: { type: 'array', items: { $ref: `${ROOT}#/$defs/${definition}` } } },
      patternProperties: { '^@': true },
      additionalProperties: false,
    });
  }
}
