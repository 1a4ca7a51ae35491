// Somebody whom no run has read, looked for in Entra itself.
import { expect, test } from 'vitest';
import { useWorld } from '../../test/factories.ts';
import { newId } from '../base/ids.ts';
import { askEntra } from './ask-entra.ts';

const world = await useWorld();
const { store } = world.emulator;

test('who was made since the last run is found by name, address and object id, and said not to be read', async () => {
  const org = await world.connect();
  const read = org.addPerson({ displayName: 'Berit Läst' });
  await org.run();
  const { id } = org.addPerson({
    displayName: 'Berit Ny',
    mail: 'berit.ny@x.example',
    userType: 'Guest',
    accountEnabled: false,
  });
  const ask = (search: string) => askEntra(world.deps, org.actor, { search });
  const answer = await ask('berit');
  expect(answer).toMatchObject({ rule: 'all', includeGuests: false, includeDisabled: false });
  expect(Date.parse(answer.readAt ?? '')).toBeGreaterThan(0);
  const said = answer.items.map((one) => [one.displayName, one.isRead, one.isGuest, one.isDisabled]);
  expect(said).toHaveLength(2);
  expect(said).toEqual(
    expect.arrayContaining([
      ['Berit Läst', true, false, false],
      ['Berit Ny', false, true, true],
    ]),
  );
  for (const search of ['berit.ny@x', id, id.toUpperCase()]) {
    expect((await ask(search)).items, search).toMatchObject([{ id, isRead: false, isDeleted: false }]);
  }
  expect((await ask(newId())).items).toEqual([]);
  expect(read.id).not.toBe(id);
});

test('by object id also among the deleted items', async () => {
  const org = await world.connect();
  const { id } = org.addPerson({ displayName: 'Kort Gäst' });
  store.deleteUser(org.tenantId, id);
  expect((await askEntra(world.deps, org.actor, { search: id })).items).toMatchObject([
    { id, isDeleted: true, isRead: false },
  ]);
});

test('I30 nothing is asked of Microsoft once the sync is off', async () => {
  const org = await world.connect();
  await world.admin.query(`update connection set status = 'off', turned_off_at = now() where organisation_id = $1`, [
    org.id,
  ]);
  await expect(askEntra(world.deps, org.actor, { search: 'a' })).rejects.toMatchObject({ code: 'not_connected' });
});
