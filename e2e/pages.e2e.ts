// Every page, in both languages and both schemes, wide and narrow.
import { describe, expect, test } from 'vitest';
import { faultsOf, watchConsole, type PageToSee } from './page-checks.ts';
import { pagesForbidden, pagesInside, pagesOfConnecting, pagesOutside } from './page-list.ts';
import { arrangePages, clearOther, type Ids } from './page-world.ts';
import { visit, type Language, type Visitor } from './visitor.ts';
import { colleague, useWorld } from './world.ts';

const world = await useWorld();
let ids: Ids | undefined;

async function walk(visitor: Visitor, pages: readonly PageToSee[]): Promise<void> {
  // Answers that a page is about: a link that is used up, an attempt that is not there, nobody signed in.
  const problems = watchConsole(visitor.page, /v1\/(connect-(link|flow)|session)/);
  const found: string[] = [];
  for (const one of pages) found.push(...(await faultsOf(visitor, one)));
  expect([...found, ...problems]).toEqual([]);
}

// Two cores that others use as well are slow; alone the file takes a minute and a half.
const patience = { timeout: 240_000 };

describe.each<[Language, 'light' | 'dark']>([
  ['sv', 'light'],
  ['en', 'dark'],
])('%s, %s', (language, scheme) => {
  const look = { language, dark: scheme === 'dark' };

  test('the pages inside', patience, async () => {
    const visitor = await visit(world, look);
    ids ??= await arrangePages(world, visitor);
    await walk(visitor, pagesInside(ids));
  });

  test('the pages of connecting, up to the four steps', patience, async () => {
    await clearOther(world);
    const visitor = await visit(world, look);
    await walk(visitor, pagesOfConnecting());
  });

  test('the pages outside, and for who may not', patience, async () => {
    await walk(await visit(world, { ...look, as: null }), pagesOutside);
    await walk(await visit(world, { ...look, as: colleague }), pagesForbidden);
  });
});
