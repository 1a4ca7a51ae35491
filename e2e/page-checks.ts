// What every page must hold: axe finds nothing that matters, nothing scrolls sideways, one heading and a title, and whatever cannot
// be pressed says why. Pages are opened inside the app where they can be, as a click would.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page, Request } from 'playwright-core';
import type { sv } from '../src/i18n/sv.ts';
import { shoot, type Visitor } from './visitor.ts';

export interface PageToSee {
  name: string;
  /** Where it is; without one, `open` leads there. */
  path?: string;
  open?: (visitor: Visitor) => Promise<void>;
  heading: (words: typeof sv) => string | RegExp;
  /** What the page cannot be without, beyond its heading. */
  shows?: (visitor: Visitor) => Promise<void>;
}

/** As the drawings; just wide enough for no list to scroll by itself; half a screen; a phone. */
const widths = [1280, 1190, 640, 360] as const;

/** Everything wrong with a page, in words; empty when it holds. */
export async function faultsOf(visitor: Visitor, wanted: PageToSee, withAxe = true): Promise<string[]> {
  const { page, words, language } = visitor;
  const found: string[] = [];
  if (wanted.path !== undefined) await goInside(page, wanted.path);
  await wanted.open?.(visitor);
  await page.getByRole('heading', { level: 1, name: wanted.heading(words), exact: true }).waitFor();
  await wanted.shows?.(visitor);
  await settle(page);
  const { headings, title, unexplained } = await page.evaluate<Look>(look);
  if (headings.length !== 1) found.push(`has ${headings.length} main headings: ${headings.join(' / ')}`);
  if (!/\S · Samsyn$/.test(title)) found.push(`is titled "${title}"`);
  for (const button of unexplained) found.push(`does not say why "${button}" cannot be pressed`);
  await shoot(visitor, `${wanted.name}-${language}-${await scheme(page)}`);
  if (withAxe) found.push(...(await axe(page)));
  for (const width of widths) {
    await resize(page, width);
    const over = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
    if (over > 0) found.push(`scrolls ${over} px sideways at ${width} px: ${await page.evaluate<string>(widest)}`);
    for (const one of await page.evaluate<string[]>(cutOff)) found.push(`cuts off "${one}" at ${width} px`);
  }
  // Lists become cards on the narrowest: another page to axe.
  if (language === 'sv' && withAxe && (await page.locator('table').count()) > 0)
    found.push(...(await axe(page)).map((one) => `at 360 px ${one}`));
  await shoot(visitor, `${wanted.name}-${language}-${await scheme(page)}-narrow`);
  await resize(page, widths[0]);
  return found.map((one) => `${wanted.name} (${language}) ${one}`);
}

/** As a click on a link does: no page load. */
export async function goInside(page: Page, path: string): Promise<void> {
  await page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)})`);
}

/** Nothing is being read any more, and the page is painted. */
async function settle(page: Page): Promise<void> {
  const open = underWay.get(page);
  for (let quiet = 0; quiet < 2; quiet = open?.size === 0 ? quiet + 1 : 0) await page.evaluate(painted);
  await page.locator('.mantine-Loader-root, [aria-busy="true"]').first().waitFor({ state: 'detached' });
  await page.evaluate(painted);
}

const underWay = new WeakMap<Page, Set<Request>>();

/** What goes wrong on the page from now on: errors in the console, but for answers that the test itself provokes, and dialogs. */
export function watch(page: Page, expected: RegExp = /(?!)/): string[] {
  const problems: string[] = [];
  const open = new Set<Request>();
  underWay.set(page, open);
  page.on('request', (request) => open.add(request));
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => open.delete(request));
  page.on('console', (message) => {
    const text = `${message.text()} ${message.location().url}`;
    if (message.type() === 'error' && !expected.test(text)) problems.push(text);
  });
  page.on('dialog', (dialog) => {
    problems.push(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return problems;
}

async function axe(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] })
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map((one) => `axe: ${one.id}, ${one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`).join(' | ')}`); // prettier-ignore
}

async function resize(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.evaluate(painted);
}

const scheme = async (page: Page) =>
  (await page.evaluate<boolean>(`matchMedia('(prefers-color-scheme: dark)').matches`)) ? 'dark' : 'light';

// The server's project knows no DOM, so what runs in the page is given as text.
interface Look {
  headings: string[];
  title: string;
  unexplained: string[];
}
const look = `(() => {
  const shown = (element) => element.checkVisibility();
  const text = (id) => (document.getElementById(id)?.textContent ?? '').trim();
  const isOff = (button) => button.disabled || button.getAttribute('aria-disabled') === 'true' || button.dataset.disabled === 'true';
  const isExplained = (button) =>
    (button.getAttribute('aria-describedby') ?? '').split(' ').some((id) => text(id) !== '') ||
    (button.getAttribute('aria-description') ?? '') !== '';
  return {
    headings: [...document.querySelectorAll('h1')].filter(shown).map((heading) => heading.textContent),
    title: document.title,
    unexplained: [...document.querySelectorAll('button, [role="button"]')]
      .filter((button) => shown(button) && isOff(button) && button.dataset.loading !== 'true' && !isExplained(button))
      .map((button) => button.textContent.trim() || button.getAttribute('aria-label') || button.outerHTML.slice(0, 120)),
  };
})()`;
const widest = `(() => {
  const over = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > window.innerWidth + 0.5);
  return over.slice(-3).map((one) => one.tagName + '.' + one.className + ' ' + (one.textContent ?? '').slice(0, 40)).join(' | ');
})()`;
const cutOff = `(() => {
  const hides = (element) => ['hidden', 'clip'].includes(getComputedStyle(element).overflowX) && getComputedStyle(element).textOverflow !== 'ellipsis';
  const found = [];
  for (const button of document.querySelectorAll('main button, main a')) {
    const { left, right, width } = button.getBoundingClientRect();
    if (width < 2) continue;
    for (let around = button.parentElement; around !== null; around = around.parentElement) {
      const box = around.getBoundingClientRect();
      if (box.width < 2) break;
      if (['auto', 'scroll'].includes(getComputedStyle(around).overflowX)) break;
      if (hides(around) && (left < box.left - 1 || right > box.right + 1)) found.push(button.textContent.trim().slice(0, 60));
    }
  }
  return found.slice(0, 3);
})()`;
const painted = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';
