// What the routes files of the door are given, beside what their rooms need.
import type { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { getServerInfo } from '../contract/api-session.ts';
import type { Database } from '../db/pool.ts';
import type { SignIn } from '../people/sign-in.ts';
import type { Limit } from './limit.ts';

export interface ServerConfig {
  /** Origin only: by it people reach the server. */
  publicUrl: string;
  version: string;
  demo: z.input<typeof getServerInfo.response>['demo'];
  /** The built web app. */
  webRoot: string;
  /** Why this server shows and changes nothing (F69); null for one that works. */
  readOnly: z.input<typeof getServerInfo.response>['readOnly'];
  /** Proxies whose X-Forwarded-For is believed. Empty: nobody's. */
  trustProxy: string[];
}

export interface RouteDeps {
  config: ServerConfig;
  db: Database;
  clock: Clock;
  log: Logger;
  signIn: SignIn;
  limit: Limit;
}
