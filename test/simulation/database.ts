// The database as a port: the production engine speaks to a real PostgreSQL, and parks before each transaction begins, before it
// commits and after it has. A party that dies at such a point takes its transaction along, as a connection that is cut does.
import {
  CompiledQuery,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Driver,
  type TransactionSettings,
} from 'kysely';
import type { Database } from '../../src/db/pool.ts';
import type { Schema } from '../../src/db/schema.ts';
import type { Party } from './scheduler.ts';
import { enqueueStatement, Session, type Enqueued, type SessionDeps } from './session.ts';

export interface SimulatedDatabase {
  /** For one party: its transactions end with it. */
  of(party: Party): Database;
  /** Rolls back what the party has open; to be called when it dies. */
  cut(party: Party): Promise<void>;
  /** The same by the server, to a party that does nothing for too long: it finds out when it goes on. */
  timeOut(party: Party): Promise<void>;
  /** Of whoever is left. */
  cutAll(): Promise<void>;
  readonly transactions: number;
}

export interface Committed {
  party: Party;
  organisationId: string;
  /** Tables that statements of the transaction may have written. */
  tables: ReadonlySet<string>;
  /** Whether one of them may have got new rows. */
  inserts: boolean;
  /** When it began, by the database's clock. */
  atMs: number;
  enqueued: readonly Enqueued[];
}

export interface DatabaseDeps extends Omit<SessionDeps, 'party'> {
  /** Called right after each commit, before anybody goes on. */
  committed: (commit: Committed) => Promise<void>;
  /** What becomes of a commit: 'lost' are those whose answer never comes, after it was done or not. */
  fate: (party: Party) => 'commit' | 'lostUndone' | 'lostDone';
  /** Whether a transaction cannot begin: no connection to be had. */
  isAway: (party: Party) => boolean;
}

export function enqueueIn(
  tx: { executeQuery(query: CompiledQuery): Promise<unknown> },
  job: Enqueued,
): Promise<unknown> {
  return tx.executeQuery(CompiledQuery.raw(enqueueStatement, [job]));
}

export function createSimulatedDatabase(deps: DatabaseDeps): SimulatedDatabase {
  const sessions = new Set<Session>();
  let transactions = 0;

  async function cut(isMeant: (session: Session) => boolean): Promise<void> {
    for (const session of [...sessions].filter(isMeant)) {
      sessions.delete(session);
      await session.end();
    }
  }

  return {
    get transactions() {
      return transactions;
    },
    of(party) {
      const driver = new SimulatedDriver({ ...deps, party, sessions, count: () => (transactions += 1) });
      const kysely = new Kysely<Schema>({
        dialect: {
          createAdapter: () => new PostgresAdapter(),
          createDriver: () => driver,
          createIntrospector: (db) => new PostgresIntrospector(db),
          createQueryCompiler: () => new PostgresQueryCompiler(),
        },
      });
      const chance = deps.scheduler.chance(`repeat/${party.name}`);
      return {
        kysely,
        connectionString: '',
        boundConnectionString: '',
        waits: { clock: deps.scheduler.clock(party), chance },
        close: async () => undefined,
      };
    },
    async timeOut(party) {
      for (const session of sessions) if (session.party === party) await session.timeOut();
    },
    cut: (party) => cut((session) => session.party === party),
    cutAll: () => cut(() => true),
  };
}

interface DriverDeps extends DatabaseDeps {
  party: Party;
  sessions: Set<Session>;
  count: () => void;
}

class SimulatedDriver implements Driver {
  private readonly deps: DriverDeps;
  constructor(deps: DriverDeps) {
    this.deps = deps;
  }

  async init(): Promise<void> {}
  async destroy(): Promise<void> {}

  async acquireConnection(): Promise<Session> {
    const { scheduler, party, isAway, sessions, count } = this.deps;
    await scheduler.park(party, 'begin');
    if (isAway(party)) throw connectionLost('connect ECONNREFUSED', 'ECONNREFUSED');
    count();
    const session = new Session(this.deps);
    sessions.add(session);
    return session;
  }

  async beginTransaction(session: Session, settings: TransactionSettings): Promise<void> {
    session.begin(settings.accessMode === 'read only');
  }

  async commitTransaction(session: Session): Promise<void> {
    const { scheduler, party, fate, committed, sessions } = this.deps;
    if (!session.matters) return scheduler.real(() => session.commit());
    await scheduler.park(party, 'commit');
    const what = fate(party);
    if (what === 'lostUndone') {
      await scheduler.real(() => session.end());
      throw connectionLost('Connection terminated unexpectedly');
    }
    await scheduler.real(async () => {
      await session.commit();
      // The transaction is over, whatever becomes of who began it.
      sessions.delete(session);
      const { organisationId, tables, inserts, atMs, enqueued } = session;
      await committed({ party, organisationId, tables, inserts, atMs, enqueued });
    });
    await scheduler.park(party, 'committed');
    if (what === 'lostDone') throw connectionLost('Connection terminated unexpectedly');
  }

  async rollbackTransaction(session: Session): Promise<void> {
    await this.deps.scheduler.real(() => session.end());
  }

  async releaseConnection(session: Session): Promise<void> {
    this.deps.sessions.delete(session);
  }
}

function connectionLost(message: string, code?: string): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}
