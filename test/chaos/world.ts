// The organisations of a chaos run: each with a tenant of its own in the emulator, an administrator who is signed in over HTTP,
// people in both, some of them linked, and settings that were saved as an administrator saves them.
import pg from 'pg';
import type { Emulator } from '../../emulator/server.ts';
import { newId } from '../../src/base/ids.ts';
import { defaultBrakeLimits } from '../../src/contract/brake.ts';
import { createDatabase, type Database } from '../../src/db/pool.ts';
import { addAppUser, addOrganisation, password } from '../people.ts';
import { scriptedBrowser } from '../scripted-browser.ts';
import { configure, sync, type Session } from '../whole-server.ts';

export const clientId = '11111111-2222-4333-8444-555555555555';

export interface Organisation {
  id: string;
  connectionId: string;
  tenantId: string;
  session: Session;
  /** Linked to people of the directory, whose names follow. */
  linked: readonly Pair[];
  /** Who may be linked and unlinked, each with the one person meant for them. */
  pairs: readonly Pair[];
  /** People whom nobody links. */
  loose: readonly string[];
  /** App users whose fields an administrator edits. */
  editable: readonly string[];
}

export interface Pair {
  objectId: string;
  appUserId: string;
}

export async function arrangeOrganisations(
  given: { url: string; connectionString: string; emulator: Emulator },
  count: number,
): Promise<Organisation[]> {
  const db = createDatabase({ connectionString: given.connectionString, role: 'samsyn_app', maxConnections: 2 });
  const owner = new pg.Client({ connectionString: given.connectionString });
  await owner.connect();
  try {
    const made: Organisation[] = [];
    for (let index = 1; index <= count; index += 1) made.push(await arrange(given, db, owner, `bolag${index}.example`));
    return made;
  } finally {
    await owner.end();
    await db.close();
  }
}

async function arrange(
  { url, emulator }: { url: string; emulator: Emulator },
  db: Database,
  owner: pg.Client,
  domain: string,
): Promise<Organisation> {
  const { store } = emulator;
  const { id, admin } = await addOrganisation(db, domain);
  const tenantId = store.createTenant({ displayName: domain, domains: [domain] }).id;
  store.grant(tenantId, clientId, ['User.Read.All', 'GroupMember.Read.All']);
  const connectionId = newId();
  await owner.query('begin');
  await owner.query(`select set_config('samsyn.organisation', $1, true)`, [id]);
  await owner.query(
    `insert into connection (organisation_id, id, tenant_id, tenant_name, status, consented_by_name, consented_by_oid, consented_at)
     values ($1, $2, $3, $4, 'configuring', 'Ada Admin', $5, now())`,
    [id, connectionId, tenantId, domain, newId()],
  );
  // The same few people are renamed in run after run: the brake would hold that.
  await owner.query('insert into brake_limit (organisation_id, connection_id, limits) values ($1, $2, $3)', [
    id,
    connectionId,
    JSON.stringify({ ...defaultBrakeLimits, changed: { count: 1_000_000, share: 1 } }),
  ]);
  await owner.query('commit');

  const pairs: Pair[] = [];
  for (let index = 1; index <= 12; index += 1) {
    const person = store.createUser(tenantId, personOf(domain, `Kopplad ${index}`, `k${index}`));
    const appUserId = await addAppUser(db, id, { displayName: `Användare ${index}` });
    pairs.push({ objectId: person.id, appUserId });
  }
  const loose = Array.from(
    { length: 20 },
    (_, index) => store.createUser(tenantId, personOf(domain, `Lös ${index}`, `l${index}`)).id,
  );
  const editable: string[] = [];
  for (let index = 1; index <= 4; index += 1) editable.push(await addAppUser(db, id, { displayName: `Egen ${index}` }));

  const session = await signIn(url, id, admin.email);
  await configure(session);
  const run = await sync(session);
  if (run.state !== 'ok') throw new Error(`The first sync of ${domain} ended ${run.state}`);
  const linked = pairs.slice(0, 8);
  await session.call('POST', '/review/link', { pairs: linked });
  return {
    id,
    connectionId,
    tenantId,
    session,
    linked,
    pairs: pairs.slice(8),
    loose,
    editable: [...editable, ...linked.slice(0, 2).map(({ appUserId }) => appUserId)],
  };
}

export function personOf(domain: string, displayName: string, name: string) {
  const mail = `${name}@${domain}`;
  return { displayName, givenName: displayName, surname: 'Prov', userPrincipalName: mail, mail };
}

async function signIn(url: string, organisationId: string, email: string): Promise<Session> {
  const browser = scriptedBrowser();
  const { status } = await browser.call('POST', `${url}/api/v1/session`, { email, password });
  if (status !== 200) throw new Error(`Signing in was answered with ${status}`);
  return {
    browser,
    organisationId,
    async call(method, where, body) {
      const answer = await browser.call(method, `${url}/api/v1/organisations/${organisationId}${where}`, body);
      if (answer.status >= 300) throw new Error(`Answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return (answer.body ?? {}) as Record<string, unknown>; // every answer of the API is an object or nothing
    },
  };
}
