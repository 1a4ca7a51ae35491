// Whose night is set, and as what: every connection whose steps are done, until it is turned off.
import { beforeEach, expect, test } from 'vitest';
import { useWorld, type Org } from '../../test/factories.ts';
import { createSealer } from '../base/seal.ts';
import { nextNightly } from '../jobs/nightly.ts';
import { tell } from '../notify/tell.ts';
import type { ConnectionDeps } from './deps.ts';
import { rescheduleNightly } from './reschedule.ts';
import { saveSchedule } from './save-settings.ts';
import { turnOff } from './turn-off.ts';
import { unheard } from '../../test/unheard.ts';

const world = await useWorld();
let org: Org;
let set: (string | null)[];
let deps: ConnectionDeps;

beforeEach(async () => {
  org = await world.connect();
  set = [];
  deps = {
    ...world.deps,
    sealer: createSealer(new Uint8Array(32)),
    publicUrl: 'http://localhost:3000',
    tell,
    ...unheard,
    nextNightly: (connection) => nextNightly(connection, world.deps.clock.now()),
    schedule: async (_tx, _organisationId, _connectionId, mode) => void set.push(mode),
  };
});

test('by hand or daily, it has its night, and follows the organisation', async () => {
  for (const mode of ['daily', 'manual'] as const) {
    await saveSchedule(deps, org.actor, { mode });
    await rescheduleNightly(deps, org.id);
  }
  expect(set).toEqual(['daily', 'daily', 'manual', 'manual']);
});

test('it has none before all steps are done, and none once it is off', async () => {
  await world.admin.query(`update connection set status = 'configuring', steps_done = '{groups}' where id = $1`, [
    org.connectionId,
  ]);
  await saveSchedule(deps, org.actor, { mode: 'daily' });
  await rescheduleNightly(deps, org.id);
  await turnOff(deps, org.actor);
  await rescheduleNightly(deps, org.id);
  expect(set).toEqual([null, null]);
});
