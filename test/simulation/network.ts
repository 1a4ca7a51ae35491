// The network as a port: the production client's questions reach the emulator in process. Who asks parks before the question is sent and
// before the answer arrives, so that a worker can die with the question lost, or with the answer lost.
import { answerOutside, type Outside } from '../../emulator/outside.ts';
import type { Line } from '../../emulator/faults/line.ts';
import { whoAsks } from '../../emulator/faults/who.ts';
import type { Answer, Asked } from '../../emulator/http.ts';
import { OverLimit, type Exchange, type Exchanged, type Exchanger } from '../../src/graph/exchange.ts';
import type { Party, Scheduler } from './scheduler.ts';
import type { Seeded } from './seeded.ts';

export const emulatorUrl = 'http://emulator.test';

export interface Request {
  party: Party;
  label: string;
  url: string;
  /** Whose directory is asked, by token or address: every name of the tenant. */
  tenants: () => readonly string[];
}

export interface NetworkDeps {
  scheduler: Scheduler;
  outside: Outside;
  seed: Seeded;
  /** Told of each question that is sent. */
  asked: (request: Request) => void;
}

export interface Network {
  of(party: Party): Exchanger;
  readonly requests: number;
}

// A page of Graph takes about so long.
const [latencyMsMin, latencyMsMax] = [15, 250];

export function createNetwork({ scheduler, outside, seed, asked }: NetworkDeps): Network {
  const latency = seed.stream('latency');
  let requests = 0;
  return {
    get requests() {
      return requests;
    },
    of: (party) => async (exchange) => {
      const label = labelOf(exchange);
      await scheduler.park(party, `ask ${label}`, { signal: exchange.signal });
      requests += 1;
      const question: Asked = {
        method: exchange.method,
        url: new URL(exchange.url),
        headers: { host: 'emulator.test', ...exchange.headers },
        body: exchange.body ?? '',
      };
      asked({ party, label, url: exchange.url, tenants: () => whoAsks(outside, question).tenantNames });
      const { answer, line } = await scheduler.real(() => answerOutside(outside, question));
      const dueMs = scheduler.nowMs() + latency.whole(latencyMsMin, latencyMsMax) + delayOf(line);
      await scheduler.park(party, `answer ${label} ${answer.status}`, { dueMs, signal: exchange.signal });
      return receive(exchange, answer, line);
    },
  };
}

const delayOf = (line: Line | undefined): number => (line?.delayMs ?? 0) + (line?.dripMs ?? 0);

/** As the other end of the line sees it. */
function receive({ bodyBytesMax, onBytes }: Exchange, answer: Answer, line: Line | undefined): Exchanged {
  if (line?.reset === true) throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  onBytes();
  if (line?.cutAfter !== undefined) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
  const text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
  if (text.length > bodyBytesMax) throw new OverLimit(`body over ${bodyBytesMax} bytes`);
  const headers = new Map(Object.entries(answer.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return { status: answer.status, header: (name) => headers.get(name) ?? null, text };
}

/** What is asked, without ids, tokens and links. */
function labelOf({ method, url }: Exchange): string {
  const { pathname, searchParams } = new URL(url);
  const route = pathname.replace(/^\/v1\.0/, '').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '…');
  const kind = ['$deltatoken', '$skiptoken', '$filter'].filter((name) => searchParams.has(name)).join(' ');
  return `${method} ${route}${kind === '' ? '' : ` ${kind}`}`;
}
