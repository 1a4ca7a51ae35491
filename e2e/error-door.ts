// Errors before anybody has signed in: signing in itself, and the link by which a password is chosen.
import { type ErrorCase, type Scene } from './error-case.ts';
import { administrator, organisationId } from './world.ts';

async function signIn({ visitor: { page, words } }: Scene, password: string): Promise<void> {
  await page.getByLabel(words.signIn.email, { exact: true }).fill(administrator.email);
  await page.getByLabel(words.signIn.password, { exact: true }).fill(password);
  await page.getByRole('button', { name: words.signIn.submit, exact: true }).click();
}

async function choosePassword({ visitor: { page, words } }: Scene, password: string): Promise<void> {
  await page.goto(`/password#${organisationId}.made-up`);
  await page.getByLabel(words.signIn.choose.password, { exact: true }).fill(password);
  await page.getByLabel(words.signIn.choose.repeat, { exact: true }).fill(password);
  await page.getByRole('button', { name: words.signIn.choose.submit, exact: true }).click();
}

export const doorErrors: ErrorCase[] = [
  {
    code: 'wrong_credentials',
    async meet(scene) {
      await scene.visitor.page.goto('/sign-in');
      await signIn(scene, 'not the password');
    },
  },
  { code: 'sign_in_link_invalid', meet: (scene) => choosePassword(scene, 'en lång lösenfras') },
  // Each of these is two signs to a browser.
  { code: 'password_too_short', meet: (scene) => choosePassword(scene, '🐻🐻🐻🐻🐻🐻') },
  {
    code: 'cross_site',
    async meet(scene) {
      // The same server by another name than the one that it was told to go by.
      await scene.visitor.page.goto(scene.world.url.replace('localhost', 'samsyn.localhost'));
      await scene.visitor.page.waitForURL(/sign-in/);
      await signIn(scene, administrator.password);
    },
  },
];
