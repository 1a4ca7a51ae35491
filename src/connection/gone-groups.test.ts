// F8 at the choice of groups: one that is held as gone may stay chosen while another is changed; any other must exist in Entra.
import { expect, test } from 'vitest';
import { useWorld } from '../../test/factories.ts';
import { unheard } from '../../test/unheard.ts';
import { createSealer } from '../base/seal.ts';
import type { GroupsSettings } from '../contract/settings.ts';
import { nextNightly } from '../jobs/nightly.ts';
import { tell } from '../notify/tell.ts';
import { getConnection } from './get-connection.ts';
import { saveGroups } from './save-settings.ts';

const world = await useWorld();
const { store } = world.emulator;

test('F8: while one group is gone others can be chosen and left, and the page names it with its number', async () => {
  const org = await world.connect();
  const deps = {
    ...world.deps,
    sealer: createSealer(new Uint8Array(32)),
    publicUrl: 'http://localhost:3000',
    tell,
    ...unheard,
    nextNightly,
    schedule: async () => undefined,
  };
  const person = org.addPerson();
  const [gone, other, unread] = ['borta', 'kvar', 'oläst'].map((displayName) => ({
    id: store.createGroup(org.tenantId, { displayName }).id,
    name: displayName,
  }));
  if (!gone || !other || !unread) throw new Error('three groups were made');
  store.addMember(org.tenantId, gone.id, person.id);
  const choose = (...groups: GroupsSettings['groups']) =>
    saveGroups(deps, org.actor, { scope: 'groups', groups, includeGuests: false, includeDisabled: false });
  const shown = async () => (await getConnection(deps, org.actor)).connection?.goneGroups;
  await choose(gone);
  await org.run();
  await org.link(person.id, await org.addAppUser({ displayName: 'Någon' }));
  expect(await shown()).toEqual([]);
  store.deleteGroup(org.tenantId, gone.id);
  await expect(choose(gone, other), 'no run has found it yet').rejects.toMatchObject({ code: 'group_unknown' });
  await org.run();
  expect(await shown()).toMatchObject([{ id: gone.id, name: 'borta', leaving: 1 }]);
  await choose(gone, other);
  expect(await shown()).toMatchObject([{ id: gone.id, name: 'borta', leaving: 1 }]);
  store.deleteGroup(org.tenantId, unread.id);
  await expect(choose(gone, unread)).rejects.toMatchObject({ code: 'group_unknown' });
  await choose(other);
  expect(await shown(), 'no longer chosen, and not yet run').toEqual([]);
  await expect(choose(gone, other), 'out of the choice there is no way back').rejects.toMatchObject({
    code: 'group_unknown',
  });
  expect(await org.run()).toMatchObject({ counts: { gone: 1, people: 0 } });
});
