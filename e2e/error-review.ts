// Errors of Hantera användare: the list that one looks at is older than what others have done since.
import { userId } from '../emulator/people.ts';
import { appUserIdOf, arrangeConnection, call, configure, linkSuggested, sync } from './arrange.ts';
import { entra, type ErrorCase, type Scene } from './error-case.ts';
import { fill } from './visitor.ts';
import { administrator, tenantId } from './world.ts';

type List = 'suggested' | 'available' | 'gone';
type Action = 'link' | 'create' | 'remove';

async function begin({ world, visitor }: Scene): Promise<void> {
  await arrangeConnection(world);
  await configure(visitor);
  await sync(visitor);
}

async function open({ visitor: { page, words } }: Scene, list: List, name: string): Promise<void> {
  await page.goto(`${entra}/users?list=${list}&q=${encodeURIComponent(name)}`);
  await page
    .getByRole('table', { name: words.review.list[list] })
    .getByRole('row')
    .filter({ hasText: name })
    .first()
    .waitFor();
}

async function act({ visitor: { page, words } }: Scene, action: Action, name: string): Promise<void> {
  await page
    .getByRole('button', { name: fill(words.review.action.of, { action: words.review.action[action], name }) })
    .first()
    .click();
}

async function confirmRemoval({ visitor: { page, words } }: Scene): Promise<void> {
  const name = fill(words.review.actionMany.remove_one, { count: 1 });
  await page.getByRole('dialog').getByRole('button', { name }).click();
}

async function personId({ visitor }: Scene, list: List, name: string): Promise<string> {
  const { items } = (await call(visitor, 'GET', `/review/lists/${list}?search=${encodeURIComponent(name)}`)) as {
    items: { person: { id: string } }[];
  };
  if (!items[0]) throw new Error(`${name} is not on the list ${list}`);
  return items[0].person.id;
}

/** Linked, and then deleted in Entra. */
async function loseFromEntra(scene: Scene, name: string, upn: string): Promise<void> {
  await begin(scene);
  await linkSuggested(scene.visitor, name);
  scene.world.emulator.store.deleteUser(tenantId, userId(upn));
  await sync(scene.visitor);
}

function restoreInEntra({ world }: Scene, upn: string): void {
  const { store } = world.emulator;
  if (store.tenant(tenantId).deletedIds.has(userId(upn))) store.restoreUser(tenantId, userId(upn));
}

export const reviewErrors: ErrorCase[] = [
  {
    code: 'already_linked',
    async meet(scene) {
      const { visitor } = scene;
      await begin(scene);
      await open(scene, 'suggested', 'Petra Wallin');
      const objectId = await personId(scene, 'suggested', 'Petra Wallin');
      const appUserId = await appUserIdOf(visitor, 'Test Telefon');
      await call(visitor, 'POST', '/review/link', { pairs: [{ objectId, appUserId }] });
      await act(scene, 'link', 'Petra Wallin');
    },
  },
  {
    code: 'app_user_linked',
    async meet(scene) {
      const { visitor } = scene;
      await begin(scene);
      await open(scene, 'suggested', 'Petra Wallin');
      const objectId = await personId(scene, 'available', 'Zoran');
      const appUserId = await appUserIdOf(visitor, 'Petra Wallin');
      await call(visitor, 'POST', '/review/link', { pairs: [{ objectId, appUserId }] });
      await act(scene, 'link', 'Petra Wallin');
    },
  },
  {
    code: 'not_available',
    async meet(scene) {
      const { visitor } = scene;
      await begin(scene);
      await open(scene, 'available', 'Zoran Petrović');
      const objectId = await personId(scene, 'available', 'Zoran');
      await call(visitor, 'POST', '/review/ignore', { objectIds: [objectId] });
      await act(scene, 'create', 'Zoran Petrović');
    },
  },
  {
    code: 'not_gone',
    async meet(scene) {
      await loseFromEntra(scene, 'Petra Wallin', 'petra.wallin@norrsken.se');
      await open(scene, 'gone', 'Petra Wallin');
      restoreInEntra(scene, 'petra.wallin@norrsken.se');
      await act(scene, 'remove', 'Petra Wallin');
      await sync(scene.visitor);
      await confirmRemoval(scene);
    },
    after: async (scene) => restoreInEntra(scene, 'petra.wallin@norrsken.se'),
  },
  {
    code: 'cannot_remove_self',
    async meet(scene) {
      await loseFromEntra(scene, administrator.name, administrator.email);
      await open(scene, 'gone', administrator.name);
      await act(scene, 'remove', administrator.name);
      await confirmRemoval(scene);
    },
    after: async (scene) => restoreInEntra(scene, administrator.email),
  },
];
