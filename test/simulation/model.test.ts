// Examples worked out by hand, by which the reference model itself is judged before it judges the engine.
import { describe, expect, test } from 'vitest';
import type { Deed, ModelMapping } from './model-deeds.ts';
import { fieldKey } from './model-deeds.ts';
import type { Choice } from './model-directory.ts';
import { Model } from './model.ts';

const everybody: Choice = { scope: 'all', groups: [], includeGuests: false, includeDisabled: false };
const mail: ModelMapping = { source: 'mail', target: 'email', write: 'always', empty: 'keep' };
const title: ModelMapping = { source: 'jobTitle', target: 'jobTitle', write: 'when_empty', empty: 'keep' };
const manager: ModelMapping = { source: 'manager', target: 'manager', write: 'always', empty: 'clear' };

/** Anna, linked to the app user A, and Bo, who is available; everybody is in scope, and the engine has caught up at step 1. */
function annaAndBo(choice: Choice = everybody, mappings: readonly ModelMapping[] = [mail, title, manager]): Model {
  const model = new Model();
  model.happened(
    0,
    { op: 'create', id: 'anna', attributes: { mail: 'anna@a.se', displayName: 'Anna' }, manager: 'bo' },
    { op: 'create', id: 'bo', attributes: { mail: 'bo@a.se', displayName: 'Bo' } },
    { op: 'createGroup', id: 'outer', name: 'Outer', members: ['inner'] },
    { op: 'createGroup', id: 'inner', name: 'Inner', members: ['anna', 'outer'] },
  );
  model.done(0, { deed: 'chooseGroups', choice });
  model.done(0, { deed: 'saveMappings', mappings });
  model.done(0, { deed: 'addAppUser', user: 'A', fields: { email: 'old@a.se', jobTitle: '', city: 'Lund' } });
  model.done(0, { deed: 'link', object: 'anna', user: 'A' });
  model.atRest(1);
  return model;
}

const inGroups = { ...everybody, scope: 'groups', groups: ['outer'] } as const;

describe('scope', () => {
  test('counts members of nested groups, and ends at a circle', () => {
    expect(annaAndBo(inGroups).scope().must).toEqual(new Set(['anna']));
  });

  test('F38 tells who left the groups from who was deleted, and a purge from a deletion (F30)', () => {
    const model = annaAndBo(inGroups);
    model.happened(2, { op: 'removeMember', group: 'inner', member: 'anna' });
    expect(model.gone().get('anna')).toEqual({ reasons: new Set(['left_groups']), sure: true, kept: 'no' });
    model.happened(3, { op: 'softDelete', id: 'anna' });
    expect(model.gone().get('anna')?.reasons).toEqual(new Set(['deleted']));
    model.happened(4, { op: 'hardDelete', id: 'anna' });
    expect(model.gone().get('anna')?.reasons).toEqual(new Set(['purged']));
  });

  test('F31 a soft-deleted person keeps their groups, and is in scope again when restored', () => {
    const model = annaAndBo(inGroups);
    model.happened(2, { op: 'softDelete', id: 'anna' });
    expect(model.scope().may).toEqual(new Set());
    model.happened(3, { op: 'restore', id: 'anna' });
    expect(model.scope().must).toEqual(new Set(['anna']));
    expect(model.gone().size).toBe(0);
  });

  test('F37 names each reason that is true', () => {
    const model = annaAndBo(inGroups);
    model.happened(2, { op: 'change', id: 'anna', enabled: false, guest: true });
    expect(model.gone().get('anna')?.reasons).toEqual(new Set(['disabled', 'guest']));
    model.done(3, { deed: 'chooseGroups', choice: { ...inGroups, includeGuests: true, includeDisabled: true } });
    expect(model.gone().size).toBe(0);
  });

  test('F8 a chosen group that is deleted keeps its people until a person takes it out of the choice', () => {
    const model = annaAndBo(inGroups);
    model.happened(2, { op: 'deleteGroup', id: 'outer' }, { op: 'deleteGroup', id: 'inner' });
    expect(model.scope().must).toEqual(new Set(['anna']));
    model.done(3, { deed: 'chooseGroups', choice: { ...inGroups, groups: [] } });
    expect(model.gone().get('anna')?.reasons).toEqual(new Set(['left_groups']));
  });

  test('F8 cannot know of a person who left just before the group was deleted', () => {
    const model = annaAndBo(inGroups);
    model.happened(2, { op: 'removeMember', group: 'inner', member: 'anna' });
    model.happened(3, { op: 'deleteGroup', id: 'outer' });
    expect(model.scope()).toEqual({ must: new Set(), may: new Set(['anna']) });
    expect(model.gone().get('anna')).toMatchObject({ sure: false });
  });

  test('F8 knows of nobody in a group that was chosen and deleted before anybody can have read it', () => {
    const model = annaAndBo(inGroups);
    model.done(2, { deed: 'chooseGroups', choice: { ...inGroups, groups: ['inner'] } });
    model.happened(3, { op: 'deleteGroup', id: 'inner' });
    expect(model.scope()).toEqual({ must: new Set(), may: new Set(['anna', 'bo']) });
  });

  test('an inner group that is deleted is no chosen one: its people leave', () => {
    const model = annaAndBo(inGroups);
    model.happened(2, { op: 'deleteGroup', id: 'inner' });
    expect(model.gone().get('anna')?.reasons).toEqual(new Set(['left_groups']));
    model.happened(3, { op: 'restoreGroup', id: 'inner' });
    expect(model.gone().size).toBe(0);
  });
});

describe('fields', () => {
  test('follow Entra by their rules; fields without a mapping stay (I3, I5)', () => {
    const model = annaAndBo();
    const values = (field: string): string[] => [...model.fieldValues('A', field)];
    expect(values('email')).toEqual(['anna@a.se']);
    expect(values('manager')).toEqual(['Bo']);
    model.happened(2, { op: 'change', id: 'anna', attributes: { mail: '', jobTitle: 'Chef' } });
    expect([values('email'), values('jobTitle'), values('city')]).toEqual([['anna@a.se'], ['Chef'], ['Lund']]);
    model.atRest(3);
    model.happened(4, { op: 'change', id: 'anna', attributes: { mail: 'a@a.se', jobTitle: 'Vd' } });
    expect([values('email'), values('jobTitle')]).toEqual([['a@a.se'], ['Chef']]);
  });

  test('a removed manager empties a coupled manager, and a renamed one is renamed', () => {
    const model = annaAndBo();
    model.happened(2, { op: 'change', id: 'bo', attributes: { displayName: 'Bosse' } });
    expect(model.fieldValues('A', 'manager')).toEqual(new Set(['Bosse']));
    model.happened(3, { op: 'softDelete', id: 'bo' });
    expect(model.fieldValues('A', 'manager')).toEqual(new Set(['']));
    expect(model.fieldValuesWhileMoving('A', 'manager')).toEqual(new Set(['Bo', 'Bosse', '']));
  });

  test('I12 only states since the last rest may still be under way', () => {
    const model = annaAndBo();
    for (const [step, address] of ['b@a.se', 'c@a.se', 'd@a.se'].entries()) {
      model.happened(step + 2, { op: 'change', id: 'anna', attributes: { mail: address } });
      if (step === 1) model.atRest(3);
    }
    expect(model.fieldValuesWhileMoving('A', 'email')).toEqual(new Set(['c@a.se', 'd@a.se']));
    expect(model.sourceValues('anna', 'mail', 2, 3)).toEqual(new Set(['b@a.se', 'c@a.se']));
  });

  test('whoever is gone does not follow any more', () => {
    const model = annaAndBo(inGroups);
    model.happened(2, { op: 'removeMember', group: 'inner', member: 'anna' });
    model.atRest(3);
    model.happened(4, { op: 'change', id: 'anna', attributes: { mail: 'new@a.se' } });
    expect(model.fieldValues('A', 'email')).toEqual(new Set(['anna@a.se']));
  });

  test('F34 two who swap addresses both get the other one', () => {
    const model = annaAndBo();
    model.done(2, { deed: 'createAppUser', object: 'bo', user: 'B' });
    model.happened(3, { op: 'swap', attribute: 'mail', ids: ['anna', 'bo'] });
    expect([...model.fieldValues('A', 'email'), ...model.fieldValues('B', 'email')]).toEqual(['bo@a.se', 'anna@a.se']);
  });

  test('F35 an address that an unlinked app user has may be left out', () => {
    const model = annaAndBo();
    model.done(2, { deed: 'addAppUser', user: 'C', fields: { email: 'TAKEN@a.se' } });
    model.happened(3, { op: 'change', id: 'anna', attributes: { mail: 'taken@a.se' } });
    expect(model.fieldValues('A', 'email')).toEqual(new Set(['taken@a.se', 'anna@a.se']));
    expect(model.fieldValues('C', 'email')).toEqual(new Set(['TAKEN@a.se']));
  });

  test('F35 who was to give an address away and has to keep it stands in the way of the next', () => {
    const model = annaAndBo();
    model.done(2, { deed: 'createAppUser', object: 'bo', user: 'B' });
    model.done(2, { deed: 'addAppUser', user: 'C', fields: { email: 'taken@a.se' } });
    model.atRest(2);
    model.happened(
      3,
      { op: 'change', id: 'anna', attributes: { mail: 'taken@a.se' } },
      { op: 'change', id: 'bo', attributes: { mail: 'anna@a.se' } },
    );
    expect(model.fieldValues('B', 'email')).toEqual(new Set(['anna@a.se', 'bo@a.se']));
  });

  test('what an undo put back stays until Entra says something else', () => {
    const model = annaAndBo();
    model.done(2, { deed: 'undoField', user: 'A', field: 'email', value: 'old@a.se', undone: 'anna@a.se' });
    expect(model.fieldValues('A', 'email')).toEqual(new Set(['old@a.se']));
    model.happened(3, { op: 'change', id: 'anna', attributes: { mail: 'new@a.se' } });
    expect(model.fieldValues('A', 'email')).toEqual(new Set(['new@a.se']));
  });

  test('a mapping that is taken away, an exception, and an unlinked user leave the value as it is', () => {
    for (const deeds of [
      [{ deed: 'saveMappings', mappings: [title] }],
      [{ deed: 'except', user: 'A', field: 'email' }],
      [{ deed: 'unlink', object: 'anna' }],
      [{ deed: 'turnOff' }],
    ] satisfies Deed[][]) {
      const model = annaAndBo();
      for (const deed of deeds) model.done(2, deed);
      model.happened(3, { op: 'change', id: 'anna', attributes: { mail: 'new@a.se' } });
      expect(model.fieldValues('A', 'email')).toEqual(new Set(['anna@a.se']));
    }
  });
});

test('what was under way when the sync was turned off or a mapping taken away may have come or not', () => {
  for (const deed of [{ deed: 'turnOff' }, { deed: 'saveMappings', mappings: [] }] satisfies Deed[]) {
    const model = annaAndBo();
    model.happened(2, { op: 'change', id: 'anna', attributes: { mail: 'before@a.se' } });
    model.done(3, deed);
    model.happened(4, { op: 'change', id: 'anna', attributes: { mail: 'after@a.se' } });
    expect(model.fieldValues('A', 'email')).toEqual(new Set(['anna@a.se', 'before@a.se']));
  }
});

describe('what persons do', () => {
  test('I6 and I10 forbid a second link, and to link whom somebody ignores', () => {
    const model = annaAndBo();
    model.done(2, { deed: 'addAppUser', user: 'B', fields: {} });
    expect(() => model.done(2, { deed: 'link', object: 'bo', user: 'A' })).toThrow('I6');
    expect(() => model.done(2, { deed: 'ignore', object: 'anna' })).toThrow('I10');
    model.done(2, { deed: 'ignore', object: 'bo' });
    expect(() => model.done(2, { deed: 'link', object: 'bo', user: 'B' })).toThrow('I10');
    expect(model.available().may).toEqual(new Set());
    model.done(3, { deed: 'restore', object: 'bo' });
    expect(model.available().must).toEqual(new Set(['bo']));
  });

  test('I9 ignored outlives a rename, a deletion and a return; F32 who is created anew is somebody else', () => {
    const model = annaAndBo();
    model.done(2, { deed: 'ignore', object: 'bo' });
    model.happened(3, { op: 'softDelete', id: 'bo' }, { op: 'restore', id: 'bo' }, { op: 'hardDelete', id: 'bo' });
    model.happened(4, { op: 'create', id: 'bo2', attributes: { mail: 'bo@a.se' } });
    expect(model.ignored()).toEqual(new Set(['bo']));
    expect(model.available().must).toEqual(new Set(['bo2']));
  });

  test('I1 a removed app user stays in the books, and their person is available again', () => {
    const model = annaAndBo();
    model.done(2, { deed: 'remove', user: 'A' });
    expect(model.appUsers()).toEqual(new Map([['A', true]]));
    expect(model.links().size).toBe(0);
    expect(model.available().must).toEqual(new Set(['anna', 'bo']));
  });

  test('kept counts for one absence', () => {
    const model = annaAndBo();
    model.happened(2, { op: 'softDelete', id: 'anna' });
    model.atRest(3);
    model.done(4, { deed: 'keep', object: 'anna' });
    expect(model.gone().get('anna')?.kept).toBe('yes');
    model.happened(5, { op: 'restore', id: 'anna' });
    model.happened(6, { op: 'softDelete', id: 'anna' });
    expect(model.gone().get('anna')?.kept).toBe('either');
    model.happened(7, { op: 'restore', id: 'anna' });
    model.atRest(8);
    model.happened(9, { op: 'softDelete', id: 'anna' });
    expect(model.gone().get('anna')?.kept).toBe('no');
  });

  test('F41 who is held counts as before; approved they must go, dismissed they may not', () => {
    const held = { people: new Set(['anna']), fields: new Set<string>() };
    for (const [word, onList] of [
      ['approve', true],
      ['dismiss', false],
    ] as const) {
      const model = annaAndBo();
      model.happened(2, { op: 'softDelete', id: 'anna' });
      expect(model.gone(held).size).toBe(0);
      expect(model.mayBeHeld('anna')).toBe(true);
      model.atRest(3, held);
      model.done(4, { deed: word, object: 'anna' });
      expect(model.gone().has('anna')).toBe(onList);
      expect(model.mayBeHeld('anna')).toBe(!onList);
    }
  });

  test('F42 a held field keeps its value; dismissed it keeps it until Entra says something else', () => {
    const model = annaAndBo();
    const held = { people: new Set<string>(), fields: new Set([fieldKey('A', 'email')]) };
    model.happened(2, { op: 'change', id: 'anna', attributes: { mail: 'mass@a.se' } });
    expect(model.fieldValues('A', 'email', held)).toContain('anna@a.se');
    model.atRest(3, held, (_, field) => (field === 'email' ? 'anna@a.se' : ''));
    model.done(4, { deed: 'dismissField', user: 'A', field: 'email' });
    expect(model.fieldValues('A', 'email')).toEqual(new Set(['anna@a.se']));
    model.happened(5, { op: 'change', id: 'anna', attributes: { mail: 'right@a.se' } });
    expect(model.fieldValues('A', 'email')).toEqual(new Set(['right@a.se']));
  });

  test('I29 and I31: off changes nothing; on again, links are offers and settings are empty', () => {
    const model = annaAndBo();
    model.done(2, { deed: 'turnOff' });
    expect(model.links()).toEqual(new Map([['anna', 'A']]));
    model.done(3, { deed: 'turnOn' });
    expect([model.links(), model.offeredLinks()]).toEqual([new Map(), new Map([['anna', 'A']])]);
    expect(model.scope().may.size).toBe(0);
    model.done(4, { deed: 'chooseGroups', choice: everybody });
    model.done(4, { deed: 'link', object: 'anna', user: 'A' });
    expect(model.offeredLinks().size).toBe(0);
  });

  test('steps do not go back', () => {
    expect(() => annaAndBo().happened(0)).toThrow('comes after');
  });
});
