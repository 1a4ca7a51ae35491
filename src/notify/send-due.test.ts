// Mails on their way out: from the outbox over a real job queue to a real SMTP server, tried again while it says no, and given up
// after three days; never twice under two names, and never not at all (F59, F61, I25).
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { startMailServer, type MailServer } from '../../test/mail-server.ts';
import { manualClock, type ManualClock } from '../../test/manual-clock.ts';
import { addOrganisation, type Org } from '../../test/people.ts';
import { createLogger } from '../base/log.ts';
import { inOrganisation } from '../db/transaction.ts';
import { installJobs } from '../jobs/install.ts';
import { createJobs, type Jobs } from '../jobs/jobs.ts';
import { createTransport } from '../mail/transport.ts';
import { updateOrganisation } from '../people/organisations.ts';
import { queueMails, type OutboxMessage } from './outbox.ts';
import { sendDue, type SendDeps } from './send-due.ts';
import { sendTestMail } from './send-test-mail.ts';

const { db, connectionString, adminConnectionString } = await useDatabase();
const owner = new pg.Client({ connectionString: adminConnectionString });
const log = createLogger({ level: 'silent' });
const publicUrl = 'https://samsyn.norrsken.test';
const minuteMs = 60_000;
let server: MailServer;
let jobs: Jobs;
let clock: ManualClock;
let deps: SendDeps;
let org: Org;
let count = 0;
const workers: Jobs[] = [];

/** Of the queue "mail"; ends with the test. */
async function startWorker(): Promise<void> {
  const worker = createJobs({ db, log });
  workers.push(worker);
  await worker.start();
  await worker.work('mail', ({ organisationId }) => sendDue(deps, organisationId));
}
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
});

beforeAll(async () => {
  await owner.connect();
  await installJobs(connectionString);
  jobs = createJobs({ db, log });
  await jobs.start();
  server = await startMailServer();
}, 60_000);
afterAll(async () => {
  await jobs.stop();
  deps.transport.close();
  await server.close();
  await owner.end();
});
beforeEach(async () => {
  org = await addOrganisation(db, `org${(count += 1)}.test`, { name: 'Norrsken AB' });
  clock = manualClock(new Date());
  const transport = createTransport({ smtpUrl: server.url, from: 'Samsyn <samsyn@norrsken.test>' });
  deps = { db, clock, log, jobs, publicUrl, transport };
  server.mails.length = 0;
  server.tries = 0;
  server.refusal = null;
});

const gone: OutboxMessage = { notices: [{ kind: 'gone', params: { count: 1 }, target: 'gone', targetId: null }] };
const queue = (...recipients: string[]) =>
  inOrganisation(db, org.id, (tx) =>
    queueMails(
      deps,
      tx,
      org.id,
      recipients.map((recipient) => ({ recipient, message: gone })),
    ),
  );
const rows = async () =>
  (await owner.query<Record<string, unknown>>('select * from outbox where organisation_id = $1 order by id', [org.id]))
    .rows;
/** Until when the queued jobs of the organisation wait, in seconds from now by the database. */
const waits = async () =>
  (
    await owner.query<{ wait: string }>(
      `select round(extract(epoch from start_after - created_on)) as wait from pgboss.job
       where name = 'mail' and state = 'created' and data->>'organisationId' = $1 order by start_after`,
      [org.id],
    )
  ).rows.map(({ wait }) => Number(wait));

describe('a mail', () => {
  test('goes out once, with what happened, in the language that the organisation has when it is sent', async () => {
    await queue('asa@fjall.test');
    await updateOrganisation(deps, org.admin.actor, { language: 'en' });
    await sendDue(deps, org.id);
    await sendDue(deps, org.id);
    expect(server.mails).toHaveLength(1);
    const [{ to, parsed } = expect.fail()] = server.mails;
    expect(to).toEqual(['asa@fjall.test']);
    expect(parsed.subject).toBe('1 person is gone from Entra ID or out of scope – Norrsken AB');
    const address = `${publicUrl}/settings/${org.id}/entra/users?list=gone`;
    expect(parsed.text).toContain(address);
    expect(parsed.html).toContain(`href="${address}"`);
    const [row] = await rows();
    expect(row).toMatchObject({ attempts: 1, sent_at: clock.now(), failed_at: null, last_error: null });
    expect(parsed.messageId).toBe(`<${String(row?.['message_id'])}@samsyn.norrsken.test>`);
  });

  test('is sent by a worker of the job queue, without anybody asking', async () => {
    await startWorker();
    await queue('asa@fjall.test', 'bo@fjall.test');
    await vi.waitFor(() => expect(server.mails).toHaveLength(2), { timeout: 10_000 });
  });

  test('whose transaction is still open when a worker looks is not forgotten', async () => {
    // One waits in the queue already, and is taken while another transaction has written but not committed.
    await queue('first@fjall.test');
    await inOrganisation(db, org.id, async (tx) => {
      await queueMails(deps, tx, org.id, [{ recipient: 'second@fjall.test', message: gone }]);
      await startWorker();
      await vi.waitFor(() => expect(server.mails).toHaveLength(1), { timeout: 10_000 });
      await vi.waitFor(async () => expect(await waits()).toEqual([]), { timeout: 10_000 });
    });
    await vi.waitFor(() => expect(server.mails).toHaveLength(2), { timeout: 10_000 });
  });

  test('goes out once although two workers look at the same time', async () => {
    await queue(...Array.from({ length: 30 }, (_, index) => `person${index}@fjall.test`));
    await Promise.all([sendDue(deps, org.id), sendDue(deps, org.id), sendDue(deps, org.id)]);
    expect(server.mails).toHaveLength(30);
    expect(new Set(server.mails.flatMap(({ to }) => to)).size).toBe(30);
    expect(new Set(server.mails.map(({ parsed }) => parsed.messageId)).size).toBe(30);
  });

  test('of another organisation is not touched', async () => {
    await queue('asa@fjall.test');
    const other = await addOrganisation(db, `other${count}.test`);
    await sendDue(deps, other.id);
    expect(server.mails).toEqual([]);
  });

  test('is kept for a month after it was sent', async () => {
    await queue('asa@fjall.test');
    await sendDue(deps, org.id);
    await clock.advance(30 * 24 * 60 * minuteMs);
    await sendDue(deps, org.id);
    expect(await rows()).toHaveLength(1);
    await clock.advance(1000);
    await sendDue(deps, org.id);
    expect(await rows()).toHaveLength(0);
  });
});

describe('a server that says no', () => {
  test('is asked again after 5 minutes, then after twice as long each time, always with the same Message-ID', async () => {
    server.refusal = { code: 451, text: 'Try again later' };
    await queue('asa@fjall.test');
    const asked: number[] = [];
    const start = clock.now().getTime();
    for (let minutes = 0; minutes <= 160; minutes += 1) {
      const before = server.tries;
      await sendDue(deps, org.id);
      if (server.tries > before) asked.push((clock.now().getTime() - start) / minuteMs);
      await clock.advance(minuteMs);
    }
    expect(asked).toEqual([0, 5, 15, 35, 75, 155]);
    const [row] = await rows();
    expect(row).toMatchObject({ attempts: 6, sent_at: null, failed_at: null, last_error: expect.stringContaining('Try again later') as string }); // prettier-ignore
    server.refusal = null;
    await clock.advance(160 * minuteMs);
    await sendDue(deps, org.id);
    expect(server.mails.map(({ parsed }) => parsed.messageId)).toEqual([
      `<${String(row?.['message_id'])}@samsyn.norrsken.test>`,
    ]);
    expect(await rows()).toMatchObject([{ sent_at: clock.now(), last_error: null }]);
  });

  test('leaves a job that wakes at the next try', async () => {
    server.refusal = { code: 451, text: 'Try again later' };
    await queue('asa@fjall.test');
    await owner.query(`delete from pgboss.job where name = 'mail'`);
    await sendDue(deps, org.id);
    expect(await waits()).toEqual([300]);
    await clock.advance(5 * minuteMs);
    await sendDue(deps, org.id);
    expect(await waits()).toEqual([300, 600]);
  });

  test('is given up after 72 hours, and the mail says why', async () => {
    server.refusal = { code: 550, text: 'No such person here' };
    await queue('asa@fjall.test');
    for (let hours = 0; hours < 72; hours += 1) {
      await sendDue(deps, org.id);
      expect((await rows())[0]).toMatchObject({ failed_at: null });
      await clock.advance(60 * minuteMs);
    }
    await sendDue(deps, org.id);
    const { tries } = server;
    expect((await rows())[0]).toMatchObject({
      sent_at: null,
      last_error: expect.stringContaining('No such person here') as string,
    });
    expect((await rows())[0]?.['failed_at']).toEqual(clock.now());
    await clock.advance(48 * 60 * minuteMs);
    await sendDue(deps, org.id);
    expect(server.tries).toBe(tries);
  });

  test('to one does not hold up the others', async () => {
    await queue('inte en adress', 'bo@fjall.test', 'cilla@fjall.test');
    await sendDue(deps, org.id);
    expect(server.mails.map(({ to }) => to[0])).toEqual(['bo@fjall.test', 'cilla@fjall.test']);
    expect((await rows())[0]).toMatchObject({ last_error: 'address', failed_at: clock.now() });
  });
});

test('without a mail server a mail is given up at once, with the reason', async () => {
  const without = { ...deps, transport: createTransport({ smtpUrl: undefined, from: undefined }) };
  await queue('asa@fjall.test');
  await sendDue(without, org.id);
  expect(await rows()).toMatchObject([{ failed_at: clock.now(), last_error: 'not_configured' }]);
});

describe('a test mail', () => {
  test('goes out at once, in the language of the organisation', async () => {
    expect(await sendTestMail(deps, org.id, 'asa@fjall.test')).toEqual({ sent: true, error: null });
    expect(server.mails[0]?.parsed.subject).toBe('Testmejl från Samsyn – Norrsken AB');
    expect(await rows()).toEqual([]);
  });

  test('tells what the mail server said, or that there is none', async () => {
    server.refusal = { code: 554, text: 'Relaying denied' };
    const refused = await sendTestMail(deps, org.id, 'asa@fjall.test');
    expect(refused.sent).toBe(false);
    expect(refused.error).toContain('Relaying denied');
    const none = { ...deps, transport: createTransport({ smtpUrl: undefined, from: undefined }) };
    expect(await sendTestMail(none, org.id, 'asa@fjall.test')).toEqual({ sent: false, error: 'not_configured' });
    expect(await sendTestMail(deps, org.id, 'a@b.se,evil@x.se')).toEqual({ sent: false, error: 'address' });
  });
});
