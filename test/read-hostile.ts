// A process of its own that lists the users of one Graph and says how that ended and how much memory it took at its peak.
// Arguments: the origin, and how many users are expected.
import process from 'node:process';
import { systemClock } from '../src/base/clock.ts';
import { createLogger } from '../src/base/log.ts';
import { GraphFailure } from '../src/graph/failures.ts';
import { createGraph } from '../src/graph/graph.ts';
import { tenantId } from './hostile-graph.ts';

const [url = '', expected = ''] = process.argv.slice(2);
const graph = createGraph({
  config: { clientId: tenantId, clientSecret: 'x', loginUrl: url, graphUrl: url },
  clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms === 1000 ? ms : 0, signal) },
  log: createLogger({ level: 'silent' }),
});
let people = 0;
let ended: string;
try {
  const list = graph
    .reader(tenantId)
    .listUsers(['department'], { expected: expected === '' ? null : Number(expected) });
  for await (const { items } of list) people += items.length;
  ended = 'whole';
} catch (error) {
  if (!(error instanceof GraphFailure)) throw error;
  ended = `${error.code} ${error.graphCode ?? ''}`.trim();
}
process.stdout.write(JSON.stringify({ ended, people, peakMiB: process.resourceUsage().maxRSS / 1024 }));
