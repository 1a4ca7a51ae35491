// The history by property (I23, I24): whatever persons, runs and undoings do in whatever order, folding the lines of each field over
// its first value gives what stands there, after every single deed.
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { useWorld, type Org } from '../../test/factories.ts';
import { AppError } from '../contract/errors.ts';
import { defaultMappings, type Mapping } from '../contract/settings.ts';
import { createAppUser, updateAppUser } from '../people/app-users.ts';
import { createFromDirectory } from '../review/create.ts';
import { link, unlink } from '../review/link.ts';
import { removeAppUser } from '../review/remove-app-user.ts';
import { listUndoRows, undo } from './undo.ts';

const world = await useWorld();
const { store } = world.emulator;
// Some ten seconds on an idle machine.
vi.setConfig({ testTimeout: 180_000 });
const histories = 6;
const deedsOfHistory = 40;

const value = fc.constantFrom(null, 'Växel', 'växel', 'Drift', 'a@b.example', 'Stab');
const field = fc.constantFrom('jobTitle', 'department', 'city');
const index = fc.nat({ max: 4 });
const kind = fc.constantFrom<'run' | 'deed' | 'undo'>('run', 'deed', 'undo');
const deed = fc.oneof(
  { arbitrary: fc.record({ what: fc.constant('edit' as const), user: index, field, value }), weight: 4 },
  {
    arbitrary: fc.record({ what: fc.constant('entra' as const), person: fc.nat({ max: 2 }), field, value }),
    weight: 10,
  },
  { arbitrary: fc.record({ what: fc.constant('run' as const) }), weight: 6 },
  { arbitrary: fc.record({ what: fc.constant('link' as const), person: index, user: index }), weight: 3 },
  {
    arbitrary: fc.record({
      what: fc.constantFrom('unlink' as const, 'unlink' as const, 'remove' as const),
      user: index,
    }),
    weight: 1,
  },
  { arbitrary: fc.record({ what: fc.constant('create' as const), person: index }), weight: 1 },
  {
    arbitrary: fc.record({
      what: fc.constant('undo' as const),
      kind,
      back: fc.nat({ max: 2 }),
      overwrite: fc.boolean(),
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      what: fc.constant('couple' as const),
      write: fc.constantFrom<Mapping['write'][]>('always', 'always', 'when_empty'),
      empty: fc.constantFrom<Mapping['empty'][]>('keep', 'clear'),
    }),
    weight: 1,
  },
);
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

async function perform(org: Org, people: readonly string[], one: Deed): Promise<void> {
  const users = (await world.admin.query<{ id: string }>('select id from app_user where organisation_id = $1 and id <> $2 order by created_at, id', [org.id, org.actor.appUserId])).rows.map(({ id }) => id); // prettier-ignore
  const userAt = (at: number): string => users[at % users.length] ?? '';
  switch (one.what) {
    case 'edit': {
      const id = userAt(one.user);
      const { rows } = await world.admin.query<{ version: number }>('select version from app_user where id = $1', [id]);
      await updateAppUser(world, org.actor, { id, version: rows[0]?.version ?? 0, fields: { [one.field]: one.value } });
      return;
    }
    case 'entra':
      store.updateUser(org.tenantId, people[one.person] ?? '', { [one.field]: one.value });
      return;
    case 'run':
      await org.run();
      return;
    case 'link':
      await link(world, org.actor, { pairs: [{ objectId: people[one.person] ?? '', appUserId: userAt(one.user) }] });
      return;
    case 'unlink':
      await unlink(world, org.actor, { appUserIds: [userAt(one.user)] });
      return;
    case 'remove':
      await removeAppUser(world, org.actor, { id: userAt(one.user) });
      return;
    case 'create':
      await createFromDirectory(world, org.actor, { objectIds: [people[one.person] ?? ''] });
      return;
    case 'couple':
      await org.set({ mappings: couple(one) });
      return;
    case 'undo': {
      const { rows } = await world.admin.query<{ id: string }>(
        `select ${one.kind}_id as id from field_change where organisation_id = $1 and ${one.kind}_id is not null
         group by ${one.kind}_id order by max(id) desc limit 1 offset $2`,
        [org.id, one.back],
      );
      const id = rows[0]?.id;
      if (id === undefined) return;
      const { items } = await listUndoRows(world, org.actor, { kind: one.kind, id, limit: 200 });
      await undo(world, org.actor, { kind: one.kind, id, overwrite: one.overwrite ? items.map(({ key }) => key) : [] });
    }
  }
}

function couple(rules: Pick<Mapping, 'write' | 'empty'>): Mapping[] {
  return [
    ...defaultMappings,
    { source: 'jobTitle', target: 'jobTitle', ...rules },
    { source: 'department', target: 'department', ...rules },
  ];
}

/** Lines that do not follow on one another, values that their lines do not give, values without a line, and lines without a cause. */
async function wrongLines(org: Org): Promise<unknown[]> {
  const { rows } = await world.admin.query(
    `with line as (
       select app_user_id, field, before, after, id, run_id, actor_id, lag(after) over w as earlier,
         row_number() over w as n, lead(id) over w is null as is_last
       from field_change where organisation_id = $1 window w as (partition by app_user_id, field order by id)
     )
     select l.*, a.fields ->> l.field as stands from line l join app_user a on a.organisation_id = $1 and a.id = l.app_user_id
     where l.before is distinct from l.earlier or (l.is_last and l.after is distinct from a.fields ->> l.field)
       or (l.run_id is null and l.actor_id is null)
     union all
     select a.id, f.key, null, null, null, null, null, null, null, null, f.value from app_user a cross join jsonb_each_text(a.fields) f
     where a.organisation_id = $1 and a.id <> $2
       and not exists (select from line l where l.app_user_id = a.id and l.field = f.key)`,
    [org.id, org.actor.appUserId],
  );
  return rows;
}

test(`I23, I24: ${histories} histories of ${deedsOfHistory} deeds: after each of them the lines fold to what stands there`, async () => {
  const done = new Map<string, number>();
  for (const [number, deeds] of fc
    .sample(fc.array(deed, { minLength: deedsOfHistory, maxLength: deedsOfHistory }), { numRuns: histories, seed: 23 })
    .entries()) {
    const org = await world.connect({ mappings: couple({ write: 'always', empty: 'keep' }) });
    const people: string[] = [];
    for (let person = 0; person < 5; person += 1) {
      people.push(org.addPerson({ jobTitle: 'Före', department: 'Drift' }).id);
      if (person < 3)
        await createAppUser(world, org.actor, {
          fields: { displayName: `Person ${person}`, city: 'Lund' },
          permissions: [],
          teamIds: [],
        });
    }
    await org.run();
    for (let person = 0; person < 3; person += 1) await perform(org, people, { what: 'link', person, user: person });
    for (const one of deeds) {
      try {
        await perform(org, people, one);
        done.set(one.what, (done.get(one.what) ?? 0) + 1);
      } catch (error) {
        if (!(error instanceof AppError)) throw error; // a person is refused: nothing has happened
      }
      const wrong = await wrongLines(org);
      if (wrong.length > 0) expect(wrong, `history ${number}, after ${JSON.stringify(one)}`).toEqual([]);
    }
  }
  const { rows } = await world.admin.query<{ runs: string; persons: string; undone: string }>(
    `select count(*) filter (where run_id is not null) as runs, count(*) filter (where actor_id is not null) as persons,
       count(*) filter (where undo_id is not null) as undone from field_change`,
  );
  for (const [by, count] of Object.entries(rows[0] ?? {})) expect(Number(count), by).toBeGreaterThan(10);
  expect([...done.keys()].toSorted()).toEqual([
    'couple',
    'create',
    'edit',
    'entra',
    'link',
    'remove',
    'run',
    'undo',
    'unlink',
  ]);
});
