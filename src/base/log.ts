// One JSON line per event. Only the fields listed here leave the process: a field that is not listed is dropped,
// so a careless `log.info('…', row)` cannot put names, addresses or tokens into the log.
import { writeSync } from 'node:fs';
import { systemClock, type Clock } from './clock.ts';
import { createLogSink } from './log-sink.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogFields {
  organisation?: string | undefined;
  run?: string | undefined;
  connection?: string | undefined;
  job?: string | undefined;
  queue?: string | undefined;
  /** A code from the list of errors, or of a database or system error. */
  code?: string | undefined;
  phase?: string | undefined;
  reason?: string | undefined;
  method?: string | undefined;
  /** The pattern of a route, such as /api/organisations/:organisation: never the path with its values. */
  route?: string | undefined;
  status?: number | undefined;
  ms?: number | undefined;
  count?: number | undefined;
  attempt?: number | undefined;
  waitSeconds?: number | undefined;
  /** Microsoft's id of a request to Graph: what their support asks for. */
  request?: string | undefined;
  /** Our own id of a request from a browser. */
  requestId?: string | undefined;
  /** Scheme, host and path; query, fragment and user are cut off. */
  url?: string | undefined;
  host?: string | undefined;
  port?: number | undefined;
  pid?: number | undefined;
  signal?: string | undefined;
  version?: string | undefined;
  migration?: string | undefined;
  folder?: string | undefined;
  option?: string | undefined;
  /** Becomes errorName, code, errorMessage (cleaned) and stack (frames only). */
  error?: unknown;
}

export interface Logger {
  debug(msg: string, fields?: LogFields): void;
  info(msg: string, fields?: LogFields): void;
  warn(msg: string, fields?: LogFields): void;
  error(msg: string, fields?: LogFields): void;
  /** A logger that adds these fields to each line. */
  with(fields: LogFields): Logger;
}

const allowed: readonly (keyof LogFields)[] = [
  'organisation',
  'run',
  'connection',
  'job',
  'queue',
  'code',
  'phase',
  'reason',
  'method',
  'route',
  'status',
  'ms',
  'count',
  'attempt',
  'waitSeconds',
  'request',
  'requestId',
  'url',
  'host',
  'port',
  'pid',
  'signal',
  'version',
  'migration',
  'folder',
  'option',
];

// A line of a log must fit in a terminal and a collector; a value that is longer is no identifier.
const textLengthMax = 500;
const standardOutput = 1;

interface LoggerOptions {
  level?: LogLevel;
  /** json: for machines. plain: for a person in front of a terminal. */
  format?: 'json' | 'plain';
  write?: (line: string) => void;
  clock?: Clock;
}

export function createLogger(options: LoggerOptions = {}): Logger {
  const { level = 'info', format = 'json', clock = systemClock } = options;
  const threshold = logLevels.indexOf(level);
  const noteDropped = (count: number): string =>
    formatted('warn', 'Lines of the log could not be written and are missing here', { count });
  // Not process.stdout: it ends the process when it cannot write, and is closed for good after that.
  const write = options.write ?? createLogSink((bytes) => writeSync(standardOutput, bytes), noteDropped);

  function formatted(lineLevel: Exclude<LogLevel, 'silent'>, msg: string, fields: CleanFields): string {
    const line = { time: clock.now().toISOString(), level: lineLevel, msg };
    return format === 'json' ? JSON.stringify({ ...line, ...fields }) + '\n' : plainLine({ ...line, fields });
  }

  function bound(base: LogFields): Logger {
    function line(lineLevel: Exclude<LogLevel, 'silent'>, msg: string, fields: LogFields = {}): void {
      if (logLevels.indexOf(lineLevel) < threshold) return;
      write(formatted(lineLevel, cleanText(msg), cleanFields({ ...base, ...fields })));
    }
    return {
      debug: (msg, fields) => line('debug', msg, fields),
      info: (msg, fields) => line('info', msg, fields),
      warn: (msg, fields) => line('warn', msg, fields),
      error: (msg, fields) => line('error', msg, fields),
      with: (fields) => bound({ ...base, ...fields }),
    };
  }
  return bound({});
}

type CleanFields = Record<string, string | number | boolean>;

function cleanFields(fields: LogFields): CleanFields {
  const clean: CleanFields = {};
  for (const name of allowed) {
    const value: unknown = fields[name];
    if (typeof value === 'number' || typeof value === 'boolean') clean[name] = value;
    else if (typeof value === 'string') clean[name] = name === 'url' ? cleanUrl(value) : cleanText(value);
  }
  if (fields.error !== undefined) {
    const { code, ...rest } = describeError(fields.error);
    Object.assign(clean, rest);
    if (code !== undefined && clean['code'] === undefined) clean['code'] = code;
  }
  return clean;
}

/** What may be told about an error: its kind, its code and its message without what looks like a secret or a person. */
export function describeError(error: unknown): {
  errorName: string;
  errorMessage: string;
  code?: string;
  stack?: string;
} {
  if (!(error instanceof Error))
    return { errorName: typeof error, errorMessage: 'Something that is not an error was thrown' };
  const code: unknown = 'code' in error ? error.code : undefined;
  const stack = error.stack
    ?.split('\n')
    .filter((frame) => /^\s+at /.test(frame) && !frame.includes('node:internal'))
    .slice(0, 6)
    .map((frame) => cleanText(frame.trim()))
    .join(' | ');
  return {
    errorName: error.name,
    errorMessage: cleanText(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: cleanText(String(code)) } : {}),
    ...(stack ? { stack } : {}),
  };
}

/** Cuts what looks like a secret or an address of a person out of a text. */
export function cleanText(text: string): string {
  const clean = text
    // Tokens with three parts (JWT), before the rule for long words.
    .replace(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, '[cut]')
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [cut]')
    // user:password@ in an address of a server.
    .replace(/\/\/[^\s/@]+@/g, '//[cut]@')
    // A query or fragment of an address.
    .replace(/(\bhttps?:\/\/[^\s?#"']+)[?#][^\s"')]*/gi, '$1')
    .replace(
      /\b([\w-]*(?:password|passwd|secret|token|assertion|authorization|cookie|api[-_]?key|private[-_]?key))(["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&"']+)/gi,
      '$1$2[cut]',
    )
    .replace(/\bcode=[^\s&"']+/g, 'code=[cut]')
    .replace(/-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g, '[cut]')
    .replace(/[^\s"'<>()=:,;]+@[^\s"'<>()=:,;]+\.[^\s"'<>()=:,;]+/g, '[address]')
    // A long run of letters and digits is a key or a token. Ids have dashes after at most 12 characters and stay.
    .replace(/[A-Za-z0-9+_]{32,}={0,2}/g, '[cut]');
  return clean.length > textLengthMax ? clean.slice(0, textLengthMax) + '…' : clean;
}

/** Scheme, host and path of an address. */
function cleanUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return cleanText(`${protocol}//${host}${pathname}`);
  } catch {
    return cleanText(url.replace(/[?#].*$/s, ''));
  }
}

function plainLine(line: { time: string; level: string; msg: string; fields: CleanFields }): string {
  const rest = Object.entries(line.fields)
    .filter(([name]) => name !== 'stack' && name !== 'errorName')
    .map(([name, value]) => (name === 'errorMessage' ? ` – ${value}` : ` ${name}=${value}`))
    .join('');
  const mark = line.level === 'info' ? '' : `${line.level}: `;
  return `${line.time.slice(11, 19)}  ${mark}${line.msg}${rest}\n`;
}
