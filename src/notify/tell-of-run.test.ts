// Who is told of a run, and of what: in the run's own transaction, each recipient of the kinds that it asked for (I25, I26).
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { manualClock } from '../../test/manual-clock.ts';
import { addAppUser, addOrganisation, type Org } from '../../test/people.ts';
import { newId } from '../base/ids.ts';
import { createLogger } from '../base/log.ts';
import { noticeKinds, type NoticeKind } from '../contract/settings.ts';
import { inOrganisation } from '../db/transaction.ts';
import { installJobs } from '../jobs/install.ts';
import { createJobs, type Jobs } from '../jobs/jobs.ts';
import { removeAppUser } from '../people/remove-app-users.ts';
import { countUnread, listNotifications, markRead } from './inbox.ts';
import { tellOfRun, type RunOutcome } from './tell-of-run.ts';
import { tell } from './tell.ts';

const { db, connectionString, adminConnectionString } = await useDatabase();
const owner = new pg.Client({ connectionString: adminConnectionString });
const clock = manualClock(new Date());
let jobs: Jobs;
let org: Org;
let connectionId: string;
let count = 0;

beforeAll(async () => {
  await owner.connect();
  await installJobs(connectionString);
  jobs = createJobs({ db, log: createLogger({ level: 'silent' }) });
  await jobs.start();
}, 60_000);
afterAll(async () => {
  await jobs.stop();
  await owner.end();
});
beforeEach(async () => {
  org = await addOrganisation(db, `org${(count += 1)}.test`);
  connectionId = newId();
  await owner.query(
    `insert into connection (organisation_id, id, tenant_id, tenant_name, status, consented_by_name, consented_by_oid, consented_at)
     values ($1, $2, $3, 'Norrsken', 'active', 'Åsa', $4, now())`,
    [org.id, connectionId, newId(), newId()],
  );
});

async function addRecipient(who: { appUserId: string } | { email: string }, ...kinds: NoticeKind[]): Promise<void> {
  const { appUserId = null, email = null } = { appUserId: null, email: null, ...who };
  await owner.query(
    `insert into notice_recipient (organisation_id, connection_id, id, app_user_id, email, kinds, position) values ($1, $2, $3, $4, $5, $6, 0)`,
    [org.id, connectionId, newId(), appUserId, email, kinds],
  );
}

async function addRun(state: string, code: string | null, finished: string): Promise<string> {
  const id = newId();
  await owner.query(
    `insert into sync_run (organisation_id, id, connection_id, trigger, state, error_code, finished_at) values ($1, $2, $3, 'manual', $4, $5, now() - $6::interval)`,
    [org.id, id, connectionId, state, code, finished],
  );
  return id;
}

const none = { newPeople: 0, changedUsers: 0, changedFields: 0, gone: 0 };
const all = { newPeople: 3, changedUsers: 2, changedFields: 5, gone: 1 };

async function tellAbout(
  more: Partial<RunOutcome> & { code?: NonNullable<RunOutcome['error']>['code'] },
): Promise<string> {
  const { code, ...rest } = more;
  const runId = rest.runId ?? newId();
  const error = code ? { code, graphRequestId: null } : null;
  const outcome = { organisationId: org.id, connectionId, runId, counts: none, error, ...rest };
  // As a run does it.
  await inOrganisation(db, org.id, (tx) => tellOfRun({ clock, jobs }, tx, outcome), { role: 'samsyn_sync' });
  return runId;
}

const inbox = async ({ actor }: Org['admin']) =>
  (await listNotifications({ db }, actor, { limit: 50 })).items.map(({ kind, params, target, targetId }) => ({
    kind,
    params,
    target,
    targetId,
  }));
const mails = async () =>
  (
    await owner.query<{ recipient: string; message: { notices: { kind: string }[] } }>(
      'select recipient, message from outbox where organisation_id = $1 order by recipient',
      [org.id],
    )
  ).rows.map(({ recipient, message }) => [recipient, message.notices.map(({ kind }) => kind)]);
const mailJobs = async () =>
  (await owner.query(`select 1 from pgboss.job where name = 'mail' and data->>'organisationId' = $1`, [org.id]))
    .rowCount;

describe('a run', () => {
  test('is told to app users in their inbox, kind by kind, with where it leads', async () => {
    await addRecipient({ appUserId: org.admin.id }, ...noticeKinds);
    const runId = await tellAbout({ counts: all });
    expect(await inbox(org.admin)).toEqual([
      { kind: 'changed', params: { people: 2, fields: 5 }, target: 'run', targetId: runId },
      { kind: 'new_people', params: { count: 3 }, target: 'available', targetId: null },
      { kind: 'gone', params: { count: 1 }, target: 'gone', targetId: null },
    ]);
    expect([await mails(), await mailJobs()]).toEqual([[], 0]);
  });

  test('is told to an address by one mail, whatever happened', async () => {
    await addRecipient({ email: 'drift@norrsken.test' }, ...noticeKinds);
    await addRecipient({ email: 'hr@norrsken.test' }, 'gone', 'new_people');
    await tellAbout({ counts: all });
    expect(await mails()).toEqual([
      ['drift@norrsken.test', ['gone', 'new_people', 'changed']],
      ['hr@norrsken.test', ['gone', 'new_people']],
    ]);
    expect(await mailJobs()).toBe(1);
    expect(await inbox(org.admin)).toEqual([]);
  });

  test.each(noticeKinds)('tells of %s those who asked for it, and nobody else', async (kind) => {
    await addRecipient({ appUserId: org.admin.id }, kind);
    await addRecipient({ appUserId: org.member.id }, ...noticeKinds.filter((other) => other !== kind));
    await addRecipient({ email: 'a@norrsken.test' }, kind);
    await addRecipient({ email: 'b@norrsken.test' }, ...noticeKinds.filter((other) => other !== kind));
    const outcomes: Record<NoticeKind, Parameters<typeof tellAbout>[0]> = {
      new_people: { counts: { ...none, newPeople: 1 } },
      changed: { counts: { ...none, changedUsers: 1, changedFields: 1 } },
      gone: { counts: { ...none, gone: 1 } },
      run_failed: { code: 'graph_busy' },
      connection_trouble: { code: 'graph_consent_revoked' },
    };
    await tellAbout(outcomes[kind]);
    expect((await inbox(org.admin)).map((one) => one.kind)).toEqual([kind]);
    expect(await inbox(org.member)).toEqual([]);
    expect(await mails()).toEqual([['a@norrsken.test', [kind]]]);
  });

  test('in which nothing happened tells nobody', async () => {
    await addRecipient({ appUserId: org.admin.id }, ...noticeKinds);
    await addRecipient({ email: 'a@norrsken.test' }, ...noticeKinds);
    await tellAbout({});
    expect([await inbox(org.admin), await mails(), await mailJobs()]).toEqual([[], [], 0]);
  });

  test('does not tell an app user who was removed meanwhile', async () => {
    const gone = await addAppUser(db, org.id, { displayName: 'Bo' });
    await addRecipient({ appUserId: gone }, ...noticeKinds);
    await addRecipient({ appUserId: org.member.id }, ...noticeKinds);
    await removeAppUser({ db }, org.admin.actor, { id: gone });
    await tellAbout({ counts: all });
    const { rows } = await owner.query<{ app_user_id: string }>(
      'select distinct app_user_id from notification where organisation_id = $1',
      [org.id],
    );
    expect(rows).toEqual([{ app_user_id: org.member.id }]);
  });

  test('is told if and only if its transaction commits', async () => {
    await addRecipient({ appUserId: org.admin.id }, ...noticeKinds);
    await addRecipient({ email: 'a@norrsken.test' }, ...noticeKinds);
    const outcome = { organisationId: org.id, connectionId, runId: newId(), counts: all, error: null };
    const rolledBack = inOrganisation(db, org.id, async (tx) => {
      await tellOfRun({ clock, jobs }, tx, outcome);
      throw new Error('superseded');
    });
    await expect(rolledBack).rejects.toThrow('superseded');
    expect([await inbox(org.admin), await mails(), await mailJobs()]).toEqual([[], [], 0]);
  });
});

describe('a failure', () => {
  beforeEach(() => addRecipient({ appUserId: org.admin.id }, ...noticeKinds));
  const told = async () => (await inbox(org.admin)).length;

  test('that goes on is told once in 23 hours, and again after that', async () => {
    const runId = await addRun('failed', 'graph_busy', '0 hours');
    await tellAbout({ runId, code: 'graph_busy' });
    expect(await told()).toBe(1);
    await tellAbout({ code: 'graph_busy' });
    expect(await told()).toBe(1);
    await owner.query(`update sync_run set finished_at = now() - interval '23 hours 1 minute' where id = $1`, [runId]);
    await tellAbout({ code: 'graph_busy' });
    expect(await told()).toBe(2);
  });

  test('of another cause is told, and so is one after a run that went well', async () => {
    await addRun('failed', 'graph_busy', '2 hours');
    await tellAbout({ code: 'graph_unreachable' });
    expect(await told()).toBe(1);
    await addRun('ok', null, '1 hour');
    await tellAbout({ code: 'graph_busy' });
    expect(await told()).toBe(2);
  });

  test('of another connection does not silence it', async () => {
    const other = newId();
    await owner.query(
      `insert into connection (organisation_id, id, tenant_id, tenant_name, status, consented_by_name, consented_by_oid, consented_at, turned_off_at)
       values ($1, $2, $3, 'Förr', 'off', 'Åsa', $4, now(), now())`,
      [org.id, other, newId(), newId()],
    );
    await owner.query('update sync_run set connection_id = $1 where id = $2', [
      other,
      await addRun('failed', 'graph_busy', '1 hour'),
    ]);
    await tellAbout({ code: 'graph_busy' });
    expect(await told()).toBe(1);
  });
});

describe('the inbox', () => {
  test('is one’s own: page by page, latest first, read one by one or all at once', async () => {
    await addRecipient({ appUserId: org.admin.id }, 'gone');
    await addRecipient({ appUserId: org.member.id }, 'gone');
    for (let gone = 1; gone <= 5; gone += 1) await tellAbout({ counts: { ...none, gone } });
    const ids: string[] = [];
    const counts: unknown[] = [];
    for (let after: string | undefined; ;) {
      const page = await listNotifications({ db }, org.admin.actor, { after, limit: 2 });
      ids.push(...page.items.map((one) => one.id));
      counts.push(...page.items.map((one) => one.params['count']));
      expect(page.total).toBe(5);
      if (page.next === null) break;
      after = page.next;
    }
    expect(counts).toEqual([5, 4, 3, 2, 1]);
    expect(await markRead({ db }, org.member.actor, { ids })).toEqual({ unread: 5 });
    expect(await markRead({ db }, org.admin.actor, { ids: ids.slice(0, 2) })).toEqual({ unread: 3 });
    expect(await markRead({ db }, org.admin.actor, { ids: [] })).toEqual({ unread: 3 });
    expect(await markRead({ db }, org.admin.actor, {})).toEqual({ unread: 0 });
    expect(await countUnread({ db }, org.member.actor)).toEqual({ unread: 5 });
  });

  test('of administrators hears of the connection; of an asker, of what was asked for', async () => {
    const event = {
      organisationId: org.id,
      kind: 'connected',
      params: { person: 'Åsa', tenant: 'Norrsken' },
      target: 'overview',
    } as const;
    await inOrganisation(db, org.id, (tx) => tell(tx, { ...event, recipients: 'administrators' }));
    await inOrganisation(db, org.id, (tx) => tell(tx, { ...event, recipients: 'asker', askerId: org.member.id }));
    expect([await inbox(org.admin), await inbox(org.member)]).toEqual([
      [{ kind: 'connected', params: event.params, target: 'overview', targetId: null }],
      [{ kind: 'connected', params: event.params, target: 'overview', targetId: null }],
    ]);
  });
});
