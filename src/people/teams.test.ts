// Teams and fields of an organisation's own: names that are told apart as people tell them apart, keys that never change, and
// limits that hold when many come at once.
import { beforeEach, describe, expect, test } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { addAppUser, addOrganisation, type Org } from '../../test/people.ts';
import { inOrganisation } from '../db/transaction.ts';
import { customFieldSchema } from '../contract/api-people.ts';
import { createCustomField, keyOfLabel, listCustomFields, requireKnownFields } from './custom-fields.ts';
import { getAppUser } from './read-app-user.ts';
import { removeAppUser } from '../review/remove-app-user.ts';
import { createTeam, deleteTeam, listTeamMembers, listTeams, updateTeam } from './teams.ts';

const { db } = await useDatabase();
const deps = { db };
let org: Org;
let count = 0;
beforeEach(async () => {
  org = await addOrganisation(db, `org${(count += 1)}.test`);
});

const team = (name: string) => createTeam(deps, org.admin.actor, { name });
const field = (label: string) => createCustomField(deps, org.admin.actor, { label });

describe('a team', () => {
  test('stands in the list in Swedish order, with how many are in it', async () => {
    for (const name of ['Öst', 'Ängs', 'Zon', 'Åkare', 'ådra']) await team(name);
    const { items } = await listTeams(deps, org.admin.actor);
    expect(items.map(({ name }) => name)).toEqual(['Zon', 'ådra', 'Åkare', 'Ängs', 'Öst']);
    expect(items.every(({ members }) => members === 0)).toBe(true);
  });

  test('has a name of its own, whatever the case and however å is typed; another organisation may use it too', async () => {
    const { id } = await team('Åkare');
    for (const name of ['åkare', 'ÅKARE', 'A\u030Akare'])
      await expect(team(name)).rejects.toMatchObject({ code: 'name_taken' });
    await team('Akare');
    // Its own in another case is no other's.
    expect(await updateTeam(deps, org.admin.actor, { id, name: 'ÅKARE' })).toMatchObject({ name: 'ÅKARE' });
    await expect(updateTeam(deps, org.admin.actor, { id, name: 'akare' })).rejects.toMatchObject({
      code: 'name_taken',
    });
    const other = await addOrganisation(db, `other${count}.test`);
    await createTeam(deps, other.admin.actor, { name: 'Åkare' });
  });

  test('of ten who create it at once, one does', async () => {
    const ends = await Promise.allSettled(Array.from({ length: 10 }, () => team('Snickare')));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('of two teams that take the same name at once, one gets it and the other is told so', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ids = [(await team(`Ett ${round}`)).id, (await team(`Två ${round}`)).id];
      const ends = await Promise.allSettled(
        ids.map((id) => updateTeam(deps, org.admin.actor, { id, name: `Samma ${round}` })),
      );
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'name_taken' } });
    }
  });

  test('has exactly the members that were set, none of another organisation and none who was removed', async () => {
    const { id } = await team('Snickare');
    const other = await addOrganisation(db, `other${count}.test`);
    const gone = await addAppUser(db, org.id, { displayName: 'Bo' });
    const set = (memberIds: string[]) => updateTeam(deps, org.admin.actor, { id, memberIds });
    expect(await set([org.admin.id, org.member.id, gone])).toMatchObject({ members: 3 });
    await expect(set([other.member.id])).rejects.toMatchObject({ code: 'invalid_input' });
    await removeAppUser(deps, org.admin.actor, { id: gone });
    expect((await listTeamMembers(deps, org.admin.actor, { id })).items.map((one) => one.id).toSorted()).toEqual([org.admin.id, org.member.id].toSorted()); // prettier-ignore
    expect((await listTeams(deps, org.admin.actor)).items).toMatchObject([{ members: 2 }]);
    await expect(set([gone])).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await set([])).toMatchObject({ members: 0 });
  });

  test('that is deleted leaves its members where they are', async () => {
    const { id } = await team('Snickare');
    await updateTeam(deps, org.admin.actor, { id, memberIds: [org.member.id] });
    await deleteTeam(deps, org.admin.actor, { id });
    expect(await getAppUser(deps, org.admin.actor, { id: org.member.id })).toMatchObject({ teams: [] });
    await expect(deleteTeam(deps, org.admin.actor, { id })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a field of one’s own', () => {
  test.each([
    ['Kostnadsställe', 'kostnadsstalle'],
    ['Anställnings-nr (HR)', 'anstallnings_nr_hr'],
    ['  Ørsted & Søn ', 'orsted_son'],
    ['2:a chef', 'field_2_a_chef'],
    ['Straße', 'strasse'],
    ['日本', 'field'],
    ['__proto__', 'proto'],
    ['constructor', 'constructor'],
    ['x'.repeat(60), 'x'.repeat(40)],
  ])('%j gets the key %s, which the contract takes', (label, key) => {
    expect(keyOfLabel(label)).toBe(key);
    expect(customFieldSchema.shape.key.safeParse(key).success).toBe(true);
  });

  test('two labels that give the same key get two keys; the same label twice is refused', async () => {
    expect([await field('Plats 1'), await field('Plats-1'), await field('Plats/1')].map(({ key }) => key)).toEqual(['plats_1', 'plats_1_2', 'plats_1_3']); // prettier-ignore
    await expect(field('PLATS 1')).rejects.toMatchObject({ code: 'name_taken' });
    const long = await Promise.all(['A', 'B', 'C'].map((ending) => field(`${'x'.repeat(50)}${ending}`)));
    expect(new Set(long.map(({ key }) => key)).size).toBe(3);
    expect(long.every(({ key }) => key.length <= 40)).toBe(true);
  });

  test('there are at most fifty, also when many are added at once', async () => {
    for (let number = 1; number <= 47; number += 1) await field(`Fält ${number}`);
    const ends = await Promise.allSettled([1, 2, 3, 4, 5].map((number) => field(`Sent ${number}`)));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    await expect(field('Ett till')).rejects.toMatchObject({
      code: 'custom_field_limit',
      detail: { params: { max: 50 } },
    });
    expect((await listCustomFields(deps, org.member.actor)).items).toHaveLength(50);
  });

  test('is known in its own organisation only', async () => {
    await field('Skonummer');
    const other = await addOrganisation(db, `other${count}.test`);
    const known = (of: Org, ...targets: string[]) =>
      inOrganisation(db, of.id, (tx) => requireKnownFields(tx, of.id, targets));
    await known(org, 'custom:skonummer', 'email');
    await known(other, 'email');
    await expect(known(other, 'custom:skonummer')).rejects.toMatchObject({ code: 'field_unknown' });
    await expect(known(org, 'custom:skonummer', 'custom:hatt')).rejects.toMatchObject({ code: 'field_unknown', detail: { fields: [{ path: 'custom:hatt' }] } }); // prettier-ignore
  });
});
