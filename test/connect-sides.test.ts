// T3: both sides know. Whoever signs in is told for which organisation, and types its name when the asker is a stranger; the tenant's side gets
// a mail; the operator can require an approval; and there is no connection that nobody has confirmed with both sides named.
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { NORRSKEN, userId } from '../emulator/people.ts';
import { answerApprovals } from '../src/approvals.ts';
import { UsageError } from '../src/add-organisation.ts';
import { createLogger } from '../src/base/log.ts';
import { approveConnecting, refuseConnecting } from '../src/connection/approval.ts';
import { tell } from '../src/notify/tell.ts';
import {
  codeOf,
  connectByLink,
  connectSelf,
  flowOf,
  linksOf,
  newLink,
  openLink,
  organisationId,
  startOver,
  useSamsyn,
} from './samsyn-world.ts';
import { scriptedBrowser, type ScriptedBrowser } from './scripted-browser.ts';

const world = await useSamsyn({ SAMSYN_APPROVE_CONNECTIONS: 'yes' });
const asa = 'asa.oberg@norrsken.se';
const karin = 'karin.lind@norrsken.se';
const erik = 'erik.fjall@fjallbygg.se';
const organisationName = 'Norrsken Energi AB';
const otherId = '0192a000-0000-7000-8000-000000000002';
const log = createLogger({ level: 'silent' });

let asker: ScriptedBrowser;
beforeEach(async () => {
  await startOver(world);
  world.emulator.store.changeFacts(NORRSKEN.id, { technicalMails: [] });
  asker = await world.signIn();
});

const approvals = (...args: string[]) => answerApprovals(world.config, log, args);
async function waitingId(): Promise<string> {
  const [row] = await world.query("select id from connect_flow where step = 'waiting'");
  return String(row?.['id']);
}
const kinds = async () => (await world.query('select kind from notification order by id')).map(({ kind }) => kind);
const connections = () => world.query('select organisation_id, tenant_id, consented_by_name from connection');

/** What the outbox holds for the tenant's side, once it is sent. */
async function mailsToTenant(count: number) {
  await expect.poll(() => world.mail.mails.length, { timeout: 10_000 }).toBe(count);
  return world.mail.mails;
}

describe('T3 the operator’s approval', () => {
  test('a consent that is proved waits, and is connected when it is approved', async () => {
    const { token } = await newLink(world, asker);
    const { browser, flow } = await connectByLink(world, token, { upn: karin });
    expect(flow).toMatchObject({ step: 'waiting', tenantName: 'Norrsken Energi AB', organisationName });
    expect(await connections()).toEqual([]);
    expect(await linksOf(world, asker)).toMatchObject([{ state: 'waiting_operator', isOpen: false, canRemind: false }]);
    const { body } = await asker.call('GET', world.api(''));
    expect(body).toMatchObject({
      connection: null,
      awaiting: { tenantName: 'Norrsken Energi AB', signerName: 'Karin Lind' },
    });
    // The link has done what it was for.
    expect(codeOf((await openLink(world, scriptedBrowser(), token)).body)).toBe('connect_link_invalid');

    const list = (await approvals()).join('\n');
    for (const text of [
      'Norrsken Energi AB -> Norrsken Energi AB',
      NORRSKEN.id,
      'norrsken.se',
      'Åsa Öberg, asa.oberg@norrsken.se',
      'Karin Lind',
    ])
      expect(list).toContain(text);
    expect(await approvals('--approve', await waitingId())).toEqual([
      'Connected: Norrsken Energi AB -> Norrsken Energi AB. Whoever asked is told.',
    ]);
    expect(await connections()).toEqual([
      { organisation_id: organisationId, tenant_id: NORRSKEN.id, consented_by_name: 'Karin Lind' },
    ]);
    expect(await flowOf(world, browser)).toMatchObject({ step: 'connected' });
    expect((await linksOf(world, asker))[0]?.events.map(({ kind }) => kind)).toEqual([
      'created',
      'opened',
      'waiting_operator',
      'used',
    ]);
    expect(await kinds()).toEqual(['connect_link_opened', 'connect_awaits_operator', 'connected']);
    expect(await approvals()).toEqual(['No connection waits for your approval.']);
  });

  test('a refusal ends it, and nothing is connected', async () => {
    expect(await connectSelf(world, asker, { upn: asa })).toMatchObject({ step: 'waiting' });
    const id = await waitingId();
    expect(await approvals('--refuse', id)).toEqual([expect.stringContaining('Refused')]);
    expect(await flowOf(world, asker)).toMatchObject({ step: 'failed', error: { code: 'connect_refused' } });
    expect(await kinds()).toEqual(['connect_awaits_operator', 'connect_refused']);
    await expect(approvals('--approve', id)).rejects.toThrow(UsageError);
    expect(await connections()).toEqual([]);
  });

  test('what was withdrawn or revoked meanwhile is not connected by an approval', async () => {
    const { token, id } = await newLink(world, asker);
    await connectByLink(world, token, { upn: karin });
    await asker.call('DELETE', world.api(`/links/${id}`));
    await expect(approvals('--approve', await waitingId())).rejects.toThrow('not connected');
    // The consent is gone: the proof is made once more.
    expect(await connectSelf(world, asker, { upn: asa })).toMatchObject({ step: 'waiting' });
    world.emulator.store.tenant(NORRSKEN.id).grants.clear();
    await expect(approvals('--approve', await waitingId())).rejects.toThrow('not connected');
    expect(await connections()).toEqual([]);
  });

  test('an approval is for the tenant that was asked for: beginning anew asks anew', async () => {
    const { token } = await newLink(world, asker);
    const { browser } = await connectByLink(world, token, { upn: karin });
    await world.query("update connect_flow set step = 'failed', approved_at = now()");
    await world.query('update connect_link set operator_asked_at = null');
    const { body } = await browser.call('POST', `${world.url}/api/v1/connect-link/sign-in`);
    expect(body).toHaveProperty('redirectUrl');
    expect(await world.query('select approved_at from connect_flow')).toEqual([{ approved_at: null }]);
  });

  test('only what waits is seen across organisations, and only by the operator’s look', async () => {
    await connectSelf(world, asker, { upn: asa });
    await world.query(
      "insert into connect_flow (organisation_id, id, browser_hash, asked_by, step, expires_at) select organisation_id, gen_random_uuid(), '\\x00', asked_by, 'confirm', expires_at from connect_flow",
    );
    const { kysely } = world.samsyn.db;
    expect(await kysely.selectFrom('connect_flow').select('id').execute()).toEqual([]);
    expect((await approvals()).filter((line) => line.includes(' id '))).toHaveLength(1);
  });

  test('what is written wrong on the command line is told, and names cannot steer the terminal', async () => {
    await connectSelf(world, asker, { upn: asa });
    await world.query("update connect_flow set signer_name = E'Eve\\x1b[2J\\u202egnp', tenant_name = E'A\\nB'");
    expect((await approvals()).join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    for (const args of [['--approve', 'x'], ['--approve', ''], ['--nonsense'], ['--approve', 'a', '--refuse', 'b']])
      await expect(approvals(...args)).rejects.toThrow(UsageError);
  });
});

describe('T3 word to the tenant’s side', () => {
  async function connect(): Promise<void> {
    const { token } = await newLink(world, asker);
    await connectByLink(world, token, { upn: karin });
    await approvals('--approve', await waitingId());
  }

  test('who granted and the technical contacts get one mail each: organisation, asker, what is read, how to take it back', async () => {
    world.emulator.store.changeFacts(NORRSKEN.id, { technicalMails: ['it@norrsken.se', 'Karin.Lind@norrsken.se'] });
    await connect();
    const mails = await mailsToTenant(2);
    expect(mails.map(({ to }) => to[0]).toSorted((x = '', y = '') => (x < y ? -1 : 1))).toEqual([
      'it@norrsken.se',
      karin,
    ]);
    for (const { parsed, to } of mails) {
      expect(to).toHaveLength(1);
      expect(parsed.subject).toBe('Norrsken Energi AB är ansluten till Norrsken Energi AB i Samsyn');
      for (const text of [
        'Åsa Öberg (asa.oberg@norrsken.se)',
        'Karin Lind',
        'User.Read.All, GroupMember.Read.All',
        'Företagsprogram',
        'en gång',
      ])
        expect(parsed.text).toContain(text);
      expect(parsed.text).not.toMatch(/https?:\/\//);
    }
    const [{ detail }] = await world.query("select detail from audit_event where action = 'connection.connected' order by id desc limit 1") as [{ detail: unknown }]; // prettier-ignore
    expect(detail).toMatchObject({ mailsToTenant: 2, approved: true });
  });

  test('nobody outside the tenant’s own domains is written to, whatever the directory says (T18)', async () => {
    const hostile = [
      'victim@example.com',
      'a@norrsken.se,victim@example.com',
      'victim@example.com\r\nBcc: x@norrsken.se',
      '"x y"@norrsken.se',
      'victim@example.com#@norrsken.se.evil.example',
      'åsa@norrsken.se',
      '',
      'x'.repeat(300),
    ];
    world.emulator.store.changeFacts(NORRSKEN.id, { technicalMails: [...hostile, 'it@norrsken.se'] });
    world.emulator.store.updateUser(NORRSKEN.id, userId(karin), { mail: 'victim@example.com' });
    await connect();
    const mails = await mailsToTenant(2);
    // The address by which Karin signs in is the tenant's own.
    expect(mails.map(({ to }) => to)).toEqual(expect.arrayContaining([['it@norrsken.se'], [karin]]));
    expect(mails.filter(({ raw }) => raw.includes('victim@example.com'))).toEqual([]);
    world.emulator.store.updateUser(NORRSKEN.id, userId(karin), { mail: karin });
  });

  test('a directory with a hundred contacts makes five mails', async () => {
    world.emulator.store.changeFacts(NORRSKEN.id, {
      technicalMails: Array.from({ length: 100 }, (_, n) => `it${n}@norrsken.se`),
    });
    await connect();
    expect(await mailsToTenant(5)).toHaveLength(5);
  });
});

describe('T3 a stranger’s request', () => {
  test('takes typing the organisation’s name, exactly as it is', async () => {
    for (const typedName of [undefined, '', 'norrsken energi ab', 'Fjällbygg AB', 'Norrsken Energi']) {
      world.rest();
      const way = typedName === undefined ? { upn: erik } : { upn: erik, typedName };
      expect(await connectSelf(world, asker, way)).toMatchObject({ step: 'confirm', nameMustBeTyped: true });
    }
    expect(await connectSelf(world, asker, { upn: erik, typedName: organisationName })).toMatchObject({
      step: 'waiting',
    });
  });
});

/** As the command does, in the process of the server. */
async function answerAs(deed: string, { id, organisation }: { id: string; organisation: string }): Promise<void> {
  const { db } = world.samsyn;
  const one = { organisationId: organisation, flowId: id };
  if (deed === 'refuse') await refuseConnecting({ db, clock: world.clock, tell }, one);
  if (deed !== 'approve') return;
  await approveConnecting({ db, clock: world.clock }, one);
  const isProving = async () => {
    await asker.call('GET', world.api('', organisation));
    return (await world.query("select 1 from connect_flow where step = 'proving'")).length > 0;
  };
  await expect.poll(isProving, { timeout: 15_000 }).toBe(false);
}

test('T3 there is no connection without a confirmation that named both sides before it', async () => {
  let made = 0;
  afterAll(() => void process.stdout.write(`T3: ${made} connections of ${runs} random histories, each confirmed\n`));
  const runs = 25;
  const step = fc.record({
    deed: fc.constantFrom(
      'self',
      'self',
      'link',
      'link',
      'approve',
      'approve',
      'approve',
      'refuse',
      'revoke',
      'withdraw',
      'off',
      'raw callback',
    ),
    organisation: fc.constantFrom(organisationId, otherId),
    upn: fc.constantFrom(asa, asa, karin, erik, erik, 'oskar.app@norrsken.se', 'per.user@norrsken.se'),
    answer: fc.constantFrom('accept' as const, 'accept' as const, 'cancel' as const),
    typedName: fc.constantFrom(undefined, organisationName, 'Norrsken Fiber AB'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 12 }), async (steps) => {
      await startOver(world);
      await world.query('truncate audit_event');
      const browser = await world.signIn();
      for (const { deed, organisation, upn, answer, typedName } of steps) {
        world.rest();
        const way = { upn, answer, ...(typedName === undefined ? {} : { typedName }) };
        if (deed === 'self') await connectSelf(world, browser, way, organisation);
        if (deed === 'link') {
          const { body, status } = await browser.call('POST', world.api('/links', organisation));
          const url = status === 200 ? (body as { url: string }).url : '';
          if (url) await connectByLink(world, url.slice(url.indexOf('#') + 1), way);
        }
        const [waiting] = await world.query(
          "select id, organisation_id as organisation from connect_flow where step = 'waiting' order by id limit 1",
        );
        if (waiting) await answerAs(deed, waiting as { id: string; organisation: string });
        if (deed === 'revoke') await world.query('update connect_link set revoked_at = now() where used_at is null and revoked_at is null'); // prettier-ignore
        if (deed === 'withdraw') for (const tenant of world.emulator.store.tenants.values()) tenant.grants.clear();
        if (deed === 'off') await browser.call('POST', world.api('/turn-off', organisation));
        if (deed === 'raw callback') await browser.visit(`${world.url}/entra/consent?admin_consent=True&tenant=${NORRSKEN.id}&state=x`, { stopAt: () => true }); // prettier-ignore
        const rows = await world.query('select organisation_id, tenant_id, id from connection');
        const confirmed = await world.query(
          `select c.id from connection c join organisation o on o.id = c.organisation_id
           join audit_event made on made.organisation_id = c.organisation_id and made.subject = c.id::text and made.action = 'connection.connected'
           where exists (select from audit_event e where e.organisation_id = c.organisation_id and e.action = 'connection.confirmed'
             and e.detail->>'tenantId' = c.tenant_id::text and e.detail->>'organisation' = o.name and e.detail->>'tenantDomain' <> '' and e.id < made.id)`,
        );
        expect(confirmed.map(({ id }) => id).toSorted(byText)).toEqual(rows.map(({ id }) => id).toSorted(byText));
        // One tenant has one connection that is not off (I34).
        const on = await world.query("select tenant_id from connection where status <> 'off'");
        expect(new Set(on.map(({ tenant_id }) => tenant_id)).size).toBe(on.length);
      }
      made += (await connections()).length;
    }),
    { numRuns: runs },
  );
  expect(made).toBeGreaterThan(runs / 5);
}, 300_000);

const byText = (x: unknown, y: unknown): number => (String(x) < String(y) ? -1 : 1);
