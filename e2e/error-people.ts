// Errors of Användare & Team: what was typed, who may do it, and what is there already.
import { newId } from '../src/base/ids.ts';
import { appUserIdOf } from './arrange.ts';
import { settings, type ErrorCase, type Scene } from './error-case.ts';
import { administrator, organisationId } from './world.ts';

const people = `${settings}/users-and-teams`;

/** A new user as typed, sent off. */
async function createUser({ visitor: { page, words } }: Scene, name: string, email = ''): Promise<void> {
  await page.goto(`${people}/new`);
  await page.getByLabel(words.people.field.displayName, { exact: true }).fill(name);
  await page.getByLabel(words.people.field.email, { exact: true }).fill(email);
  await page.getByRole('button', { name: words.people.user.create, exact: true }).click();
}

async function openUser({ visitor }: Scene, name: string): Promise<void> {
  await visitor.page.goto(`${people}/users/${await appUserIdOf(visitor, name)}`);
}

async function addTeam({ visitor: { page, words } }: Scene, name: string): Promise<void> {
  await page.getByRole('button', { name: words.people.teams.add }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(name);
  await dialog.getByRole('textbox').press('Enter');
}

async function openTeams({ visitor: { page, words } }: Scene): Promise<void> {
  await page.goto(`${people}/teams`);
  await page.getByRole('table', { name: words.people.teams.list }).waitFor();
}

export const peopleErrors: ErrorCase[] = [
  // A control character comes along from where one has copied the name.
  { code: 'invalid_input', meet: (scene) => createUser(scene, 'Anna\u0007 Berg') },
  { code: 'email_invalid', meet: (scene) => createUser(scene, 'Anna Berg', 'anna.berg@norrsken') },
  {
    code: 'email_taken',
    async meet(scene) {
      const { page, words } = scene.visitor;
      await openUser(scene, 'Anna Bergström');
      await page.getByRole('button', { name: words.people.user.signIn.give }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(words.people.user.signIn.email).fill(administrator.email);
      await dialog.getByRole('button', { name: words.people.user.signIn.create }).click();
    },
  },
  {
    code: 'name_taken',
    async meet(scene) {
      await openTeams(scene);
      await addTeam(scene, 'växel');
    },
  },
  {
    code: 'last_administrator',
    async meet(scene) {
      const { page, words } = scene.visitor;
      await openUser(scene, administrator.name);
      await page.getByRole('switch', { name: words.people.user.usersAndTeams }).uncheck({ force: true });
      await page.getByRole('button', { name: words.people.user.save, exact: true }).click();
    },
  },
  {
    code: 'custom_field_limit',
    async meet(scene) {
      const { page, words } = scene.visitor;
      await scene.world.query(
        `insert into custom_field (organisation_id, id, key, label)
         select $1, gen_random_uuid(), 'field_' || number, 'Fält ' || number from generate_series(1, 50) number`,
        [organisationId],
      );
      await page.goto(`${people}/fields`);
      await page.getByRole('button', { name: words.people.fields.add }).first().click();
      await page.getByRole('dialog').getByRole('textbox').fill('Våningsplan');
      await page.getByRole('dialog').getByRole('textbox').press('Enter');
    },
    after: ({ world }) => world.query("delete from custom_field where key like 'field_%'"),
  },
  {
    code: 'not_found',
    async meet({ visitor }) {
      await visitor.page.goto(`${people}/users/${newId()}`);
    },
  },
  {
    code: 'forbidden',
    async meet(scene) {
      await openTeams(scene);
      // Somebody has taken the permission away meanwhile.
      await scene.world.query(
        "update app_user set permissions = '{}' where sign_in_email = $1 and organisation_id = $2",
        [administrator.email, organisationId],
      );
      await addTeam(scene, 'Jour syd');
    },
    after: ({ world }) =>
      world.query(
        "update app_user set permissions = '{users_and_teams}' where sign_in_email = $1 and organisation_id = $2",
        [administrator.email, organisationId],
      ),
  },
  {
    code: 'not_signed_in',
    async meet(scene) {
      await openTeams(scene);
      await scene.world.query('delete from auth_session');
      await addTeam(scene, 'Jour syd');
      await scene.visitor.page.waitForURL(/\/sign-in/);
    },
  },
  {
    code: 'internal',
    async meet({ world, visitor }) {
      // A database that is not as the server left it.
      await world.query('alter table team rename to team_elsewhere');
      await visitor.page.goto(`${people}/teams`);
    },
    after: ({ world }) => world.query('alter table team_elsewhere rename to team'),
  },
  {
    code: 'database_unavailable',
    async meet({ world, visitor }) {
      await world.query('begin');
      await world.query('lock table custom_field in access exclusive mode');
      await visitor.page.goto(`${people}/fields`);
    },
    after: ({ world }) => world.query('rollback'),
  },
];
