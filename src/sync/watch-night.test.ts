// A night beside its run: withdrawn consent is noticed without one and told once, and credentials that run out are told of in time (T14).
import { beforeEach, describe, expect, test } from 'vitest';
import { clientId, useWorld, type Org } from '../../test/factories.ts';
import { manualClock } from '../../test/manual-clock.ts';
import { newId } from '../base/ids.ts';
import { listNotifications } from '../notify/inbox.ts';
import { probeConnection, warnOfExpiry } from './watch-night.ts';

const world = await useWorld();
const { store } = world.emulator;
const dayMs = 24 * 3_600_000;
let org: Org;

beforeEach(async () => {
  store.faults.clear();
  org = await world.connect();
  org.addPerson();
  await world.admin.query(
    `insert into notice_recipient (organisation_id, connection_id, id, app_user_id, email, kinds, position)
     values ($1, $2, $3, $4, null, '{connection_trouble}', 0), ($1, $2, $5, null, 'drift@norrsken.test', '{connection_trouble}', 1),
       ($1, $2, $6, null, 'hr@norrsken.test', '{gone}', 2)`,
    [org.id, org.connectionId, newId(), org.actor.appUserId, newId(), newId()],
  );
});

const probe = () =>
  probeConnection(world.deps, { organisationId: org.id, connectionId: org.connectionId }, new AbortController().signal);
const inbox = async () =>
  (await listNotifications(world, org.actor, { limit: 50 })).items.map(({ kind, params }) => ({ kind, ...params }));
const mails = async () =>
  (
    await world.admin.query<{ recipient: string; kind: string }>(
      `select recipient, message -> 'notices' -> 0 ->> 'kind' as kind from outbox where organisation_id = $1`,
      [org.id],
    )
  ).rows.map(({ recipient, kind }) => `${recipient} ${kind}`);
const state = async () => {
  const { rows } = await world.admin.query<{ status: string; trouble_code: string | null }>(
    'select status, trouble_code from connection where id = $1',
    [org.connectionId],
  );
  return `${rows[0]?.status} ${rows[0]?.trouble_code}`;
};
const revoke = () => store.tenant(org.tenantId).grants.delete(clientId);
const asked = () => store.requests.summary().count;

describe('the probe of a connection that is synced by hand', () => {
  test('of a healthy one changes nothing and tells nobody', async () => {
    await probe();
    expect([await state(), await inbox(), await mails()]).toEqual(['active null', [], []]);
  });

  test('notices withdrawn consent, tells of it once, and clears itself when the consent is back', async () => {
    revoke();
    await probe();
    await probe();
    expect(await state()).toBe('blocked graph_consent_revoked');
    expect(await inbox()).toEqual([{ kind: 'connection_trouble', code: 'graph_consent_revoked' }]);
    expect(await mails()).toEqual(['drift@norrsken.test connection_trouble']);
    store.grant(org.tenantId, clientId, ['User.Read.All', 'GroupMember.Read.All']);
    await probe();
    expect([await state(), (await inbox()).length]).toEqual(['active null', 1]);
    revoke();
    await probe();
    expect((await inbox()).length).toBe(2);
  });

  test('tells once when two look at the same time, and a run that fails on the same day does not say it again', async () => {
    revoke();
    await Promise.all([probe(), probe(), probe()]);
    expect(await org.run()).toMatchObject({ state: 'failed', error: { code: 'graph_consent_revoked' } });
    expect([(await inbox()).length, (await mails()).length]).toEqual([1, 1]);
  });

  test('notices a single permission that was taken back', async () => {
    revoke();
    store.grant(org.tenantId, clientId, ['User.Read.All']);
    await probe();
    expect(await state()).toBe('blocked graph_permission_missing');
  });

  test('leaves all as it is while Microsoft does not answer', async () => {
    store.faults.add({ match: { path: '/v1.0/users' }, answer: { status: 503 } });
    await probe();
    expect([await state(), await inbox()]).toEqual(['active null', []]);
    store.faults.clear();
    revoke();
    await probe();
    store.faults.add({ match: { path: '/oauth2/v2.0/token' }, answer: { status: 503 } });
    await probe();
    expect(await state()).toBe('blocked graph_consent_revoked');
  });

  test.each(["mode = 'daily'", "status = 'configuring'", "status = 'off', turned_off_at = now()"])(
    'asks nothing of Microsoft when %s',
    async (assignment) => {
      await world.admin.query(`update connection set ${assignment} where id = $1`, [org.connectionId]);
      const before = asked();
      await probe();
      expect(asked()).toBe(before);
    },
  );

  test('says nothing of a connection that was connected again while it asked', async () => {
    revoke();
    const graph = {
      ...world.deps.graph,
      forget: () => void 0,
      reader: (...args: Parameters<typeof world.deps.graph.reader>) => {
        const reader = world.deps.graph.reader(...args);
        return {
          ...reader,
          probe: async () => {
            await world.admin.query(`update connection set consented_at = now() + interval '1 second' where id = $1`, [
              org.connectionId,
            ]);
            return reader.probe();
          },
        };
      },
    };
    await probeConnection(
      { ...world.deps, graph },
      { organisationId: org.id, connectionId: org.connectionId },
      new AbortController().signal,
    );
    expect([await state(), await inbox()]).toEqual(['active null', []]);
  });
});

describe('credentials that run out', () => {
  const expiresAt = new Date('2028-03-31T00:00:00Z');
  const clock = manualClock();
  const night = (credentialExpiresAt: Date | undefined = expiresAt) =>
    warnOfExpiry(
      { ...world.deps, clock, credentialExpiresAt },
      { organisationId: org.id, connectionId: org.connectionId },
    );
  const told = async () => (await inbox()).toReversed().map((one) => ('days' in one ? one.days : one.kind));

  test('are told of 60, 30, 14, 7, 3 and 1 days ahead, once each, over two years of nights that look ten times', async () => {
    await world.admin.query(`update connection set mode = 'daily' where id = $1`, [org.connectionId]);
    clock.set(new Date(expiresAt.getTime() - 730 * dayMs));
    for (let day = 0; day < 740; day += 1) {
      const isNear = day > 660;
      for (let look = 0; look < (isNear ? 10 : 1); look += 1) await night();
      await clock.advance(dayMs);
    }
    expect(await told()).toEqual([60, 30, 14, 7, 3, 1]);
    expect((await inbox())[0]).toEqual({ kind: 'credential_expires', date: '2028-03-31', within: 1, days: 1 });
    expect(await mails()).toEqual(Array.from({ length: 6 }, () => 'drift@norrsken.test credential_expires'));
  }, 60_000);

  test('are told of to every administrator, also one who is no recipient', async () => {
    await world.admin.query('delete from notice_recipient where organisation_id = $1', [org.id]);
    clock.set(new Date(expiresAt.getTime() - 20 * dayMs));
    await Promise.all([night(), night(), night()]);
    expect([await told(), await mails()]).toEqual([[20], []]);
  });

  test('that have a new date begin anew, and that nobody knows the date of are not told of', async () => {
    clock.set(new Date(expiresAt.getTime() - 5 * dayMs));
    await night();
    await night(new Date(expiresAt.getTime() + 50 * dayMs));
    await night(new Date(expiresAt.getTime() + 700 * dayMs));
    await warnOfExpiry(
      { ...world.deps, clock, credentialExpiresAt: undefined },
      { organisationId: org.id, connectionId: org.connectionId },
    );
    expect(await told()).toEqual([5, 55]);
  });

  test('of a connection that is off are not told of, nor when they have run out', async () => {
    clock.set(new Date(expiresAt.getTime() + 1));
    await night();
    clock.set(new Date(expiresAt.getTime() - dayMs));
    await world.admin.query(`update connection set status = 'off', turned_off_at = now() where id = $1`, [
      org.connectionId,
    ]);
    await night();
    expect(await told()).toEqual([]);
  });
});
