// A person in front of a browser: opens pages, signs in, and looks for words as they stand in the catalogues.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { expect as vitestExpect, onTestFinished } from 'vitest';
import { en } from '../src/i18n/en.ts';
import { sv } from '../src/i18n/sv.ts';
import { administrator, type World } from './world.ts';

export type Language = 'sv' | 'en';
export const wordsOf = { sv, en };

export interface Visitor {
  page: Page;
  context: BrowserContext;
  /** The catalogue that the visitor reads. */
  words: typeof sv;
  language: Language;
}

interface VisitorOptions {
  language?: Language;
  as?: { email: string; password: string } | null;
  width?: number;
  dark?: boolean;
  /** Where the server sees them come from, when it trusts the proxy that says so. */
  address?: string;
}

const shots = process.env['SAMSYN_TEST_SHOTS'];

/** A browser of one's own, signed in unless `as` is null. */
export async function visit(world: World, options: VisitorOptions = {}): Promise<Visitor> {
  const { language = 'sv', as = administrator, width = 1280, dark = false, address } = options;
  const context = await world.browser.newContext({
    baseURL: world.url,
    locale: language === 'sv' ? 'sv-SE' : 'en-GB',
    timezoneId: 'Europe/Stockholm',
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    ...(address === undefined ? {} : { extraHTTPHeaders: { 'x-forwarded-for': address } }),
  });
  context.setDefaultTimeout(25_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) problems.push(message.text());
  });
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail')
      await shoot({ page }, `failed-${task.name.slice(0, 40).replaceAll(/\W+/g, '-')}`);
    await context.close();
    // No error and no breach of the policy, on any page that a test opens.
    vitestExpect(problems).toEqual([]);
  });
  // A type of one language's words stands for both: English fills the same shape.
  const visitor: Visitor = { page, context, words: wordsOf[language] as typeof sv, language };
  if (as) await signIn(visitor, as);
  else await page.goto('/');
  return visitor;
}

export async function signIn({ page, words }: Visitor, who: { email: string; password: string }): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel(words.signIn.email, { exact: true }).fill(who.email);
  await page.getByLabel(words.signIn.password, { exact: true }).fill(who.password);
  await page.getByRole('button', { name: words.signIn.submit, exact: true }).click();
  await page.waitForURL(/\/o\//);
}

/** Saves what the visitor sees, when SAMSYN_TEST_SHOTS names a folder. */
export async function shoot({ page }: { page: Page }, name: string): Promise<void> {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

/** `{{name}}` in a catalogue's text, filled in. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{\{(\w+)(?:, \w+)?\}\}/g, (_all, name: string) => String(values[name] ?? ''));
}

/** Asks again until it holds. */
export async function eventually(check: () => Promise<void> | void, withinMs = 15_000): Promise<void> {
  await vitestExpect
    .poll(
      async () => {
        try {
          await check();
          return 'holds';
        } catch (error) {
          return error instanceof Error ? error.message : String(error);
        }
      },
      { timeout: withinMs, interval: 150 },
    )
    .toBe('holds');
}
