// What a run needs of the outside, composed once in main.ts.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Database } from '../db/pool.ts';
import type { Graph } from '../graph/graph.ts';
import type { TellOfRunDeps } from '../notify/tell-of-run.ts';

export interface RunDeps extends TellOfRunDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  graph: Graph;
}
