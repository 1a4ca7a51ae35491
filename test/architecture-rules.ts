// The rules of the house as functions over source texts, so that a test can also show that each of them catches something.
import path from 'node:path';
import { parseSync } from 'vite';

/** Path from the root of the repository, with the text. */
export type Sources = ReadonlyMap<string, string>;

/** Who may import whom. A room may always import itself. Better it with a decision record that says why. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  contract: [],
  i18n: ['contract'],
  db: ['base', 'contract'],
  graph: ['base', 'contract'],
  mail: ['base', 'contract', 'i18n'],
  audit: ['base', 'db'],
  jobs: ['base', 'db'],
  people: ['base', 'contract', 'db', 'audit'],
  connection: ['base', 'contract', 'db', 'graph', 'audit'],
  mirror: ['base', 'contract', 'db', 'graph'],
  reconcile: ['contract'],
  review: ['base', 'contract', 'db', 'audit', 'people', 'reconcile'],
  notify: ['base', 'contract', 'db', 'i18n', 'jobs', 'mail', 'people'],
  sync: [
    'base',
    'contract',
    'db',
    'audit',
    'people',
    'connection',
    'graph',
    'mirror',
    'reconcile',
    'notify',
    'jobs',
    'review',
  ],
  http: [
    'base',
    'contract',
    'i18n',
    'db',
    'audit',
    'jobs',
    'people',
    'connection',
    'mirror',
    'review',
    'notify',
    'sync',
    'config',
  ],
  doctor: ['base', 'db', 'graph', 'mail', 'config'],
  // The files directly in src/.
  config: ['base'],
};

/** These may import everything; cli.ts the emulator too. */
const roots = [
  'src/main.ts',
  'src/cli.ts',
  'src/demo.ts',
  'src/add-organisation.ts',
  'src/approvals.ts',
  'src/take-key.ts',
];

/** Packages that only these rooms may import; reconcile and contract are the other way round: nothing but these. */
const packageRooms: Readonly<Record<string, readonly string[]>> = {
  pg: ['db'],
  'pg-boss': ['jobs'],
  nodemailer: ['mail'],
  'openid-client': ['graph'],
  jose: ['graph', 'connection'],
  fastify: ['http'],
};
const onlyPackages: Readonly<Record<string, readonly string[]>> = {
  contract: ['zod'],
  reconcile: [],
  i18n: ['i18next'],
};

/** May read the environment, besides scripts and tests: the configuration, what a person starts, and the judge that tests switch on. */
const readsEnvironment = ['src/config.ts', 'src/cli.ts', 'emulator/main.ts', 'emulator/judge.ts'];
const opensConnections = ['graph', 'mail'];

interface Import {
  specifier: string;
  names: string[];
  isType: boolean;
}
interface Node {
  type: string;
  [key: string]: unknown;
}
interface Module {
  file: string;
  imports: Import[];
  nodes: Node[];
  isOnlyReExports: boolean;
}

export function parse(file: string, text: string): Module {
  const { program, module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const nodes: Node[] = [];
  collect(program, nodes);
  const imports: Import[] = module.staticImports.map((one) => ({
    specifier: one.moduleRequest.value,
    names: one.entries
      .filter((entry) => !entry.isType)
      .map((entry) => entry.importName.name ?? `${entry.importName.kind}`),
    isType: one.entries.length > 0 && one.entries.every((entry) => entry.isType),
  }));
  for (const entry of module.staticExports.flatMap((one) => one.entries)) {
    if (entry.moduleRequest) imports.push({ specifier: entry.moduleRequest.value, names: [], isType: entry.isType });
  }
  for (const node of nodes) {
    if (node.type === 'ImportExpression') {
      const source = node['source'] as Node; // by the syntax tree
      if (typeof source['value'] === 'string')
        imports.push({ specifier: source['value'], names: ['default'], isType: false });
    }
  }
  const body = (program.body as unknown as Node[]).filter((node) => node.type !== 'ImportDeclaration'); // by the syntax tree
  const isReExport = (node: Node): boolean =>
    node.type === 'ExportAllDeclaration' || (node.type === 'ExportNamedDeclaration' && node['declaration'] === null);
  return { file, imports, nodes, isOnlyReExports: body.length > 0 && body.every(isReExport) };
}

function collect(value: unknown, nodes: Node[]): void {
  if (Array.isArray(value)) for (const one of value) collect(one, nodes);
  else if (typeof value === 'object' && value !== null) {
    if ('type' in value && typeof value.type === 'string') nodes.push(value as Node);
    for (const one of Object.values(value)) collect(one, nodes);
  }
}

const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file);

/** src/people/list.ts -> people, src/config.ts -> config */
const roomOf = (file: string): string => /^src\/([^/]+?)(?:\.ts$|\/)/.exec(file)?.[1] ?? file.split('/')[0] ?? '';

function modulesOf(sources: Sources): Module[] {
  return [...sources]
    .filter(([file]) => /\.tsx?$/.test(file) && !isTest(file))
    .map(([file, text]) => parse(file, text));
}

/** A relative import, from the root of the repository. */
function target(module: Module, specifier: string): string | undefined {
  return specifier.startsWith('.')
    ? path.posix.normalize(path.posix.join(path.posix.dirname(module.file), specifier))
    : undefined;
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

export function wrongImports(sources: Sources): string[] {
  const wrong: string[] = [];
  for (const module of modulesOf(sources)) {
    const { file } = module;
    const room = roomOf(file);
    for (const { specifier } of module.imports) {
      const other = target(module, specifier);
      const say = (why: string): number => wrong.push(`${file} imports ${specifier}: ${why}`);
      if (other === undefined) {
        const name = packageOf(specifier);
        if (file.startsWith('web/') && specifier.startsWith('node:')) say('the web app has no Node');
        if (!file.startsWith('src/') || roots.includes(file)) continue;
        const allowed = packageRooms[name];
        if (allowed && !allowed.includes(room)) say(`only ${allowed.join(' and ')} may`);
        const only = onlyPackages[room];
        if (only && !only.includes(name)) say(`${room} may import ${only.join(', ')} only`);
      } else if (file.startsWith('emulator/')) {
        if (!other.startsWith('emulator/')) say('the emulator is an independent witness');
      } else if (file.startsWith('web/')) {
        if (!/^(web|src\/contract|src\/i18n)\//.test(other)) say('web may import contract and i18n');
      } else if (roots.includes(file)) {
        if (!other.startsWith('src/') && !(file === 'src/cli.ts' && other.startsWith('emulator/')))
          say('it is outside of src');
      } else if (!other.startsWith('src/')) {
        say('it is outside of src');
      } else if (roomOf(other) !== room && !(mayImport[room] ?? []).includes(roomOf(other))) {
        say(`${room} may not import ${roomOf(other)}`);
      }
    }
  }
  return wrong;
}

/** Each cycle once, as the way around. */
export function cycles(sources: Sources): string[] {
  const edges = new Map(
    modulesOf(sources).map((module) => [
      module.file,
      module.imports
        .map(({ specifier }) => target(module, specifier))
        .filter((file) => file !== undefined && sources.has(file)),
    ]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  function walk(file: string, way: readonly string[]): void {
    const at = way.indexOf(file);
    if (at >= 0) {
      found.push([...way.slice(at), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) if (next !== undefined) walk(next, [...way, file]);
    done.add(file);
  }
  for (const file of edges.keys()) walk(file, []);
  return found;
}

export function barrels(sources: Sources): string[] {
  return modulesOf(sources)
    .filter((module) => /\/index\.tsx?$/.test(module.file) || module.isOnlyReExports)
    .map(({ file }) => file);
}

/** `object.property` as in process.env */
function isMember(node: Node, object: string, property: string): boolean {
  const [left, right] = [node['object'] as Node | undefined, node['property'] as Node | undefined]; // by the syntax tree
  return (
    node.type === 'MemberExpression' && left?.['name'] === object && (right?.['name'] ?? right?.['value']) === property
  );
}

export function readersOfEnvironment(sources: Sources): string[] {
  return modulesOf(sources)
    .filter(({ file }) => !readsEnvironment.includes(file))
    .filter(
      ({ nodes, imports }) =>
        nodes.some((node) => isMember(node, 'process', 'env')) ||
        imports.some(
          ({ specifier, names }) =>
            /^(node:)?process$/.test(specifier) && names.some((name) => /^(env|default|Default)$/.test(name)),
        ),
    )
    .map(({ file }) => file);
}

export function readersOfTime(sources: Sources): string[] {
  const asksTime = (node: Node): boolean => {
    const callee = node['callee'] as Node | undefined; // by the syntax tree
    if (node.type === 'NewExpression' && callee?.['name'] === 'Date')
      return (node['arguments'] as unknown[]).length === 0;
    if (node.type === 'CallExpression' && callee?.['name'] === 'Date') return true;
    return isMember(node, 'Date', 'now') || isMember(node, 'performance', 'now') || isMember(node, 'process', 'hrtime');
  };
  return modulesOf(sources)
    .filter(({ file }) => file.startsWith('src/') && file !== 'src/base/clock.ts')
    .filter(({ nodes }) => nodes.some(asksTime))
    .map(({ file }) => file);
}

/** What of Node's network modules does not open a connection to somewhere. */
const inbound = /^(createServer|isIP|isIPv4|isIPv6|BlockList|Server|STATUS_CODES|IncomingMessage|ServerResponse)$/;

export function openersOfConnections(sources: Sources): string[] {
  return modulesOf(sources)
    .filter(({ file }) => file.startsWith('src/') && !roots.includes(file) && !opensConnections.includes(roomOf(file)))
    .filter(
      ({ nodes, imports }) =>
        nodes.some((node) => {
          const callee = node['callee'] as Node | undefined; // by the syntax tree
          if (node.type === 'CallExpression' && callee?.['name'] === 'fetch') return true;
          if (
            node.type === 'NewExpression' &&
            /^(WebSocket|EventSource|XMLHttpRequest)$/.test(String(callee?.['name']))
          )
            return true;
          return isMember(node, 'globalThis', 'fetch');
        }) ||
        imports.some(
          ({ specifier, names, isType }) =>
            !isType &&
            (/^(undici|ws|axios|got)$/.test(packageOf(specifier)) ||
              (/^(node:)?(http|https|http2|net|tls|dgram)$/.test(specifier) &&
                names.some((name) => !inbound.test(name)))),
        ),
    )
    .map(({ file }) => file);
}

/** reconcile thinks, and asks nothing: the same facts give the same plan. */
export function impureThought(sources: Sources): string[] {
  return modulesOf(sources)
    .filter(({ file }) => roomOf(file) === 'reconcile')
    .filter(({ nodes }) =>
      nodes.some(
        (node) =>
          isMember(node, 'Math', 'random') ||
          (node.type === 'Identifier' &&
            /^(setTimeout|setInterval|setImmediate|process|crypto)$/.test(String(node['name']))),
      ),
    )
    .map(({ file }) => file);
}

/** Table -> rooms that write it, from the line "-- writer: ROOM" above each table. A table without one maps to nothing. */
export function writersOf(migrations: string): Map<string, string[]> {
  const writers = new Map<string, string[]>();
  const lines = migrations.split('\n');
  for (const [index, line] of lines.entries()) {
    const table = /^create table (?:if not exists )?"?([a-z_]+)/.exec(line)?.[1];
    if (!table) continue;
    let rooms: string[] = [];
    // The comment block right above.
    for (let above = index - 1; lines[above]?.startsWith('--'); above -= 1) {
      const named = /^-- writer: ([a-z, ]+?)\s*$/.exec(lines[above] ?? '')?.[1];
      if (named) rooms = named.split(/,\s*/);
    }
    writers.set(table, rooms);
  }
  return writers;
}

export function foreignWriters(sources: Sources, writers: ReadonlyMap<string, readonly string[]>): string[] {
  const wrong = new Set<string>();
  for (const { file, nodes } of modulesOf(sources)) {
    if (!file.startsWith('src/')) continue;
    for (const node of nodes) {
      for (const table of tablesWritten(node)) {
        const rooms = writers.get(table);
        if (rooms && !rooms.includes(roomOf(file)))
          wrong.add(`${file} writes ${table}, which belongs to ${rooms.join(' and ')}`);
      }
    }
  }
  return [...wrong];
}

function tablesWritten(node: Node): string[] {
  if (node.type === 'CallExpression') {
    const [callee, args] = [node['callee'] as Node, node['arguments'] as Node[]]; // by the syntax tree
    const method = (callee['property'] as Node | undefined)?.['name'];
    if (!/^(insertInto|updateTable|deleteFrom|mergeInto|replaceInto)$/.test(String(method))) return [];
    const first = args[0];
    const names = first?.type === 'ArrayExpression' ? (first['elements'] as Node[]) : first ? [first] : [];
    return names.map((one) => String(one['value']).split(' ')[0] ?? '');
  }
  if (node.type === 'TemplateLiteral') {
    // What is filled in stands as a word of its own.
    return tablesOfSql((node['quasis'] as { value: { raw: string } }[]).map(({ value }) => value.raw).join(' $x '));
  }
  if (node.type === 'Literal' && typeof node['value'] === 'string') return tablesOfSql(node['value']);
  return [];
}

function tablesOfSql(text: string): string[] {
  const name = String.raw`(?:only\s+)?"?(?:public"?\."?)?([a-z_]+)"?`;
  const statements = [
    String.raw`\binsert\s+into\s+${name}`,
    String.raw`\bmerge\s+into\s+${name}`,
    String.raw`\bdelete\s+from\s+${name}`,
    String.raw`\btruncate\s+(?:table\s+)?${name}`,
    String.raw`\bcopy\s+${name}\s*(?:\([^)]*\))?\s+from\b`,
    String.raw`\bupdate\s+${name}(?:\s+(?:as\s+)?[a-z_]+)?\s+set\b`,
  ];
  return statements.flatMap((pattern) =>
    [...text.matchAll(new RegExp(pattern, 'gi'))].map((match) => match[1]?.toLowerCase() ?? ''),
  );
}

/** The rooms that ARCHITECTURE.md names: in its section "The rooms", at the start of a line, item or table row, as `name/`. */
export function roomsNamed(architecture: string): string[] {
  const section = /^##+ The rooms\s*$([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(architecture)?.[1] ?? '';
  return [...section.matchAll(/^(?:\s*[-*|]\s*|\s*)`?(?:src\/)?([a-z0-9]+)\/`?(?=[\s|:]|$)/gm)].map(
    (match) => match[1] ?? '',
  );
}
