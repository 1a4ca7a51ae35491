// Entra ID and Graph, as the rest of the product sees them: sign-in, consent, and a reader for each tenant.
import type { Chance } from '../base/chance.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { createClient } from './client.ts';
import { cloudOf, type GraphConfig } from './cloud.ts';
import { consentUrl, type ConsentOptions } from './consent.ts';
import type { GraphFailure } from './failures.ts';
import { createCredentials } from './credentials.ts';
import type { Exchanger } from './exchange.ts';
import { createReader, type TenantReader } from './reader.ts';
import { createSend, defaultLimits, type Limits } from './send.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createTokens } from './tokens.ts';

export interface ReaderOptions {
  signal?: AbortSignal;
  /** Awaited before each request, also for a token; what it throws ends the reading. */
  before?: () => Promise<void>;
  /** Told when Microsoft asked for a wait, and with null when it is over. */
  onWait?: (until: Date | null) => void;
  /** All waits together; two hours for a run, a few seconds for a page that somebody looks at. */
  waitSecondsMax?: number;
}

export interface Graph {
  readonly signIn: SignIn;
  /** The address of Microsoft's consent page for one tenant. */
  consentUrl(options: ConsentOptions): string;
  reader(tenantId: string, options?: ReaderOptions): TenantReader;
  /** Drops the tenant's token from memory: when the sync is turned off, or a poor token is suspected. */
  forget(tenantId: string): void;
}

// Below it one chain is some 25 pages, and as many lists would hardly be quicker.
const shardsFromPeople = 25_000;
const lanesByDefault = 8;
const runWaitSecondsMax = 2 * 60 * 60;

/** For the operator's alarm (F3): what every organisation meets, and only who runs the server can end. */
const refusedCredentials =
  'Microsoft refuses the secret or certificate of the app registration. Nothing is synced until a new one is set';

export interface GraphDeps {
  config: GraphConfig;
  clock: Clock;
  log: Logger;
  limits?: Partial<Limits>;
  /** From how many people on a first read goes in shards. */
  shardsFrom?: number;
  /** How questions reach Microsoft and answers come back; over the network by default. */
  exchange?: Exchanger;
  /** For waits that Microsoft has not named. */
  chance?: Chance;
}

export function createGraph(deps: GraphDeps): Graph {
  const { config, clock, log } = deps;
  const cloud = cloudOf(config);
  const send = createSend({ clock, limits: { ...defaultLimits, ...deps.limits }, exchange: deps.exchange });
  const credentials = createCredentials(config, clock);
  const onRefused = ({ code, requestId }: GraphFailure) =>
    log.error(refusedCredentials, { code, request: requestId ?? undefined });
  const tokens = createTokens({ config, cloud, clock, send, credentials, onRefused });

  return {
    signIn: createSignIn({ config, cloud, clock, send, credentials, onRefused }),
    consentUrl: (options) => consentUrl(config, cloud, options),
    reader(tenantId, options = {}) {
      const client = createClient(
        { clock, log, send, tokens, chance: deps.chance },
        {
          tenantId,
          signal: options.signal ?? new AbortController().signal,
          before: options.before ?? (async () => undefined),
          onWait: options.onWait ?? (() => undefined),
          waitSecondsMax: options.waitSecondsMax ?? runWaitSecondsMax,
        },
      );
      return createReader(client, cloud, {
        tenantId,
        lanes: config.lanes ?? lanesByDefault,
        shardsFrom: deps.shardsFrom ?? shardsFromPeople,
      });
    },
    forget: (tenantId) => tokens.drop(tenantId),
  };
}
