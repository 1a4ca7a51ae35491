// Errors of a run and of asking for one, on its own page, on the overview, or as a word at the foot of the page.
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:https';
import { newId } from '../src/base/ids.ts';
import type { ErrorCode } from '../src/contract/errors.ts';
import { testCertificate, testPrivateKey } from '../test/certificate.ts';
import { arrangeConnection, call, configure, group } from './arrange.ts';
import { changeSecret, entra, expireToken, runToEnd, type ErrorCase, type Scene } from './error-case.ts';
import { eventually } from './visitor.ts';
import { clientId, organisationId, tenantId } from './world.ts';

interface Cause {
  code: ErrorCode;
  /** What is wrong at Microsoft's when the run comes. */
  wrong(scene: Scene): unknown;
  groups?: true;
  /** Nothing was answered to quote the number of. */
  unquoted?: true;
  /** Read on the overview too: a person has to act. */
  onOverview?: true;
  after?: ErrorCase['after'];
}

type FaultOf = Parameters<Scene['world']['emulator']['store']['faults']['add']>[0];
const fault = (path: string, answer: NonNullable<FaultOf['answer']>) => (scene: Scene) =>
  scene.world.emulator.store.faults.add({
    match: { path },
    answer: { ...answer, headers: { 'request-id': randomUUID(), ...answer.headers } },
  });

const hours = 60 * 60;
const fullDisk = `
  create function full_disk() returns trigger language plpgsql as $$ begin
    raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
  create trigger full_disk before insert on staging_user for each statement execute function full_disk()`;
const causes: Cause[] = [
  { code: 'graph_unreachable', wrong: fault('/users', { status: 503, headers: { 'Retry-After': String(3 * hours) } }) },
  { code: 'graph_busy', wrong: fault('/users', { status: 429, headers: { 'Retry-After': String(3 * hours) } }) },
  { code: 'graph_malformed', wrong: fault('/users', { malformed: true }) },
  {
    code: 'graph_intercepted',
    unquoted: true,
    wrong: ({ world }) =>
      world.emulator.store.faults.add({ match: { path: '/users' }, fault: { name: 'captivePortal' } }),
  },
  {
    code: 'graph_too_large',
    unquoted: true,
    wrong: fault('/users', { body: { value: [], more: 'x'.repeat(33 * 1024 * 1024) } }),
  },
  {
    code: 'graph_foreign_link',
    unquoted: true,
    wrong: fault('/v1.0/users?', { transform: 'foreign-next' }),
  },
  { code: 'graph_loop', unquoted: true, wrong: fault('/v1.0/users?', { transform: 'loop-next' }) },
  {
    code: 'graph_resync',
    wrong: fault('deltatoken=', { status: 410, body: { error: { code: 'resyncRequired', message: 'Resync' } } }),
  },
  {
    code: 'graph_request_refused',
    wrong: fault('/users', { status: 400, body: { error: { code: 'BadRequest', message: 'Not now' } } }),
  },
  {
    code: 'graph_consent_revoked',
    onOverview: true,
    wrong: ({ world }) => world.emulator.store.revoke(tenantId, clientId),
  },
  {
    code: 'graph_credentials_refused',
    onOverview: true,
    wrong: (scene) => {
      changeSecret(scene.world, 'another-secret');
      expireToken(scene.world);
    },
    after: async ({ world }) => changeSecret(world, 'secret-of-the-tests'),
  },
  {
    code: 'graph_credentials_expired',
    onOverview: true,
    wrong: (scene) => {
      changeSecret(scene.world, 'secret-of-the-tests', '2020-01-01T00:00:00Z');
      expireToken(scene.world);
    },
    after: async ({ world }) => changeSecret(world, 'secret-of-the-tests'),
  },
  {
    code: 'graph_permission_missing',
    onOverview: true,
    wrong: ({ world }) => world.emulator.store.grant(tenantId, clientId, ['GroupMember.Read.All']),
  },
  {
    code: 'run_scope_group_hidden',
    unquoted: true,
    groups: true,
    wrong: ({ world }) =>
      world.emulator.store.updateGroup(tenantId, group('support').id, { visibility: 'HiddenMembership' }),
    after: async ({ world }) =>
      world.emulator.store.updateGroup(tenantId, group('support').id, { visibility: 'Private' }),
  },
  {
    code: 'storage_full',
    unquoted: true,
    wrong: ({ world }) => world.query(fullDisk),
    after: ({ world }) => world.query('drop function if exists full_disk cascade'),
  },
  { code: 'run_implausible', unquoted: true, wrong: fault('/v1.0/users?', { body: { value: [] } }) },
];

/** Ends on the page of the run, or on the overview. */
async function meetCause(cause: Cause, scene: Scene): Promise<string | undefined> {
  const { world, visitor } = scene;
  await arrangeConnection(world);
  await configure(
    visitor,
    cause.groups && {
      groups: { scope: 'groups', groups: [group('support')], includeGuests: false, includeDisabled: false },
    },
  );
  await cause.wrong(scene);
  const { id, error } = await runToEnd(visitor);
  if (error?.code !== cause.code) throw new Error(`The run ended with ${error?.code} and not with ${cause.code}`);
  if ((error.graphRequestId === null) !== (cause.unquoted ?? false)) {
    throw new Error(`${cause.code} ${error.graphRequestId === null ? 'has no' : 'has a'} request id of Microsoft's`);
  }
  await visitor.page.goto(cause.onOverview ? `${entra}/overview` : `${entra}/runs/${id}`);
  return error.graphRequestId ?? undefined;
}

/** The overview as one who has it open sees it, after something has happened elsewhere: *Synkronisera nu* says why it cannot. */
async function meetAtButton(scene: Scene, happens: () => Promise<unknown>): Promise<void> {
  const { world, visitor } = scene;
  const { page, words } = visitor;
  await arrangeConnection(world);
  await configure(visitor);
  await page.goto(`${entra}/overview`);
  const button = page.getByRole('button', { name: words.overview.syncNow }).first();
  await button.waitFor();
  await page.getByText(words.overview.state.never.title).waitFor();
  await happens();
  await button.click();
}

export const runErrors: ErrorCase[] = [
  ...causes.map((cause): ErrorCase => ({
    code: cause.code,
    meet: (scene) => meetCause(cause, scene),
    ...(cause.after === undefined ? {} : { after: cause.after }),
  })),
  {
    code: 'graph_tenant_gone',
    async meet(scene) {
      const { store } = scene.world.emulator;
      const tenant = store.tenant(tenantId);
      const wrong = () => {
        expireToken(scene.world);
        store.tenants.delete(tenantId);
      };
      try {
        return await meetCause({ code: 'graph_tenant_gone', onOverview: true, wrong }, scene);
      } finally {
        store.tenants.set(tenantId, tenant);
      }
    },
  },
  {
    code: 'graph_certificate',
    // Something between us and Microsoft answers in its name.
    async meet(scene) {
      const { world } = scene;
      const impostor = createServer({ cert: testCertificate, key: testPrivateKey }, (_asked, answer) => answer.end());
      await new Promise<void>((done) => impostor.listen(0, '127.0.0.1', done));
      const address = impostor.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const wrong = () => world.restart({ SAMSYN_GRAPH_URL: `https://localhost:${port}` });
      try {
        return await meetCause({ code: 'graph_certificate', unquoted: true, wrong }, scene);
      } finally {
        impostor.close();
      }
    },
    after: ({ world }) => world.restart({}),
  },
  {
    code: 'server_read_only',
    // The folder with the key was not brought back with the database.
    meet: (scene) =>
      meetAtButton(scene, () => scene.world.restart({ SAMSYN_SECRET_KEY: randomBytes(32).toString('base64') })),
    after: ({ world }) => world.restart({}),
  },
  {
    code: 'run_open',
    meet: (scene) =>
      meetAtButton(scene, async () => {
        scene.world.emulator.store.changeSettings({ latencyMs: 600 });
        // In another window, a moment ago.
        await call(scene.visitor, 'POST', '/connection/runs');
      }),
    async after({ world }) {
      world.emulator.store.changeSettings({ latencyMs: 0 });
      await eventually(async () => {
        const open = await world.query("select 1 from sync_run where state in ('queued', 'running')");
        if (open.length > 0) throw new Error('The run goes on');
      }, 60_000);
    },
  },
  {
    code: 'not_connected',
    meet: (scene) => meetAtButton(scene, () => call(scene.visitor, 'POST', '/connection/turn-off')),
  },
  {
    code: 'steps_missing',
    // Turned off and connected anew by somebody else.
    meet: (scene) =>
      meetAtButton(scene, async () => {
        await call(scene.visitor, 'POST', '/connection/turn-off');
        await arrangeConnection(scene.world);
      }),
  },
  {
    code: 'run_superseded',
    async meet({ world, visitor }) {
      await arrangeConnection(world);
      await configure(visitor);
      world.emulator.store.changeSettings({ latencyMs: 700 });
      const { id, error } = await runToEnd(visitor, () => call(visitor, 'POST', '/connection/turn-off'));
      if (error?.code !== 'run_superseded') throw new Error(`The run ended with ${error?.code}`);
      await visitor.page.goto(`${entra}/runs/${id}`);
    },
  },
  {
    code: 'run_interrupted',
    async meet({ world, visitor }) {
      const connectionId = await arrangeConnection(world);
      await configure(visitor);
      // What a server leaves whose machine was taken away, and whose jobs are gone with it.
      const id = newId();
      await world.query(
        `insert into sync_run (organisation_id, id, connection_id, trigger, state, created_at, started_at)
         values ($1, $2, $3, 'manual', 'running', now() - interval '20 minutes', now() - interval '20 minutes')`,
        [organisationId, id, connectionId],
      );
      await runToEnd(visitor);
      await visitor.page.goto(`${entra}/runs/${id}`);
    },
  },
];
