// Every option of Samsyn. Read once at the start, from the environment; wrong ones are all told at once, one line each.
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import path from 'node:path';
import { cloudNames, clouds, type CloudName } from './base/clouds.ts';
import { logLevels, type LogLevel } from './base/log.ts';

export interface Config {
  port: number;
  host: string;
  /** Undefined: the embedded database in the data folder. */
  databaseUrl: string | undefined;
  /** Undefined: mails are kept and shown, not sent. */
  smtpUrl: string | undefined;
  mailFrom: string | undefined;
  /** Absolute. */
  dataDir: string;
  /** Origin only: https://samsyn.example.com */
  publicUrl: string;
  /** The first seals, all open. Empty: loadSecretKeys reads or makes the key file. */
  secretKeys: Uint8Array[];
  entra: {
    clientId: string | undefined;
    clientSecret: string | undefined;
    /** The content of the PEM file: private key and certificate. */
    certificatePem: string | undefined;
    /** Beside the first while one is changed for the other. */
    second: { clientSecret: string | undefined; certificatePem: string | undefined } | undefined;
    /** When the certificate runs out, or the secret as the operator has said. Undefined: nobody knows. */
    credentialExpiresAt: Date | undefined;
    loginUrl: string;
    graphUrl: string;
    /** Lists of people side by side. */
    lanes: number;
  };
  /** Whether a consent that is proved waits for the operator before it becomes a connection. */
  approveConnections: boolean;
  logLevel: LogLevel;
  postgresBin: string | undefined;
  /** Addresses and networks of proxies whose X-Forwarded-* are believed. Empty: nobody's. */
  trustProxy: string[];
  /** Invented people in the demo directory, beside those who are always there. */
  demoUsers: number;
}

export interface Option {
  name: string;
  type: string;
  default: string;
  description: string;
}

export const options = [
  {
    name: 'PORT',
    type: 'number',
    default: '3000',
    description: 'The port that Samsyn listens on; 0 takes a free one.',
  },
  {
    name: 'HOST',
    type: 'address',
    default: '127.0.0.1',
    description: 'The address that Samsyn listens on; 0.0.0.0 for all, as in a container.',
  },
  {
    name: 'DATABASE_URL',
    type: 'URL',
    default: '',
    description:
      'A PostgreSQL of your own, 15 or newer: postgresql://user:password@host:5432/database. Empty: the one that comes with Samsyn.',
  },
  {
    name: 'SMTP_URL',
    type: 'URL',
    default: '',
    description: 'The server that sends mail: smtp://user:password@host:587 or smtps://… Empty: no mail is sent.',
  },
  {
    name: 'SAMSYN_MAIL_FROM',
    type: 'mail address',
    default: '',
    description: 'The sender of mails: Samsyn <samsyn@example.com>. Needed with SMTP_URL.',
  },
  {
    name: 'SAMSYN_DATA_DIR',
    type: 'folder',
    default: './data',
    description: 'The folder for the embedded database and the key file.',
  },
  {
    name: 'SAMSYN_PUBLIC_URL',
    type: 'URL',
    default: 'http://localhost:PORT',
    description: 'The address by which people reach Samsyn: https://samsyn.example.com. https, except on this machine.',
  },
  {
    name: 'SAMSYN_SECRET_KEY',
    type: 'key',
    default: '',
    description:
      'The key for secrets in the database: base64 of 32 random bytes (openssl rand -base64 32). To change it: the new key, a comma, the earlier one. Empty: a key file is made in the data folder.',
  },
  {
    name: 'SAMSYN_ENTRA_CLIENT_ID',
    type: 'id',
    default: '',
    description: 'The application (client) id of the app registration in Entra ID.',
  },
  {
    name: 'SAMSYN_ENTRA_CLIENT_SECRET',
    type: 'secret',
    default: '',
    description: 'The client secret of the app registration. Either this or a certificate.',
  },
  {
    name: 'SAMSYN_ENTRA_SECRET_EXPIRES',
    type: 'date',
    default: '',
    description:
      'The day on which the client secret runs out, as Entra ID shows it: 2027-03-31. Administrators are told beforehand. A certificate says it by itself.',
  },
  {
    name: 'SAMSYN_ENTRA_CERTIFICATE',
    type: 'file',
    default: '',
    description: 'A PEM file with the private key and the certificate of the app registration.',
  },
  {
    name: 'SAMSYN_CLOUD',
    type: cloudNames.join(' | '),
    default: 'global',
    description: "Microsoft's cloud that the app registration and the tenants are in.",
  },
  {
    name: 'SAMSYN_ENTRA_SECOND_CLIENT_SECRET',
    type: 'secret',
    default: '',
    description:
      'A second client secret beside the first secret or certificate, while you change one for the other: when Microsoft refuses one, the other is used.',
  },
  {
    name: 'SAMSYN_ENTRA_SECOND_SECRET_EXPIRES',
    type: 'date',
    default: '',
    description: 'The day on which the second client secret runs out.',
  },
  {
    name: 'SAMSYN_ENTRA_SECOND_CERTIFICATE',
    type: 'file',
    default: '',
    description: 'The same with a certificate: a PEM file with its private key and the certificate.',
  },
  {
    name: 'SAMSYN_ENTRA_LOGIN_URL',
    type: 'URL',
    default: '',
    description: 'Where Microsoft signs in, instead of what SAMSYN_CLOUD says: for a stand-in.',
  },
  {
    name: 'SAMSYN_GRAPH_URL',
    type: 'URL',
    default: '',
    description: 'Where Microsoft Graph is, instead of what SAMSYN_CLOUD says: for a stand-in.',
  },
  {
    name: 'SAMSYN_GRAPH_LANES',
    type: 'number',
    default: '8',
    description:
      'How many lists of people are read side by side when a tenant of 25000 or more is read whole; 1 reads one after the other.',
  },
  {
    name: 'SAMSYN_APPROVE_CONNECTIONS',
    type: 'yes | no',
    default: 'no',
    description:
      'Whether you approve each connection before it is made: node src/cli.ts approvals lists those that wait, and answers them.',
  },
  {
    name: 'SAMSYN_LOG_LEVEL',
    type: logLevels.join(' | '),
    default: 'info',
    description: 'What is written to the log.',
  },
  {
    name: 'SAMSYN_POSTGRES_BIN',
    type: 'folder',
    default: '',
    description: 'A folder with initdb and postgres for the embedded database, instead of those that come with Samsyn.',
  },
  {
    name: 'SAMSYN_TRUST_PROXY',
    type: 'addresses',
    default: '',
    description:
      'Addresses or networks of your proxies, with commas: 10.0.0.0/8,loopback. Their X-Forwarded headers are believed.',
  },
  {
    name: 'SAMSYN_DEMO_USERS',
    type: 'number',
    default: '0',
    description:
      'Only for the demo: so many invented people more in the demo directory, up to 500000, when it is first made.',
  },
] as const satisfies readonly Option[];

type Name = (typeof options)[number]['name'];
export type Environment = Readonly<Record<string, string | undefined>>;

/** All that is wrong, a line each. Never holds a value that may be secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export function loadConfig(env: Environment = process.env): Config {
  const problems: string[] = [];
  /** Runs a check; what it says is wrong is kept, and the start goes on to the next option. */
  function read<T>(name: Name, check: (value: string) => T): T | undefined {
    const value = env[name]?.trim() || options.find((option) => option.name === name)?.default;
    if (!value) return undefined;
    try {
      return check(value);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      problems.push(`${name} ${error.message}`);
      return undefined;
    }
  }

  const port = read('PORT', portNumber) ?? 3000;
  const certificate = read('SAMSYN_ENTRA_CERTIFICATE', readCertificate);
  const secretExpiresAt = read('SAMSYN_ENTRA_SECRET_EXPIRES', dayOf);
  const cloud = clouds[read('SAMSYN_CLOUD', cloudName) ?? 'global'];
  const second = {
    secret: read('SAMSYN_ENTRA_SECOND_CLIENT_SECRET', (value) => value),
    expiresAt: read('SAMSYN_ENTRA_SECOND_SECRET_EXPIRES', dayOf),
    certificate: read('SAMSYN_ENTRA_SECOND_CERTIFICATE', readCertificate),
  };
  const config: Config = {
    port,
    host: read('HOST', hostName) ?? '',
    databaseUrl: read('DATABASE_URL', (value) => {
      const url = parseUrl(value, ['postgres:', 'postgresql:'], 'postgresql://user:password@host:5432/database');
      return url && value;
    }),
    smtpUrl: read(
      'SMTP_URL',
      (value) => parseUrl(value, ['smtp:', 'smtps:'], 'smtp://user:password@host:587') && value,
    ),
    mailFrom: read('SAMSYN_MAIL_FROM', mailAddress),
    dataDir: read('SAMSYN_DATA_DIR', (value) => path.resolve(value)) ?? '',
    publicUrl: read('SAMSYN_PUBLIC_URL', (value) => origin(value.replace(/:PORT$/, `:${port}`))) ?? '',
    secretKeys: read('SAMSYN_SECRET_KEY', parseSecretKeys) ?? [],
    entra: {
      clientId: read('SAMSYN_ENTRA_CLIENT_ID', uuid),
      clientSecret: read('SAMSYN_ENTRA_CLIENT_SECRET', (value) => value),
      certificatePem: certificate?.pem,
      second:
        second.certificate || second.secret
          ? { clientSecret: second.secret, certificatePem: second.certificate?.pem }
          : undefined,
      // As long as one of them is good, nothing stops.
      credentialExpiresAt: latest(
        certificate?.expiresAt ?? secretExpiresAt,
        second.certificate?.expiresAt ?? second.expiresAt,
      ),
      loginUrl: read('SAMSYN_ENTRA_LOGIN_URL', origin) ?? cloud.login,
      graphUrl: read('SAMSYN_GRAPH_URL', origin) ?? cloud.graph,
      lanes: read('SAMSYN_GRAPH_LANES', lanes) ?? 1,
    },
    approveConnections: read('SAMSYN_APPROVE_CONNECTIONS', yesOrNo) ?? false,
    logLevel: read('SAMSYN_LOG_LEVEL', logLevel) ?? 'info',
    postgresBin: read('SAMSYN_POSTGRES_BIN', (value) => path.resolve(value)),
    trustProxy: read('SAMSYN_TRUST_PROXY', proxies) ?? [],
    demoUsers: read('SAMSYN_DEMO_USERS', demoUsers) ?? 0,
  };

  problems.push(...checkTogether(env), ...unknownNames(env));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** What --help prints, and the documentation. */
export function describeOptions(): string {
  return options
    .map(
      (option) =>
        `  ${option.name} (${option.type}${option.default ? `, default ${option.default}` : ''})\n      ${option.description}\n`,
    )
    .join('');
}

/**
 * The keys of the configuration, or those of the key file. When there is none, it is made with `mayMake`, and null is answered without:
 * a database that has been sealed already needs its own key back. An existing file is never overwritten.
 */
export async function loadSecretKeys(
  config: Config,
  { mayMake }: { mayMake: boolean },
): Promise<{ key: Uint8Array; earlierKeys: Uint8Array[] } | null> {
  const keys = config.secretKeys.length > 0 ? config.secretKeys : await keysOfFile(config.dataDir, mayMake);
  if (keys === null) return null;
  const [key, ...earlierKeys] = keys;
  if (!key) throw new ConfigError(['SAMSYN_SECRET_KEY is empty']);
  return { key, earlierKeys };
}

async function keysOfFile(dataDir: string, mayMake: boolean): Promise<Uint8Array[] | null> {
  const file = path.join(dataDir, 'secret-key');
  try {
    if (!mayMake) return parseSecretKeys(await readFile(file, 'utf8'));
    await mkdir(dataDir, { recursive: true, mode: 0o711 });
    // Written whole under another name first: a crash leaves no half key, and of two that start at once the second loses.
    const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
    await writeFile(draft, randomBytes(32).toString('base64') + '\n', { mode: 0o600, flag: 'wx', flush: true });
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await rm(draft);
    return parseSecretKeys(await readFile(file, 'utf8'));
  } catch (error) {
    if (!mayMake && (error as NodeJS.ErrnoException).code === 'ENOENT') return null; // of the file system, or Wrong without a code
    const why = error instanceof Wrong ? error.message : ((error as NodeJS.ErrnoException).code ?? 'failed'); // of the file system
    throw new ConfigError([
      `The key file ${file} cannot be used (${why}): bring it back from a backup, or set SAMSYN_SECRET_KEY`,
    ]);
  }
}

class Wrong extends Error {}

function checkTogether(env: Environment): string[] {
  const has = (name: Name): boolean => Boolean(env[name]?.trim());
  const problems: string[] = [];
  if (has('SAMSYN_ENTRA_CLIENT_SECRET') && has('SAMSYN_ENTRA_CERTIFICATE')) {
    problems.push('SAMSYN_ENTRA_CLIENT_SECRET and SAMSYN_ENTRA_CERTIFICATE are both set: keep one of them');
  }
  const hasCredential = has('SAMSYN_ENTRA_CLIENT_SECRET') || has('SAMSYN_ENTRA_CERTIFICATE');
  if (has('SAMSYN_ENTRA_CLIENT_ID') && !hasCredential) {
    problems.push('SAMSYN_ENTRA_CLIENT_ID also needs SAMSYN_ENTRA_CLIENT_SECRET or SAMSYN_ENTRA_CERTIFICATE');
  }
  if (hasCredential && !has('SAMSYN_ENTRA_CLIENT_ID')) {
    problems.push('SAMSYN_ENTRA_CLIENT_SECRET and SAMSYN_ENTRA_CERTIFICATE need SAMSYN_ENTRA_CLIENT_ID');
  }
  if (has('SAMSYN_ENTRA_SECRET_EXPIRES') && !has('SAMSYN_ENTRA_CLIENT_SECRET')) {
    problems.push('SAMSYN_ENTRA_SECRET_EXPIRES is about SAMSYN_ENTRA_CLIENT_SECRET, which is not set');
  }
  if (has('SAMSYN_ENTRA_SECOND_CLIENT_SECRET') && has('SAMSYN_ENTRA_SECOND_CERTIFICATE')) {
    problems.push(
      'SAMSYN_ENTRA_SECOND_CLIENT_SECRET and SAMSYN_ENTRA_SECOND_CERTIFICATE are both set: keep one of them',
    );
  }
  if ((has('SAMSYN_ENTRA_SECOND_CLIENT_SECRET') || has('SAMSYN_ENTRA_SECOND_CERTIFICATE')) && !hasCredential) {
    problems.push(
      'SAMSYN_ENTRA_SECOND_… stands beside SAMSYN_ENTRA_CLIENT_SECRET or SAMSYN_ENTRA_CERTIFICATE, of which none is set',
    );
  }
  if (has('SAMSYN_ENTRA_SECOND_SECRET_EXPIRES') && !has('SAMSYN_ENTRA_SECOND_CLIENT_SECRET')) {
    problems.push('SAMSYN_ENTRA_SECOND_SECRET_EXPIRES is about SAMSYN_ENTRA_SECOND_CLIENT_SECRET, which is not set');
  }
  const named = env['SAMSYN_CLOUD']?.trim().toLowerCase();
  for (const name of ['SAMSYN_ENTRA_LOGIN_URL', 'SAMSYN_GRAPH_URL'] as const) {
    const part = name === 'SAMSYN_GRAPH_URL' ? 'graph' : 'login';
    const of = Object.values(clouds).filter((cloud) => cloud[part] === env[name]?.trim().replace(/\/$/, ''));
    if (named && of.length > 0 && !of.some((cloud) => cloud.name === named))
      problems.push(`${name} is not of the cloud ${named}, which SAMSYN_CLOUD says: leave it out`);
  }
  if (has('SMTP_URL') && !has('SAMSYN_MAIL_FROM')) {
    problems.push('SMTP_URL also needs SAMSYN_MAIL_FROM, the sender of mails: Samsyn <samsyn@example.com>');
  }
  return problems;
}

function latest(one: Date | undefined, other: Date | undefined): Date | undefined {
  return one === undefined || (other !== undefined && other > one) ? other : one;
}

/** A misspelt name would silently leave an option at its default. SAMSYN_TEST_* belong to the tests. */
function unknownNames(env: Environment): string[] {
  const names = options.map((option): string => option.name);
  return Object.keys(env)
    .filter((name) => name.startsWith('SAMSYN_') && !name.startsWith('SAMSYN_TEST_') && !names.includes(name))
    .map((name) => {
      const nearest = names.toSorted((a, b) => distance(a, name) - distance(b, name))[0] ?? '';
      const hint = distance(nearest, name) <= 5 ? `: did you mean ${nearest}?` : ': see --help for all options';
      return `${name} is not an option${hint}`;
    });
}

/** How many letters must be changed, added or removed to make one of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.split('').entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split('').entries()) {
      const [above = 0, left = 0, before = 0] = [row[j + 1], next[j], row[j]];
      next.push(Math.min(above + 1, left + 1, before + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function portNumber(value: string): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535) throw new Wrong('must be a number from 0 to 65535');
  return port;
}

function yesOrNo(value: string): boolean {
  if (value !== 'yes' && value !== 'no') throw new Wrong('must be yes or no');
  return value === 'yes';
}

const demoUsersMax = 500_000;

function demoUsers(value: string): number {
  if (!/^\d{1,6}$/.test(value) || Number(value) > demoUsersMax)
    throw new Wrong(`must be a number from 0 to ${demoUsersMax}`);
  return Number(value);
}

const lanesMax = 16;

function lanes(value: string): number {
  if (!/^\d{1,2}$/.test(value) || Number(value) < 1 || Number(value) > lanesMax)
    throw new Wrong(`must be a number from 1 to ${lanesMax}`);
  return Number(value);
}

function cloudName(value: string): CloudName {
  const known = cloudNames.find((name) => name === value.toLowerCase());
  if (known === undefined) throw new Wrong(`must be one of ${cloudNames.join(', ')}`);
  return known;
}

function hostName(value: string): string {
  if (isIP(value) === 0 && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value)) {
    throw new Wrong('must be an address or a host name without a port, such as 127.0.0.1 or 0.0.0.0');
  }
  return value;
}

function parseUrl(value: string, protocols: readonly string[], example: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(value);
  } catch {
    // told below, without the value: it may hold a password
  }
  if (!url || !protocols.includes(url.protocol)) {
    throw new Wrong(`must be written like ${example}, with special characters of a password percent-encoded`);
  }
  return url;
}

/** https, or http on this machine: what travels over it opens a directory. */
function origin(value: string): string {
  let url: URL | undefined;
  try {
    url = new URL(value);
  } catch {
    // told below
  }
  if (!url || !['https:', 'http:'].includes(url.protocol))
    throw new Wrong('must be an address such as https://samsyn.example.com');
  if (url.username || url.password || url.search || url.hash || url.pathname !== '/') {
    throw new Wrong('must be scheme, host and port only, such as https://samsyn.example.com');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new Wrong('must start with https:// (http:// only for localhost and 127.0.0.1)');
  }
  return url.origin;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

function mailAddress(value: string): string {
  if (!/^([^<>@\r\n]+<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(value)) {
    throw new Wrong('must be written like Samsyn <samsyn@example.com>');
  }
  return value;
}

/** The keys of an option or of a key file. Throws when there is anything else in it. */
export function parseSecretKeys(value: string): Uint8Array[] {
  return value
    .trim()
    .split(/\s*[,\n]\s*/)
    .map((text) => {
      const key = Buffer.from(text, 'base64');
      if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text) || key.length !== 32) {
        throw new Wrong('must be base64 of exactly 32 bytes: make one with openssl rand -base64 32');
      }
      return key;
    });
}

function uuid(value: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) {
    throw new Wrong('must be an id such as 11111111-2222-3333-4444-555555555555');
  }
  return value.toLowerCase();
}

function readCertificate(file: string): { pem: string; expiresAt: Date } {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Wrong(`must be a readable file (${(error as NodeJS.ErrnoException).code})`); // of the file system
  }
  if (!/-----BEGIN (RSA |EC )?PRIVATE KEY-----/.test(pem) || !pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new Wrong('must be a PEM file with an unencrypted private key and the certificate');
  }
  let fits: boolean;
  let certificate: X509Certificate;
  try {
    const key = createPrivateKey(pem);
    certificate = new X509Certificate(pem);
    fits = key.asymmetricKeyType === 'rsa' && certificate.checkPrivateKey(key);
  } catch {
    throw new Wrong('holds a private key or a certificate that cannot be read: make the file anew');
  }
  if (!fits) throw new Wrong('must hold an RSA key, and as its first certificate the one that was made for this key');
  return { pem, expiresAt: certificate.validToDate };
}

/** The beginning of the day: of two readings of a date the earlier one warns in time. */
function dayOf(value: string): Date {
  const day = new Date(`${value}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(value)) {
    throw new Wrong('must be a day such as 2027-03-31');
  }
  return day;
}

function logLevel(value: string): LogLevel {
  const level = logLevels.find((one) => one === value);
  if (!level) throw new Wrong(`must be one of ${logLevels.join(', ')}`);
  return level;
}

function proxies(value: string): string[] {
  return value.split(',').map((text) => {
    const entry = text.trim();
    if (entry === 'loopback') return entry;
    const [address = '', bits, ...rest] = entry.split('/');
    const family = isIP(address);
    const bitsMax = family === 4 ? 32 : 128;
    const bitsAreRight = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= bitsMax);
    if (family === 0 || !bitsAreRight || rest.length > 0) {
      throw new Wrong('must be addresses or networks with commas between, such as 10.0.0.0/8,loopback');
    }
    return entry;
  });
}
