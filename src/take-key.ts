// `take-new-key`: the way out for an operator whose key is lost for good. The server that only shows (F69) works again with the key
// of the configuration, or with a new key file.
import { present } from './base/assert.ts';
import { createSealer } from './base/seal.ts';
import type { Logger } from './base/log.ts';
import { loadSecretKeys, type Config } from './config.ts';
import { fitsServerKey, takeServerKey } from './db/server-key.ts';
import { withDatabase } from './main.ts';

/** False, and nothing has changed, when the key fitted already. The server must be stopped, or started again afterwards. */
export async function takeNewKey(config: Config, log: Logger): Promise<boolean> {
  return withDatabase(config, log, async (db) => {
    const keys = present(await loadSecretKeys(config, { mayMake: true }), 'a key file is made where there is none');
    const sealer = createSealer(keys.key, keys.earlierKeys);
    if (await fitsServerKey(db, sealer)) return false;
    await takeServerKey(db, sealer);
    return true;
  });
}
