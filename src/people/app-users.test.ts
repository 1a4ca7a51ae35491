// Changing and removing app users: what a second administrator, a stale page and the last administrator are kept from, and
// that nobody is ever deleted (I1, I23, I28).
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { addAppUser, addOrganisation, addPerson, type Org } from '../../test/people.ts';
import { newId } from '../base/ids.ts';
import { pageQuery } from '../contract/common.ts';
import { inOrganisation } from '../db/transaction.ts';
import { createAppUser, updateAppUser } from './app-users.ts';
import { applyFields } from './apply-fields.ts';
import { getContact } from './contacts.ts';
import { createCustomField } from './custom-fields.ts';
import { getAppUser, listAppUserHistory } from './read-app-user.ts';
import { removeAppUser } from '../review/remove-app-user.ts';

const { db, adminConnectionString } = await useDatabase();
const owner = new pg.Client({ connectionString: adminConnectionString });
const deps = { db };
let org: Org;
let count = 0;

beforeAll(() => owner.connect());
afterAll(() => owner.end());
beforeEach(async () => {
  org = await addOrganisation(db, `org${(count += 1)}.test`);
});

const rowOf = async (id: string): Promise<Record<string, unknown> | undefined> =>
  (await owner.query<Record<string, unknown>>('select * from app_user where id = $1', [id])).rows[0];
const auditOf = async (action: string) =>
  (
    await owner.query<{ actor_id: string; subject: string | null; detail: unknown; request_id: string }>(
      'select actor_id, subject, detail, request_id from audit_event where organisation_id = $1 and action = $2',
      [org.id, action],
    )
  ).rows;
const update = (id: string, input: Omit<Parameters<typeof updateAppUser>[2], 'id'>) =>
  updateAppUser(deps, org.admin.actor, { id, ...input });

describe('changing', () => {
  test('a page that was read before somebody else’s change is refused, and changes nothing', async () => {
    const id = await addAppUser(db, org.id, { displayName: 'Bo' });
    await update(id, { version: 1, fields: { jobTitle: 'Snickare' } });
    await expect(update(id, { version: 1, fields: { jobTitle: 'Målare' } })).rejects.toMatchObject({
      code: 'stale_version',
    });
    expect(await getAppUser(deps, org.admin.actor, { id })).toMatchObject({
      version: 2,
      fields: { jobTitle: 'Snickare' },
    });
  });

  test('of two who save the same page at once, one wins', async () => {
    const id = await addAppUser(db, org.id, { displayName: 'Bo' });
    for (let version = 1; version <= 5; version += 1) {
      const both = ['Målare', 'Snickare'].map((title) =>
        update(id, { version, fields: { jobTitle: `${title} ${version}` } }),
      );
      const ends = await Promise.allSettled(both);
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    }
    expect(await rowOf(id)).toMatchObject({ version: 6 });
  });

  test('a sync that writes meanwhile makes a page stale too', async () => {
    const id = await addAppUser(db, org.id, { displayName: 'Bo' });
    const change = { appUserId: id, field: 'city', before: null, after: 'Umeå' };
    await inOrganisation(db, org.id, (tx) =>
      applyFields(tx, { organisationId: org.id, actorId: org.admin.id, changes: [change] }),
    );
    await expect(update(id, { version: 1, fields: { city: 'Luleå' } })).rejects.toMatchObject({
      code: 'stale_version',
    });
  });

  test('is all or nothing: an unknown team takes the fields with it', async () => {
    const id = await addAppUser(db, org.id, { displayName: 'Bo' });
    await expect(update(id, { version: 1, fields: { city: 'Umeå' }, teamIds: [newId()] })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(await rowOf(id)).toMatchObject({ version: 1, fields: { displayName: 'Bo' } });
    expect(await auditOf('app_user.updated')).toEqual([]);
  });

  test('saving what is there already is no change: no version, no history, no audit', async () => {
    const id = await addAppUser(db, org.id, { displayName: 'Bo', city: 'Åre' });
    const same = { version: 1, fields: { city: 'A\u030Are', jobTitle: '' }, permissions: [], teamIds: [] };
    expect(await update(id, same)).toMatchObject({ version: 1 });
    expect(await auditOf('app_user.updated')).toEqual([]);
  });

  test('values are trimmed and kept in one form; an empty one is absent', async () => {
    const fields = { displayName: ' A\u030Asa ', city: '  ', email: 'Asa@Norrsken.test' };
    const user = await createAppUser(deps, org.admin.actor, { fields, permissions: [], teamIds: [] });
    expect(user.fields).toEqual({ displayName: 'Åsa', email: 'Asa@Norrsken.test' });
  });

  test('folding the history over the first values gives the present ones', async () => {
    const user = await createAppUser(deps, org.admin.actor, { fields: { displayName: 'Bo', city: 'Umeå' }, permissions: [], teamIds: [] }); // prettier-ignore
    const steps = [
      { city: 'Luleå' },
      { city: null, jobTitle: 'Snickare' },
      { city: 'Kiruna' },
      { displayName: 'Bosse' },
    ];
    for (const [index, fields] of steps.entries()) await update(user.id, { version: index + 1, fields });
    const folded: Record<string, string> = {};
    let after: string | undefined;
    const rows = [];
    do {
      // In pages of two, latest first.
      const page = await listAppUserHistory(deps, org.admin.actor, {
        id: user.id,
        ...pageQuery.parse({ after, limit: 2 }),
      });
      rows.push(...page.items);
      after = page.next ?? undefined;
    } while (after);
    for (const { field, before, after: value } of rows.toReversed()) {
      expect(before).toBe(folded[field] ?? null);
      if (value === null) delete folded[field];
      else folded[field] = value;
    }
    expect(rows).toHaveLength(7);
    expect(folded).toEqual((await getAppUser(deps, org.admin.actor, { id: user.id })).fields);
  });

  test('what it was is written down: who, when, on which request', async () => {
    const id = await addAppUser(db, org.id, { displayName: 'Bo' });
    await update(id, { version: 1, fields: { city: 'Umeå' }, permissions: ['users_and_teams'] });
    const { actor } = org.admin;
    expect(await auditOf('app_user.updated')).toEqual([
      {
        actor_id: org.admin.id, subject: id, request_id: actor.requestId,
        detail: { fields: ['city'], permissions: { before: [], after: ['users_and_teams'] } },
      },
    ]); // prettier-ignore
  });

  test('the contact address and the sign-in address are two things: changing one leaves the other (T8)', async () => {
    const { id, email } = org.member;
    const changed = await update(id, { version: 1, fields: { email: 'ny@norrsken.test' } });
    expect(changed).toMatchObject({ email: 'ny@norrsken.test', signInEmail: email });
    expect(await rowOf(id)).toMatchObject({ sign_in_email: email });
    expect((await getContact(deps, org.admin.actor, { id })).fields).toMatchObject({ email: 'ny@norrsken.test' });
    expect(await createAppUser(deps, org.admin.actor, { fields: { email }, permissions: [], teamIds: [] })).toMatchObject({ signInEmail: null }); // prettier-ignore
  });

  test('a value of a field of one’s own can be cleared, and one of a field that does not exist cannot be set', async () => {
    const { key } = await createCustomField(deps, org.admin.actor, { label: 'Skonummer' });
    const id = await addAppUser(db, org.id, { displayName: 'Bo' });
    const target = `custom:${key}` as const;
    expect(await update(id, { version: 1, fields: { [target]: '43' } })).toMatchObject({ fields: { [target]: '43' } });
    expect((await update(id, { version: 2, fields: { [target]: null } })).fields).toEqual({ displayName: 'Bo' });
    await expect(update(id, { version: 3, fields: { 'custom:none': 'x' } })).rejects.toMatchObject({
      code: 'field_unknown',
    });
  });
});

describe('the last administrator', () => {
  test('can neither be removed nor lose the permission', async () => {
    const boss = await addPerson(db, org.id, { email: `boss@org${count}.test`, permissions: ['users_and_teams'] });
    await removeAppUser(deps, boss.actor, { id: org.admin.id });
    await expect(removeAppUser(deps, org.member.actor, { id: boss.id })).rejects.toMatchObject({
      code: 'last_administrator',
    });
    await expect(updateAppUser(deps, boss.actor, { id: boss.id, version: 1, permissions: [] })).rejects.toMatchObject({ code: 'last_administrator' }); // prettier-ignore
    expect(await rowOf(boss.id)).toMatchObject({ removed_at: null, permissions: ['users_and_teams'] });
  });

  test('is not somebody who has the permission but cannot sign in', async () => {
    await addAppUser(db, org.id, { displayName: 'Bo' }, { permissions: ['users_and_teams'] });
    await expect(update(org.admin.id, { version: 1, permissions: [] })).rejects.toMatchObject({
      code: 'last_administrator',
    });
  });

  test('remains when two take the permission from each other at once', async () => {
    for (let round = 0; round < 4; round += 1) {
      const own = await addOrganisation(db, `pair${count}-${round}.test`);
      const boss = await addPerson(db, own.id, {
        email: `boss@pair${count}-${round}.test`,
        permissions: ['users_and_teams'],
      });
      await Promise.allSettled([
        updateAppUser(deps, own.admin.actor, { id: boss.id, version: 1, permissions: [] }),
        removeAppUser(deps, boss.actor, { id: own.admin.id }),
      ]);
      const left = await owner.query(
        `select id from app_user where organisation_id = $1 and removed_at is null and account_id is not null and permissions @> '{users_and_teams}'`,
        [own.id],
      );
      expect(left.rowCount).toBe(1);
    }
  });

  test('others can be changed and removed', async () => {
    expect(await update(org.member.id, { version: 1, permissions: ['users_and_teams'] })).toMatchObject({ permissions: ['users_and_teams'] }); // prettier-ignore
    expect(await update(org.member.id, { version: 2, permissions: [] })).toMatchObject({ permissions: [] });
  });
});

describe('removing', () => {
  test('sets a date and takes the sign-in; the row, its values and its history stay', async () => {
    const before = await rowOf(org.member.id);
    await removeAppUser(deps, org.admin.actor, { id: org.member.id });
    expect(await rowOf(org.member.id)).toEqual({
      ...before,
      account_id: null, removed_by: org.admin.id, version: 2,
      removed_at: expect.any(Date) as Date, updated_at: expect.any(Date) as Date,
    }); // prettier-ignore
    const history = await listAppUserHistory(deps, org.admin.actor, { id: org.member.id, ...pageQuery.parse({}) });
    expect(history.total).toBe(1);
    expect(await auditOf('app_user.removed')).toMatchObject([{ actor_id: org.admin.id, subject: org.member.id }]);
  });

  test('oneself is refused, and so is somebody who is removed already', async () => {
    await addPerson(db, org.id, { email: `boss@org${count}.test`, permissions: ['users_and_teams'] });
    await expect(removeAppUser(deps, org.admin.actor, { id: org.admin.id })).rejects.toMatchObject({
      code: 'cannot_remove_self',
    });
    await removeAppUser(deps, org.admin.actor, { id: org.member.id });
    await expect(removeAppUser(deps, org.admin.actor, { id: org.member.id })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(update(org.member.id, { version: 2, fields: { city: 'Umeå' } })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
