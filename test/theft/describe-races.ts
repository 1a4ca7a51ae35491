// Two at once: of two organisations one gets a tenant, of two browsers one uses a link, of two callbacks one takes the state.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import { createSealer } from '../../src/base/seal.ts';
import { revokeConnectLink } from '../../src/connection/connect-link.ts';
import type { ConnectionDeps } from '../../src/connection/deps.ts';
import { createGraph } from '../../src/graph/graph.ts';
import { tell } from '../../src/notify/tell.ts';
import { useDatabase } from '../database.ts';
import { raceForLinks, raceForStates, raceForTenants, type Round } from './races.ts';
import { unheard } from '../unheard.ts';

/** In a database of their own, without a witness; `told` of how many there were. */
export async function describeRaces(told: (raced: number) => void): Promise<void> {
  const { db, adminConnectionString } = await useDatabase({ maxConnections: 10 });
  const admin = new pg.Client({ connectionString: adminConnectionString });
  const log = createLogger({ level: 'silent' });
  const nowhere = { clientId: 'none', clientSecret: 'none', loginUrl: 'http://127.0.0.1:1', graphUrl: 'http://127.0.0.1:1' }; // prettier-ignore
  const room: ConnectionDeps = {
    db, log, tell,
    clock: systemClock,
    graph: createGraph({ config: nowhere, clock: systemClock, log }),
    publicUrl: 'http://localhost:8080',
    sealer: createSealer(new Uint8Array(32)),
    schedule: async () => undefined,
    ...unheard,
    nextNightly: () => new Date('2026-01-01T02:00:00Z'),
  }; // prettier-ignore
  const rounds = 1000;
  let raced = 0;

  beforeAll(() => admin.connect());
  afterAll(async () => {
    told(raced);
    await admin.end();
  });

  const tally = (all: Round[]): Record<string, number> => {
    raced += all.length;
    const ends = all.map((round) => round.ends.toSorted().join(' '));
    return Object.fromEntries([...Map.groupBy(ends, (end) => end)].map(([end, same]) => [end, same.length]));
  };

  async function count(sql: string): Promise<number> {
    const { rows } = await admin.query<{ n: number }>(`select count(*)::int as n from ${sql}`);
    return rows[0]?.n ?? Number.NaN;
  }

  describe(`${rounds} times`, () => {
    test('of two organisations that connect one tenant at the same time, exactly one gets it', async () => {
      expect(tally(await raceForTenants({ room, admin }, rounds))).toEqual({ 'done tenant_taken': rounds });
      expect(await count(`connection where status <> 'off'`)).toBe(rounds);
      expect(await count('(select distinct tenant_id from connection) t')).toBe(rounds);
      expect(await count(`connect_flow where step = 'connected'`)).toBe(rounds);
      expect(await count(`notification where kind = 'connected'`)).toBe(rounds);
      expect(await count(`audit_event where action = 'connection.connected'`)).toBe(rounds);
    }, 120_000);

    test('of two browsers that connect by one link at the same time, exactly one does', async () => {
      const before = await count('connection');
      const ends = await raceForLinks({ room, admin }, rounds);
      const found = tally(ends);
      // Who comes when the other is through is told that there is a connection; who comes at the same time, that the link is used.
      const together = found['connect_link_invalid done'] ?? 0;
      expect(together + (found['already_connected done'] ?? 0)).toBe(rounds);
      expect(together).toBeGreaterThan(0);
      expect(await count('connection')).toBe(before + rounds);
      expect(await count('connect_link where used_at is not null')).toBe(rounds);
      const unlike = `connect_flow f join connect_link l on l.id = f.connect_link_id where (f.step = 'connected') <> (f.signer_oid = l.used_by_oid)`;
      expect(await count(unlike)).toBe(0);
    }, 120_000);

    test('of two equal callbacks at the same time, exactly one takes the state', async () => {
      expect(tally(await raceForStates({ room, admin }, rounds))).toEqual({ 'connect_flow_missing done': rounds });
    }, 120_000);

    test('a link that is revoked as it is used is either revoked or used', async () => {
      const revoke = (organisationId: string, linkId: string) =>
        revokeConnectLink(
          room,
          { organisationId, appUserId: organisationId, name: 'Ada Admin', permissions: ['users_and_teams'], requestId: organisationId },
          linkId,
        ); // prettier-ignore
      const all = await raceForLinks({ room, admin }, rounds, revoke);
      const { 'done done': used = 0, 'connect_link_invalid done': revoked = 0 } = tally(all);
      expect(used + revoked).toBe(rounds);
      const ids = all.map((round) => `'${round.linkId}'`).join();
      expect(await count(`connect_link where id in (${ids}) and (used_at is null) = (revoked_at is null)`)).toBe(0);
      expect(await count(`connect_link where id in (${ids}) and used_at is not null`)).toBe(used);
      const tenants = all.map((round) => `'${round.tenantId}'`).join();
      expect(await count(`connection where tenant_id in (${tenants})`)).toBe(used);
    }, 120_000);
  });
}
