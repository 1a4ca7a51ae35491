// `take-new-key`: the way out for an operator whose key is lost for good. The server that only shows (F69) works again with the key
// of the configuration, or with a new key file.
import { createSealer } from './base/seal.ts';
import type { Logger } from './base/log.ts';
import { ConfigError, loadSecretKeys, type Config } from './config.ts';
import { fitsServerKey, takeServerKey } from './db/server-key.ts';
import { openDatabase } from './main.ts';

/** False, and nothing has changed, when the key fitted already. The server must be stopped, or started again afterwards. */
export async function takeNewKey(config: Config, log: Logger): Promise<boolean> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const { db } = await openDatabase(config, log, stops);
    const keys = await loadSecretKeys(config, { mayMake: true });
    if (keys === null) throw new ConfigError(['The key file cannot be made']);
    const sealer = createSealer(keys.key, keys.earlierKeys);
    if (await fitsServerKey(db, sealer)) return false;
    await takeServerKey(db, sealer);
    return true;
  } finally {
    for (const end of stops.reverse()) await end();
  }
}
