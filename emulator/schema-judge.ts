// For the emulator's own tests: holds each Graph answer against the JSON schema made from Microsoft's published model,
// so that the stand-in is judged by something that was not written for it.
import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const FILE = new URL('../../shared/graph/graph-v1.schema.json', import.meta.url);

/** Ends the name of the test that reports on the schema; it says why when there is nothing to report. */
export const schemaNote = existsSync(FILE)
  ? ''
  : ' (skipped: shared/graph/graph-v1.schema.json is not beside this checkout)';

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
const ROOT = 'graph';
if (schemaNote === '') ajv.addSchema(JSON.parse(readFileSync(FILE, 'utf8')) as object, ROOT); // checked by ajv itself

/** How many answers were held against each definition. */
export const judged = new Map<string, number>();

/** Throws when a Graph answer does not fit; `path` is what was asked, below the version. */
export function judgeGraph(path: string, status: number, body: unknown): void {
  if (schemaNote !== '') return;
  const name = status >= 400 ? 'odataError' : definitionFor(path);
  if (name === undefined) return;
  const fits = ajv.getSchema(`${ROOT}#/$defs/${name}`);
  if (fits === undefined) throw new Error(`The schema has no definition '${name}'.`);
  judged.set(name, (judged.get(name) ?? 0) + 1);
  if (fits(body) === true) return;
  const [first] = fits.errors ?? [];
  throw new Error(
    `${path}: the answer is no ${name}: ${first?.instancePath ?? ''} ${first?.message ?? ''} ${JSON.stringify(first?.params)}`,
  );
}

const SHAPES: [RegExp, string][] = [
  [/^\/users\/delta/, 'userDeltaResponse'],
  [/^\/groups\/delta/, 'groupDeltaResponse'],
  [/\/microsoft\.graph\.user$/, 'userCollectionResponse'],
  [/\/microsoft\.graph\.group$/, 'groupCollectionResponse'],
  [/\/(members|transitivemembers|memberof|transitivememberof|getbyids)$/, 'directoryObjectCollectionResponse'],
  [/^\/directory\/deleteditems\/[^/]+$/, 'directoryObjectAny'],
  [/^\/users$/, 'userCollectionResponse'],
  [/^\/groups$/, 'groupCollectionResponse'],
  [/^\/users[/(][^/]+(\/manager)?$/, 'user'],
  [/^\/groups\/[^/]+$/, 'group'],
  [/^\/organization$/, 'organizationCollectionResponse'],
  [/^\/organization\/[^/]+$/, 'organization'],
  [/^\/\$batch$/, 'batchResponse'],
];

function definitionFor(path: string): string | undefined {
  const plain = (path.split('?')[0] ?? '').toLowerCase();
  return plain.endsWith('/$count') ? undefined : SHAPES.find(([shape]) => shape.test(plain))?.[1];
}
