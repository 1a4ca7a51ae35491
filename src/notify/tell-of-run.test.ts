// Who is told of a run, and of what: in the run's own transaction, each recipient of the kinds that it asked for (I25, I26).
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { addAppUser, addOrganisation, type Org } from '../../test/people.ts';
import { systemClock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import { createLogger } from '../base/log.ts';
import { noticeKinds, type NoticeKind } from '../contract/settings.ts';
import { inOrganisation } from '../db/transaction.ts';
import { installJobs } from '../jobs/install.ts';
import { createJobs, type Jobs } from '../jobs/jobs.ts';
import { removeAppUser } from '../review/remove-app-user.ts';
import { listNotifications } from './inbox.ts';
import { tellOfRun, type RunOutcome } from './tell-of-run.ts';

const { db, connectionString, adminConnectionString } = await useDatabase();
const owner = new pg.Client({ connectionString: adminConnectionString });
const clock = systemClock;
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
  const { appUserId, email } = { appUserId: null, email: null, ...who };
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

  /** As if everything had happened so much earlier. */
  async function pass(interval: string): Promise<void> {
    for (const [table, column] of [
      ['notification', 'created_at'],
      ['outbox', 'created_at'],
      ['sync_run', 'finished_at'],
      ['connection', 'created_at'],
    ])
      // prettier-ignore
      await owner.query(`update ${table} set ${column} = ${column} - $2::interval where organisation_id = $1`, [org.id, interval]);
  }

  test('that goes on is told once in 23 hours, however often it is tried', async () => {
    const times: number[] = [];
    for (let hours = 0; hours <= 50; hours += 5) {
      const before = await told();
      await tellAbout({ runId: await addRun('failed', 'graph_busy', '0 hours'), code: 'graph_busy' });
      if ((await told()) > before) times.push(hours);
      await pass('5 hours');
    }
    expect(times).toEqual([0, 25, 50]);
  });

  test('that was told by mail only is not told again either', async () => {
    await owner.query('delete from notice_recipient where organisation_id = $1', [org.id]);
    await addRecipient({ email: 'drift@norrsken.test' }, 'run_failed');
    await tellAbout({ code: 'graph_busy' });
    await tellAbout({ code: 'graph_busy' });
    expect(await mails()).toHaveLength(1);
    await pass('24 hours');
    await tellAbout({ code: 'graph_busy' });
    expect(await mails()).toHaveLength(2);
  });

  test('of another cause is told, and so is one after a run that went well', async () => {
    await tellAbout({ runId: await addRun('failed', 'graph_busy', '0 hours'), code: 'graph_busy' });
    await tellAbout({ runId: await addRun('failed', 'graph_unreachable', '0 hours'), code: 'graph_unreachable' });
    await tellAbout({ runId: await addRun('failed', 'graph_busy', '0 hours'), code: 'graph_busy' });
    expect(await told()).toBe(3);
    await addRun('ok', null, '0 hours');
    await tellAbout({ runId: await addRun('failed', 'graph_busy', '0 hours'), code: 'graph_busy' });
    expect(await told()).toBe(4);
  });

  test('of an earlier connection does not silence it', async () => {
    await tellAbout({ code: 'graph_busy' });
    await owner.query(`update connection set created_at = now() where id = $1`, [connectionId]);
    await tellAbout({ code: 'graph_busy' });
    expect(await told()).toBe(2);
  });
});
