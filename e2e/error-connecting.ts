// Errors of connecting: on the page of the connection, on the landing page of a link, and on the page to which Microsoft sends back.
import { ROLE } from '../emulator/model.ts';
import { NORRSKEN } from '../emulator/people.ts';
import { arrangeConnection, call, configure } from './arrange.ts';
import { entra, occupyTenant, type ErrorCase, type Scene } from './error-case.ts';
import { accept, cancel, chooseAccount, decline, goBack } from './microsoft.ts';
import { otherTenant } from './page-world.ts';
import { clientId, organisationName, tenantId } from './world.ts';

const asa = 'asa.oberg@norrsken.se';
const mereUser = 'per.user@norrsken.se';
const both = ['User.Read.All', 'GroupMember.Read.All'];

async function openConnect({ visitor: { page, words } }: Scene): Promise<void> {
  await page.goto(`${entra}/connect`);
  await page.getByRole('button', { name: words.connect.self.button }).waitFor();
}

async function signInAtMicrosoft(scene: Scene, upn: string): Promise<void> {
  const { page, words } = scene.visitor;
  await openConnect(scene);
  await page.getByRole('button', { name: words.connect.self.button }).click();
  await chooseAccount(page, upn);
}

/** On past the page that names both sides, to Microsoft's consent page. */
async function toConsent(scene: Scene, upn: string): Promise<void> {
  const { page, words } = scene.visitor;
  await signInAtMicrosoft(scene, upn);
  await page.getByRole('button', { name: words.connect.flow.confirm }).click();
  await chooseAccount(page, upn);
}

/** A guest of the other tenant, as an administrator there can make one an administrator. */
function guestOf({ world }: Scene): { id: string; upn: string } {
  const users = [...world.emulator.store.tenant(otherTenant.id).users.values()];
  const guest = users.find(({ props }) => props['userType'] === 'Guest');
  const upn = guest?.props['userPrincipalName'];
  if (guest === undefined || typeof upn !== 'string') throw new Error('The tenant has no guest');
  return { id: guest.id, upn };
}

/** As long as consents need to spread at most, and longer: the waiting of the server is over at once. */
async function skipSpreading({ world }: Scene): Promise<void> {
  await world.query(`
    create or replace function skip_spreading() returns trigger language plpgsql as $$
    begin
      if new.step = 'proving' then new.proving_since := new.proving_since - interval '10 minutes'; end if;
      return new;
    end $$`);
  await world.query(
    'create or replace trigger skip_spreading before update on connect_flow for each row execute function skip_spreading()',
  );
}

export const connectingErrors: ErrorCase[] = [
  {
    code: 'already_connected',
    async meet(scene) {
      await openConnect(scene);
      // A colleague was quicker.
      await arrangeConnection(scene.world);
      const { page, words } = scene.visitor;
      await page.getByRole('button', { name: words.connect.self.button }).click();
    },
  },
  {
    code: 'too_many_requests',
    async meet(scene) {
      for (let made = 0; made < 10; made += 1) await call(scene.visitor, 'POST', '/connection/links');
      await openConnect(scene);
      const { page, words } = scene.visitor;
      await page.getByRole('button', { name: words.connect.colleague.button }).click();
    },
  },
  {
    code: 'connect_cancelled',
    async meet(scene) {
      const { page, words } = scene.visitor;
      await openConnect(scene);
      await page.getByRole('button', { name: words.connect.self.button }).click();
      await cancel(page);
    },
  },
  {
    code: 'connect_declined',
    async meet(scene) {
      await toConsent(scene, asa);
      await decline(scene.visitor.page);
    },
  },
  {
    code: 'connect_role_missing',
    async meet(scene) {
      await toConsent(scene, mereUser);
      await goBack(scene.visitor.page);
    },
  },
  {
    code: 'connect_not_proved',
    async meet(scene) {
      scene.world.emulator.store.grant(tenantId, clientId, both);
      await signInAtMicrosoft(scene, mereUser);
    },
  },
  {
    code: 'connect_guest',
    async meet(scene) {
      const { page, words } = scene.visitor;
      const { id, upn } = guestOf(scene);
      scene.world.emulator.store.setRoles(otherTenant.id, id, [ROLE.globalAdministrator]);
      await signInAtMicrosoft(scene, upn);
      await page.getByLabel(words.connect.flow.typeName.label).fill(organisationName);
      await page.getByRole('button', { name: words.connect.flow.confirm }).click();
      await chooseAccount(page, upn);
      await accept(page);
    },
    after: async (scene) => scene.world.emulator.store.setRoles(otherTenant.id, guestOf(scene).id, []),
  },
  {
    code: 'connect_tenant_mismatch',
    async meet(scene) {
      // Blocked, and connected again with an account of another tenant.
      await arrangeConnection(scene.world);
      await configure(scene.visitor);
      await scene.world.query("update connection set status = 'blocked', trouble_code = 'graph_consent_revoked', trouble_since = now()"); // prettier-ignore
      const { page, words } = scene.visitor;
      await signInAtMicrosoft(scene, otherTenant.signer);
      await page.getByLabel(words.connect.flow.typeName.label).fill(organisationName);
      await page.getByRole('button', { name: words.connect.flow.confirm }).click();
    },
  },
  {
    code: 'connect_permission_missing',
    async meet(scene) {
      await skipSpreading(scene);
      // One of the two was taken back at once.
      scene.world.emulator.store.faults.add({
        match: { path: '/v1.0/groups' },
        answer: {
          status: 403,
          body: { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges' } },
        },
      });
      await toConsent(scene, asa);
      await accept(scene.visitor.page);
    },
    after: ({ world }) => world.query('drop trigger skip_spreading on connect_flow'),
  },
  {
    code: 'tenant_taken',
    async meet(scene) {
      await toConsent(scene, asa);
      await occupyTenant(scene.world);
      await accept(scene.visitor.page);
    },
  },
  {
    code: 'connect_failed',
    async meet(scene) {
      // Microsoft takes the code for the token and refuses it: it was used already.
      scene.world.emulator.store.faults.add({
        match: { method: 'POST', path: '/oauth2/v2.0/token', times: 1 },
        answer: { status: 400, body: { error: 'invalid_grant', error_description: 'AADSTS54005: Redeemed already' } },
      });
      await signInAtMicrosoft(scene, asa);
    },
  },
];

/** A link, and the window in which one asks for its reminder. */
async function toReminder(scene: Scene): Promise<string> {
  const { page, words } = scene.visitor;
  const { link } = (await call(scene.visitor, 'POST', '/connection/links')) as { link: { id: string } };
  await openConnect(scene);
  await page.getByRole('button', { name: new RegExp(words.connect.link.remindOf.replace(/ \{\{.*/, '')) }).click();
  await page.getByRole('dialog').getByLabel(words.connect.link.reminder.email).fill('karin.lind@norrsken.se');
  return link.id;
}

async function sendReminder({ visitor: { page, words } }: Scene): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: words.connect.link.reminder.send }).click();
}

export const remindErrors: ErrorCase[] = [
  {
    code: 'password_needed',
    async meet(scene) {
      const { page, words } = scene.visitor;
      await openConnect(scene);
      await scene.world.query("update auth_session set created_at = created_at - interval '1 hour'");
      await page.getByRole('button', { name: words.connect.self.button }).click();
      // Asked for it, one would rather not.
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(words.signIn.confirm.password, { exact: true }).waitFor();
      await dialog.getByRole('button', { name: words.shell.action.cancel }).click();
    },
  },
  {
    code: 'connect_link_reminded',
    async meet(scene) {
      const id = await toReminder(scene);
      // In another window, a moment ago.
      await call(scene.visitor, 'POST', `/connection/links/${id}/reminder`, { email: 'karin.lind@norrsken.se' });
      await sendReminder(scene);
    },
  },
  {
    code: 'mail_not_sent',
    async meet(scene) {
      await scene.world.restart({ SMTP_URL: 'smtp://127.0.0.1:1' });
      await toReminder(scene);
      await sendReminder(scene);
    },
    after: ({ world }) => world.restart({}),
  },
  {
    code: 'connect_refused',
    async meet(scene) {
      const { page, words } = scene.visitor;
      await signInAtMicrosoft(scene, asa);
      await page.getByRole('button', { name: words.connect.flow.confirm }).waitFor();
      // As the operator's command leaves it: test/connect-sides.test.ts.
      await scene.world.query("update connect_flow set step = 'failed', error_code = 'connect_refused'");
      await page.reload();
    },
  },
];

export const linkErrors: ErrorCase[] = [
  {
    code: 'connect_link_invalid',
    async meet({ visitor: { page } }) {
      await page.goto(`/connect#${NORRSKEN.id}.made-up`);
    },
  },
  {
    code: 'connect_flow_missing',
    async meet({ visitor: { page } }) {
      await page.goto('/connect/flow');
    },
  },
];
