// F52: the organisation connects to another tenant than before. What it knew of the earlier one stays, and is applied to nobody new.
import { expect, test } from 'vitest';
import { dump, useWorld } from './factories.ts';
import { createSealer } from '../src/base/seal.ts';
import { turnOff } from '../src/connection/turn-off.ts';
import { tell } from '../src/notify/tell.ts';
import { listReview } from '../src/review/lists.ts';
import { unheard } from './unheard.ts';

const world = await useWorld();

test('F52 connected to another tenant: the earlier tenant’s links and ignored marks stay as they were, nobody is linked by an address, and no field follows', async () => {
  const org = await world.connect();
  const mail = `anna@delad.example`;
  const anna = org.addPerson({ displayName: 'Anna i den första', mail });
  const ignored = org.addPerson({ displayName: 'Växeln' });
  const appUserId = await org.addAppUser({ displayName: 'Anna', email: mail });
  await org.run();
  await org.link(anna.id, appUserId);
  await world.admin.query('insert into ignored (organisation_id, tenant_id, object_id) values ($1, $2, $3)', [
    org.id,
    org.tenantId,
    ignored.id,
  ]);
  await turnOff(
    {
      ...world.deps,
      ...unheard,
      tell,
      sealer: createSealer(new Uint8Array(32)),
      publicUrl: 'http://localhost',
      schedule: async () => undefined,
      nextNightly: () => new Date(0),
    },
    org.actor,
  );
  const parked = await dump(world, org.id, ['link', 'ignored', 'app_user', 'field_change']);

  const other = world.emulator.store.createTenant({ displayName: 'Den andra', domains: ['andra.example'] });
  const now = await world.connect({ again: org, tenantId: other.id });
  expect(now.id).toBe(org.id);
  // The same address, the same name and even the same employee: of another tenant it is somebody else.
  const twin = now.addPerson({ displayName: 'Anna i den andra', mail });
  expect(await now.run()).toMatchObject({ state: 'ok', counts: { people: 1, changedUsers: 0, gone: 0 } });
  expect(await dump(world, org.id, ['link', 'ignored', 'app_user', 'field_change'])).toEqual(parked);
  const suggested = await listReview({ db: world.db }, now.actor, { list: 'suggested', limit: 50, kept: 'without' });
  expect(
    suggested.items.map(({ person, candidates }) => [person?.id, candidates.map(({ reasons }) => reasons)]),
  ).toEqual([[twin.id, [['same_email']]]]);
  const gone = await listReview({ db: world.db }, now.actor, { list: 'gone', limit: 50, kept: 'without' });
  expect(gone.items).toEqual([]);
});
