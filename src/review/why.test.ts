// Why is this person (not) here? Each situation that the view knows, and the ways through groups, against the emulator's directory.
import { describe, expect, test } from 'vitest';
import { useWorld, type Org } from '../../test/factories.ts';
import { newId } from '../base/ids.ts';
import type { Why } from '../contract/api-why.ts';
import { situations } from '../contract/situations.ts';
import { keep } from './gone.ts';
import { ignore } from './ignore.ts';
import { getWhy, searchWhy } from './why.ts';

const world = await useWorld();
const { store } = world.emulator;

const why = (org: Org, id: string) => getWhy(world, org.actor, { id });
const waysOf = ({ paths }: Why) => paths.map(({ groups }) => groups.map(({ name }) => name).join(' › '));

function addGroup(org: Org, name: string, ...members: { id: string }[]): { id: string; name: string } {
  const { id } = store.createGroup(org.tenantId, { displayName: name });
  for (const member of members) store.addMember(org.tenantId, id, member.id);
  return { id, name };
}

describe('each situation', () => {
  const seen = new Set<string | null>();
  const note = (answer: Why) => {
    seen.add(answer.situation);
    return answer;
  };

  test('linked: to whom, since when and by whom; and the same after the person is gone, with the evidence', async () => {
    const org = await world.connect();
    const { id } = org.addPerson({ displayName: 'Länkad' });
    const kept = org.addPerson({ displayName: 'Behållen' });
    await org.run();
    const appUserId = await org.addAppUser({ displayName: 'I appen', email: 'app@x.example' });
    const keptId = await org.addAppUser({ displayName: 'Kvar' });
    await org.link(id, appUserId);
    await org.link(kept.id, keptId);
    await org.run();
    const there = note(await why(org, id));
    expect(there).toMatchObject({
      situation: 'linked',
      person: { displayName: 'Länkad' },
      scope: { isIn: true, rule: 'all', outReason: null },
      link: { appUser: { id: appUserId, displayName: 'Länkad' }, by: 'Ada Admin' },
      deleted: null, held: null, ignored: null, kept: null,
    }); // prettier-ignore
    store.deleteUser(org.tenantId, id);
    store.deleteUser(org.tenantId, kept.id);
    await org.run();
    const gone = note(await why(org, id));
    expect(gone).toMatchObject({
      situation: 'deleted',
      scope: { isIn: false },
      deleted: { reason: 'deleted', evidence: 'deleted_items' },
      link: { by: 'Ada Admin' },
    });
    expect(Date.parse(gone.deleted?.since ?? '')).toBeGreaterThan(Date.parse(there.readAt ?? ''));
    await keep(world, org.actor, { appUserIds: [keptId] });
    expect((await why(org, kept.id)).kept).toMatchObject({ by: 'Ada Admin' });
  });

  test('unlinked, disputed, unmatched: how many app users it may be', async () => {
    const org = await world.connect();
    const one = org.addPerson({ mail: 'one@x.example' });
    const several = org.addPerson({ mail: 'several@x.example' });
    const none = org.addPerson();
    await org.addAppUser({ displayName: 'Ett', email: 'one@x.example' });
    await org.addAppUser({ displayName: 'A', email: 'several@x.example' });
    await org.addAppUser({ displayName: 'B', email: 'several@x.example' });
    await org.run();
    expect(note(await why(org, one.id))).toMatchObject({ situation: 'unlinked', candidates: 1, link: null });
    expect(note(await why(org, several.id))).toMatchObject({ situation: 'disputed', candidates: 2 });
    expect(note(await why(org, none.id))).toMatchObject({ situation: 'unmatched', candidates: 0 });
  });

  test('ignored: by whom, when and with which reason', async () => {
    const org = await world.connect();
    const { id } = org.addPerson();
    await org.run();
    await ignore(world, org.actor, { objectIds: [id], reason: 'konferensrum' });
    expect(note(await why(org, id))).toMatchObject({
      situation: 'ignored',
      ignored: { by: 'Ada Admin', reason: 'konferensrum' },
    });
  });

  test('out of scope and linked, and nobody’s concern when not: the rule that leaves them out', async () => {
    const org = await world.connect();
    const [inside, outside] = [org.addPerson(), org.addPerson()];
    const disabled = org.addPerson({ accountEnabled: false });
    const guest = org.addPerson({ userType: 'Guest' });
    const chosen = addGroup(org, 'telefoni', inside, outside, disabled, guest);
    addGroup(org, 'annat', outside);
    await org.set({ groups: [chosen] });
    await org.run();
    await org.link(outside.id, await org.addAppUser({ displayName: 'Utanför' }));
    store.removeMember(org.tenantId, chosen.id, outside.id);
    await org.run();
    expect(note(await why(org, outside.id))).toMatchObject({
      situation: 'out_of_scope',
      scope: { isIn: false, rule: 'groups', outReason: 'left_groups' },
      paths: [],
      chosenGroups: 1,
    });
    expect(note(await why(org, disabled.id))).toMatchObject({
      situation: null,
      scope: { isIn: false, outReason: 'disabled', isDisabled: true, includeDisabled: false },
    });
    // In the group, and left out by the filter: both are said.
    expect(waysOf(await why(org, disabled.id))).toEqual(['telefoni']);
    expect(await why(org, guest.id)).toMatchObject({ scope: { outReason: 'guest', isGuest: true } });
  });

  test('every situation of the view has been asked about', () => {
    expect(seen).toEqual(new Set([...situations, null]));
  });
});

test('held by the brake: what the directory says and who let it wait, while the person counts as before', async () => {
  const org = await world.connect();
  const { id } = org.addPerson();
  await org.run();
  await world.admin.query(
    `update directory_user set held_at = now(), held_reason = 'deleted', held_evidence = 'not_found', held_decision = 'waiting', held_decided_by = $2
     where organisation_id = $1`,
    [org.id, org.actor.appUserId],
  );
  expect(await why(org, id)).toMatchObject({
    situation: 'unmatched',
    scope: { isIn: true },
    held: { reason: 'deleted', evidence: 'not_found', decision: 'waiting', decidedBy: 'Ada Admin' },
  });
});

describe('the ways through groups', () => {
  test('nested, a diamond, a cycle, several chosen: the shortest way from each', async () => {
    const org = await world.connect();
    const person = org.addPerson();
    const stranger = org.addPerson();
    const team = addGroup(org, 'Team Umeå', person);
    const north = addGroup(org, 'Norr', team);
    const sales = addGroup(org, 'Försäljning', north, team);
    const all = addGroup(org, 'Alla', sales, stranger);
    // A cycle, back to the top.
    store.addMember(org.tenantId, team.id, all.id);
    const besides = addGroup(org, 'Bredvid', person);
    const unrelated = addGroup(org, 'Orelaterad');
    await org.set({ groups: [all, north, besides, unrelated] });
    await org.run();
    const answer = await why(org, person.id);
    expect(waysOf(answer)).toEqual(['Bredvid', 'Norr › Team Umeå', 'Alla › Försäljning › Team Umeå']);
    expect(answer).toMatchObject({ groups: ['Bredvid', 'Team Umeå'], chosenGroups: 4, scope: { isIn: true } });
    // By way of the cycle this one is in them too.
    expect(waysOf(await why(org, stranger.id))).toEqual(['Alla', 'Norr › Team Umeå › Alla']);
  });

  test('F8 a chosen group that is gone holds whom it had, and is named with since when', async () => {
    const org = await world.connect();
    const person = org.addPerson();
    const gone = addGroup(org, 'telefoni', person);
    const other = addGroup(org, 'växel');
    await org.set({ groups: [gone, other] });
    await org.run();
    store.deleteGroup(org.tenantId, gone.id);
    await org.run();
    const answer = await why(org, person.id);
    expect(answer).toMatchObject({ scope: { isIn: true }, paths: [], goneGroups: [{ name: 'telefoni' }] });
    expect(Date.parse(answer.goneGroups[0]?.since ?? '')).toBeGreaterThan(0);
  });

  test('where everybody counts no groups are read, and none are told', async () => {
    const org = await world.connect();
    const person = org.addPerson();
    addGroup(org, 'telefoni', person);
    await org.run();
    expect(await why(org, person.id)).toMatchObject({ paths: [], groups: [], chosenGroups: 0, scope: { rule: 'all' } });
  });
});

describe('the search', () => {
  test('finds everybody who was ever read, with where they stand', async () => {
    const org = await world.connect();
    org.addPerson({ displayName: 'Åsa Fri' });
    const away = org.addPerson({ displayName: 'Åsa Borta' });
    org.addPerson({ displayName: 'Åsa Gäst', userType: 'Guest' });
    org.addPerson({ displayName: 'Någon Annan' });
    await org.run();
    await org.link(away.id, await org.addAppUser({ displayName: 'x' }));
    store.deleteUser(org.tenantId, away.id);
    await org.run();
    const { items } = await searchWhy(world, org.actor, { search: 'åsa' });
    expect(items.map(({ person, situation, inScope }) => [person.displayName, situation, inScope])).toEqual([
      ['Åsa Borta', 'deleted', false],
      ['Åsa Fri', 'unmatched', true],
      ['Åsa Gäst', null, false],
    ]);
  });

  test('somebody of another organisation, or whom no run has read, is not found', async () => {
    const [org, other] = [await world.connect(), await world.connect()];
    const { id } = other.addPerson({ displayName: 'Hemlig' });
    await other.run();
    await org.run();
    expect((await searchWhy(world, org.actor, { search: 'Hemlig' })).items).toEqual([]);
    await expect(why(org, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(why(org, newId())).rejects.toMatchObject({ code: 'not_found' });
  });
});
