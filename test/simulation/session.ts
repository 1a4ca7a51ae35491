// One transaction of one party, as few messages to PostgreSQL. Each message costs more than most statements: see docs/decisions/0029.
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import type pg from 'pg';
import type { Party, Scheduler } from './scheduler.ts';
import type { Line, Slot } from './slot.ts';

export interface Enqueued {
  queue: string;
  data: unknown;
  delaySeconds: number;
}

export interface SessionDeps {
  scheduler: Scheduler;
  slot: Slot;
  party: Party;
  /** Microseconds since 1970 by the database's clock: each transaction has a later one than the transaction before. */
  nextMicros: () => number;
  /** Told when the connection's row is read. */
  looked: (party: Party, organisationId: string, atMs: number) => void;
}

/** Not sent to the database: what a job queue within the database would have been told. */
export const enqueueStatement = '-- enqueue';

export class Session implements DatabaseConnection {
  readonly party: Party;
  private readonly deps: SessionDeps;
  private line: Line | null = null;
  /** What is to be said before the first statement. */
  private begun = '';
  private role = '';
  private isTimedOut = false;
  private hasFailed = false;
  readOnly = false;
  organisationId = '';
  /** Whether others would see or feel that it ends. */
  matters = false;
  inserts = false;
  atMs = 0;
  readonly tables = new Set<string>();
  readonly enqueued: Enqueued[] = [];

  constructor(deps: SessionDeps) {
    this.deps = deps;
    this.party = deps.party;
  }

  begin(readOnly: boolean): void {
    this.readOnly = readOnly;
    const micros = this.deps.nextMicros();
    this.atMs = micros / 1000;
    const at = `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`;
    this.begun = `begin${readOnly ? ' read only' : ''}; set local sim.now = '${at}'; `;
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.deps.scheduler.real(() => this.execute<R>(query));
  }

  private async execute<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    if (sql === enqueueStatement) {
      this.enqueued.push(parameters[0] as Enqueued); // by enqueueIn
      this.matters = true;
      return { rows: [] };
    }
    if (this.line === null && sql.startsWith('select set_config(')) {
      this.configure(parameters as string[]); // names and values, by src/db/transaction.ts
      return { rows: [] };
    }
    // Told together with the commit: a transaction that has failed already says so there.
    if (sql === 'select 1' && !this.readOnly) return { rows: [] };
    const { tables, matters, inserts, looks } = effectsOf(sql);
    this.inserts ||= inserts;
    if (looks) this.deps.looked(this.party, this.organisationId, this.atMs);
    for (const table of tables) this.tables.add(table);
    this.matters ||= matters;
    const line = (this.line ??= await this.deps.slot.take());
    if (this.isTimedOut) throw timedOut();
    const name = nameOf(this.role, sql);
    const prepare = line.prepared.has(name) ? '' : `prepare ${name} as ${sql}; `;
    const values = parameters.length === 0 ? '' : `(${parameters.map(literal).join(', ')})`;
    const text = `${line.isOpen ? 'commit; ' : ''}${this.begun}${prepare}execute ${name}${values}`;
    line.isOpen = false;
    this.begun = '';
    try {
      const answers: unknown = await line.client.query(text);
      line.prepared.add(name);
      // One answer for each statement of the message, or the answer of the only one.
      const { rows, rowCount } = (Array.isArray(answers) ? answers.at(-1) : answers) as pg.QueryResult;
      return { rows: rows as R[], ...(rowCount === null ? {} : { numAffectedRows: BigInt(rowCount) }) };
    } catch (error) {
      this.hasFailed = true;
      throw error;
    }
  }

  /** In one message with what comes first. */
  private configure(pairs: readonly string[]): void {
    const calls: string[] = [];
    for (let at = 0; at < pairs.length; at += 2) {
      const [name = '', value = ''] = [pairs[at], pairs[at + 1]];
      calls.push(`set_config(${literal(name)}, ${literal(value)}, true)`);
      if (name === 'samsyn.organisation') this.organisationId = value;
      if (name === 'role') this.role = value;
    }
    this.begun += `select ${calls.join(', ')}; `;
  }

  async timeOut(): Promise<void> {
    if (this.line === null) return;
    await this.end();
    this.isTimedOut = true;
  }

  async commit(): Promise<void> {
    if (this.isTimedOut) throw timedOut();
    if (this.line === null) return;
    if (this.matters || this.hasFailed) await this.line.client.query(this.readOnly ? 'commit' : 'select 1; commit');
    else this.line.isOpen = true;
    this.release();
  }

  /** Rolls back, whatever has happened; also what the server does to a connection that is cut. */
  async end(): Promise<void> {
    this.begun = '';
    if (this.line === null) return;
    // Which statements of a message that failed were prepared is not known.
    await this.line.client.query(this.hasFailed ? 'rollback; deallocate all' : 'rollback');
    if (this.hasFailed) this.line.prepared.clear();
    this.line.isOpen = false;
    this.release();
  }

  private release(): void {
    if (this.line !== null) this.deps.slot.give(this.line);
    this.line = null;
  }

  // Never asked for by the product.
  // eslint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('no streams in the simulation');
  }
}

/** As pg says it of a connection that the server has ended meanwhile. */
const timedOut = (): Error => new Error('Client has encountered a connection error and is not queryable');

interface Effects {
  tables: readonly string[];
  matters: boolean;
  inserts: boolean;
  /** Whether it reads if the sync is on. */
  looks: boolean;
}

const writes = /\b(?:insert\s+into|update|delete\s+from)\s+(?:only\s+)?"?([a-z_]+)"?/gi;
const locks = /\bfor\s+(?:no\s+key\s+)?(?:key\s+)?(?:update|share)\b|advisory/i;
const known = new Map<string, Effects>();

function effectsOf(text: string): Effects {
  let found = known.get(text);
  if (found === undefined) {
    const tables = [...text.matchAll(writes)].flatMap(([, table]) =>
      table === undefined || table === 'set' ? [] : [table],
    );
    found = {
      tables,
      matters: tables.length > 0 || locks.test(text),
      inserts: /\binsert\b/i.test(text),
      looks: /\bfrom "?connection"?\s/.test(text),
    };
    known.set(text, found);
  }
  return found;
}

/** A value as text that PostgreSQL reads as a constant of whatever type is wanted there. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return `'${textOf(value).replaceAll("'", "''")}'`;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (Array.isArray(value)) return `{${value.map(element).join(',')}}`;
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value as number | boolean | bigint);
}

function element(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return `"${textOf(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

const names = new Map<string, string>();

/** Statements are prepared, once for each role: a plan knows whose rows it may show. */
function nameOf(role: string, text: string): string {
  const key = `${role}/${text}`;
  let name = names.get(key);
  if (name === undefined) {
    name = `s${names.size}`;
    names.set(key, name);
  }
  return name;
}
