// The life of a connect link, from its making to its end, and that whoever asked is told of each step (T5, T18).
import { beforeEach, describe, expect, test } from 'vitest';
import { tellOfExpiredLink } from '../src/connection/link-life.ts';
import { tell } from '../src/notify/tell.ts';
import {
  codeOf,
  connectByLink,
  goOnByLink,
  linksOf,
  newLink,
  openLink,
  organisationId,
  startOver,
  useSamsyn,
} from './samsyn-world.ts';
import { scriptedBrowser } from './scripted-browser.ts';

const world = await useSamsyn();
let asker = await world.signIn();
const karin = 'karin.lind@norrsken.se';
const oskar = 'oskar.app@norrsken.se';
const hours72 = 72 * 3_600_000;
const tenMinutes = 600_000;

beforeEach(async () => {
  await startOver(world);
  asker = await world.signIn();
});

async function told(): Promise<unknown[]> {
  const rows = await world.query('select kind, params from notification order by id');
  return rows.map(({ kind, params }) => [kind, params]);
}
const kindsOf = async () => (await linksOf(world, asker))[0]?.events.map(({ kind }) => kind);
const remind = (id: string, email: string) => asker.call('POST', world.api(`/links/${id}/reminder`), { email });
const deps = () => ({ db: world.samsyn.db, clock: world.clock, tell });

const linkPattern = /\/connect#([\w.-]+)/;
/** Mails with a link. Those of a connection that an earlier test made may still arrive. */
const mailsWithLink = () => world.mail.mails.filter(({ parsed }) => linkPattern.test(parsed.text ?? ''));

/** The token in the only mail with a link that was sent to the address. */
function tokenMailedTo(address: string): string {
  const [mail, ...more] = mailsWithLink().filter(({ to }) => to.includes(address));
  expect(more).toEqual([]);
  return linkPattern.exec(mail?.parsed.text ?? '')?.[1] ?? '';
}

test('created, opened and used: by whom, and with which permissions', async () => {
  const { token } = await newLink(world, asker);
  expect((await connectByLink(world, token, { upn: karin })).flow).toMatchObject({ step: 'connected' });
  const [link] = await linksOf(world, asker);
  expect(link).toMatchObject({ state: 'used', isOpen: false, canRemind: false });
  expect(link?.events.map(({ kind, by, permissions }) => [kind, by, permissions])).toEqual([
    ['created', 'Åsa Öberg', []],
    ['opened', null, []],
    ['used', 'Karin Lind', ['User.Read.All', 'GroupMember.Read.All']],
  ]);
  expect(await told()).toEqual([
    ['connect_link_opened', {}],
    ['connected', { tenant: 'Norrsken Energi AB', person: 'Karin Lind' }],
  ]);
});

describe('waiting for somebody who may grant', () => {
  test('who holds a role that may not is noted and told once, and the link goes on to somebody who may', async () => {
    const { token } = await newLink(world, asker);
    // Microsoft's own page sends the Application Administrator away (AADSTS90094).
    const first = await connectByLink(world, token, { upn: oskar });
    expect(first.flow).toMatchObject({ step: 'failed', error: { code: 'connect_role_missing' } });
    await goOnByLink(world, first.browser, { upn: oskar });
    expect(await linksOf(world, asker)).toMatchObject([{ state: 'waiting', isOpen: true, canRemind: true }]);
    expect(await told()).toEqual([
      ['connect_link_opened', {}],
      ['connect_link_waiting', { person: 'Oskar App' }],
    ]);
    expect((await connectByLink(world, token, { upn: karin })).flow).toMatchObject({ step: 'connected' });
    expect(await kindsOf()).toEqual(['created', 'opened', 'waiting', 'used']);
  });

  test('without the claim of roles it is Microsoft’s answer that says so', async () => {
    const registration = world.emulator.store.app('11111111-2222-4333-8444-555555555555') ?? expect.fail();
    world.emulator.store.putApp({ ...registration, groupMembershipClaims: 'None' });
    try {
      const { token } = await newLink(world, asker);
      const { flow } = await connectByLink(world, token, { upn: 'per.user@norrsken.se' });
      expect(flow).toMatchObject({ step: 'failed', error: { code: 'connect_role_missing' } });
      expect(await linksOf(world, asker)).toMatchObject([{ state: 'waiting' }]);
      expect((await told()).at(-1)).toEqual(['connect_link_waiting', { person: 'Per User' }]);
    } finally {
      world.emulator.store.putApp(registration);
    }
  });
});

describe('the reminder', () => {
  test('is one mail with a new address: the earlier one dies, and what is open in a browser goes on (T5)', async () => {
    const { token, id } = await newLink(world, asker);
    const colleague = scriptedBrowser();
    await openLink(world, colleague, token);
    world.clock.aheadMs = tenMinutes;
    const { status, body } = await remind(id, 'karin.lind@norrsken.se');
    expect([status, body]).toMatchObject([200, { id, state: 'opened', canRemind: false }]);
    const fresh = tokenMailedTo('karin.lind@norrsken.se');
    expect(fresh).not.toBe(token);
    expect(codeOf((await openLink(world, scriptedBrowser(), token)).body)).toBe('connect_link_invalid');
    expect((await openLink(world, scriptedBrowser(), fresh)).status).toBe(200);
    const [link] = await linksOf(world, asker);
    expect(Date.parse(link?.expiresAt ?? '') - world.clock.now().getTime()).toBeGreaterThan(hours72 - 60_000);
    expect(link?.events.at(-1)).toMatchObject({ kind: 'reminded', address: 'karin.lind@norrsken.se' });
    expect(await goOnByLink(world, colleague, { upn: karin })).toMatchObject({ step: 'connected' });
  });

  test('names who asks in words, and stands with its address in no table and no line of the log', async () => {
    const { id } = await newLink(world, asker);
    await remind(id, 'karin.lind@norrsken.se');
    const fresh = tokenMailedTo('karin.lind@norrsken.se');
    const [mail] = mailsWithLink();
    expect(mail?.parsed.subject).toBe('Påminnelse: Norrsken Energi AB ber om att få läsa ert Entra ID');
    expect(mail?.parsed.text).toContain('Åsa Öberg (asa.oberg@norrsken.se)');
    const secret = fresh.split('.')[1] ?? expect.fail();
    const tables = await world.query(
      "select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema in ('public', 'pgboss')",
    );
    for (const { name } of tables) {
      const rows = await world.query(`select t::text as row from ${String(name)} t where t::text like $1`, [`%${secret}%`]); // prettier-ignore
      expect([name, rows]).toEqual([name, []]);
    }
    expect(world.lines.filter((line) => line.includes(secret) || line.includes('karin.lind'))).toEqual([]);
  });

  test('is sent once, however many ask at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      await startOver(world);
      const { id } = await newLink(world, asker);
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, index) => remind(id, `colleague${index}@norrsken.se`)),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.flatMap(({ body }) => codeOf(body) ?? [])).toEqual(Array(5).fill('connect_link_reminded'));
      expect(mailsWithLink()).toHaveLength(1);
    }
  });

  test.each([
    'a@b.se,evil@x.se',
    'evil@x.se>, <a@b.se',
    '"a b"@x.se',
    'a@b.se\r\nBcc: evil@x.se',
    'åsa@b.se',
    'a@b',
    '',
  ])('to %j is refused, and nothing has changed (T18)', async (email) => {
    const { token, id } = await newLink(world, asker);
    expect((await remind(id, email)).status).toBe(400);
    expect(mailsWithLink()).toEqual([]);
    expect(await linksOf(world, asker)).toMatchObject([{ canRemind: true }]);
    expect((await openLink(world, scriptedBrowser(), token)).status).toBe(200);
  });

  test('that the mail server does not take leaves the link as it was, and can be tried again', async () => {
    const { token, id } = await newLink(world, asker);
    const [before] = await world.query('select * from connect_link');
    world.mail.refusal = { code: 550, text: 'No such person here' };
    expect(codeOf((await remind(id, 'karin@norrsken.se')).body)).toBe('mail_not_sent');
    expect(await world.query('select * from connect_link')).toEqual([before]);
    expect((await openLink(world, scriptedBrowser(), token)).status).toBe(200);
    world.mail.refusal = null;
    expect((await remind(id, 'karin@norrsken.se')).status).toBe(200);
  });

  test('is not sent of a link that has come to its end, or of another organisation’s', async () => {
    const { id } = await newLink(world, asker);
    const foreign = world.api(`/links/${id}/reminder`, '0192a000-0000-7000-8000-000000000002');
    expect((await asker.call('POST', foreign, { email: 'a@b.se' })).status).toBe(404);
    await asker.call('DELETE', world.api(`/links/${id}`));
    expect(codeOf((await remind(id, 'a@b.se')).body)).toBe('connect_link_invalid');
    expect(mailsWithLink()).toEqual([]);
  });
});

describe('the end', () => {
  test('of its time is told once; a reminder gives it more', async () => {
    const { id } = await newLink(world, asker);
    const link = { organisationId, linkId: id };
    await tellOfExpiredLink(deps(), link);
    expect(await told()).toEqual([]);
    world.clock.aheadMs = tenMinutes;
    expect((await remind(id, 'karin@norrsken.se')).status).toBe(200);
    world.clock.aheadMs = hours72 + 60_000;
    await tellOfExpiredLink(deps(), link);
    expect(await told()).toEqual([]);
    world.clock.aheadMs = hours72 + tenMinutes + 60_000;
    await Promise.all([tellOfExpiredLink(deps(), link), tellOfExpiredLink(deps(), link)]);
    expect(await told()).toEqual([['connect_link_expired', {}]]);
  });

  test('is looked for when its time is over: a job waits since the link was made, and one since the reminder', async () => {
    const { id } = await newLink(world, asker);
    world.clock.aheadMs = tenMinutes;
    await remind(id, 'karin@norrsken.se');
    const jobs = await world.query(
      "select data, extract(epoch from start_after - created_on)::int as wait from pgboss.job where name = 'link' and data->>'linkId' = $1 order by created_on",
      [id],
    );
    expect(jobs).toMatchObject([
      { data: { organisationId, linkId: id }, wait: 72 * 3600 + 5 },
      { data: { organisationId, linkId: id }, wait: 72 * 3600 + 5 },
    ]);
  });

  test('by a decline, a new link or another administrator is shown and told', async () => {
    const { token } = await newLink(world, asker);
    const colleague = scriptedBrowser();
    await openLink(world, colleague, token);
    await colleague.call('POST', `${world.url}/api/v1/connect-link/decline`);
    expect(await kindsOf()).toEqual(['created', 'opened', 'declined']);
    const second = await newLink(world, asker);
    // Björn gets the permission too, and finds a link that Åsa has forgotten.
    await world.query(
      "update app_user set permissions = '{users_and_teams}' where sign_in_email = 'bjorn.ek@norrsken.se'",
    );
    const bjorn = await world.signIn({ email: 'bjorn.ek@norrsken.se', password: 'samsyn-demo-2026' });
    expect((await bjorn.call('DELETE', world.api(`/links/${second.id}`))).status).toBe(204);
    expect((await told()).at(-1)).toEqual(['connect_link_revoked', { person: 'Björn Ek' }]);
    const third = await newLink(world, asker);
    await asker.call('DELETE', world.api(`/links/${third.id}`));
    // What one did oneself one knows.
    expect((await told()).at(-1)).toEqual(['connect_link_revoked', { person: 'Björn Ek' }]);
    expect((await linksOf(world, asker)).map(({ state }) => state)).toEqual(['revoked', 'revoked', 'declined']);
  });

  test('of its time stays what it was when a new link is made', async () => {
    await newLink(world, asker);
    await world.query("update connect_link set expires_at = now() - interval '1 second'");
    await newLink(world, asker);
    expect((await linksOf(world, asker)).map(({ state }) => state)).toEqual(['created', 'expired']);
  });
});
