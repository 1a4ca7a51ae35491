// Connecting, and saying in one line what is wrong when it fails: the operator's first meeting with Samsyn.
import pg from 'pg';
import { DatabaseStartError } from './start-error.ts';

// security_invoker views came with 15.
const serverVersionMin = 150_000;
const connectTimeoutMs = 5_000;

/** One connection as the role of the connection string, for migrations. Whoever opens it ends it. */
export async function connectOwner(connectionString: string): Promise<pg.Client> {
  let client: pg.Client;
  try {
    client = new pg.Client({
      connectionString: requirePostgresUrl(connectionString).href,
      application_name: 'samsyn migrate',
      connectionTimeoutMillis: connectTimeoutMs,
    });
    // A connection that breaks shows at the next query; without a listener it would end the process.
    client.on('error', () => undefined);
    await client.connect();
  } catch (error) {
    throw explainConnectError(error, connectionString);
  }
  try {
    await requireVersion(client);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; name: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as name`,
  );
  const version = rows[0];
  if (Number(version?.number) < serverVersionMin) {
    throw new DatabaseStartError(
      'too_old',
      `The database server is PostgreSQL ${version?.name}: Samsyn needs 15 or newer`,
    );
  }
}

export function requirePostgresUrl(connectionString: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(connectionString);
  } catch {
    // told below, without the text: it may hold a password
  }
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new DatabaseStartError(
      'unreachable',
      'DATABASE_URL is not an address of a PostgreSQL database: write postgresql://user:password@host:5432/database, with special characters of the password percent-encoded',
    );
  }
  return url;
}

export function explainConnectError(error: unknown, connectionString: string): unknown {
  if (error instanceof DatabaseStartError) return error;
  const url = requirePostgresUrl(connectionString);
  const host = url.searchParams.get('host') ?? (url.hostname || 'localhost');
  const place = `${host}${host.startsWith('/') ? '' : `:${url.port || 5432}`}`;
  const user = decodeURIComponent(url.username) || 'the default user';
  const database = decodeURIComponent(url.pathname.slice(1)) || user;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : '';
  const problem = (kind: ConstructorParameters<typeof DatabaseStartError>[0], text: string): DatabaseStartError =>
    new DatabaseStartError(kind, text, error);

  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return problem('unreachable', `The database host ${host} is not known: check the host in DATABASE_URL`);
    case 'ECONNREFUSED':
    case 'ENOENT':
      return problem(
        'unreachable',
        `No database server answers at ${place}: start it, or check host and port in DATABASE_URL`,
      );
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return problem(
        'unreachable',
        `The database server at ${place} cannot be reached: check the network and the host in DATABASE_URL`,
      );
    case '28P01':
    case '28000':
      return problem(
        'password_refused',
        `The database server at ${place} refused the user ${user}: check user and password in DATABASE_URL, and pg_hba.conf on the server`,
      );
    case '3D000':
      return problem(
        'database_unknown',
        `There is no database ${database} at ${place}: make it with "create database", or check the name in DATABASE_URL`,
      );
    case '53300':
      return problem(
        'unreachable',
        `The database server at ${place} has no connections left: raise max_connections, or stop something that uses them`,
      );
    case '57P03':
      return problem('unreachable', `The database server at ${place} is starting or stopping: try again in a moment`);
    case '42501':
    case '22023':
      return problem(
        'may_not',
        `The database user ${user} may not act as the role samsyn_app: run "samsyn migrate" first`,
      );
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return problem('not_postgres', notPostgres(place));
    default:
  }
  if (/timeout/i.test(message)) {
    return problem(
      'unreachable',
      `What listens at ${place} did not answer like PostgreSQL within ${connectTimeoutMs / 1000} s: check host and port in DATABASE_URL`,
    );
  }
  if (/client password must be a string|no password supplied/i.test(message)) {
    return problem('password_refused', `The database server at ${place} asks for a password and DATABASE_URL has none`);
  }
  if (/does not support SSL|certificate|TLS|SSL/i.test(message)) {
    return problem(
      'unreachable',
      `The encrypted connection to ${place} failed: check sslmode in DATABASE_URL and the certificate of the server`,
    );
  }
  // An SQLSTATE: PostgreSQL itself has spoken, and says it best.
  if (/^[0-9A-Z]{5}$/.test(code))
    return problem('unreachable', `The database server at ${place} refused the connection: ${message}`);
  return problem('not_postgres', notPostgres(place));
}

const notPostgres = (place: string): string =>
  `What listens at ${place} does not speak like PostgreSQL: check host and port in DATABASE_URL`;
