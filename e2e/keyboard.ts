// A person without a mouse: Tab until what one wants has the focus, then Enter.
import type { Page } from 'playwright-core';

const stepsMax = 120;

/** Tab, or Shift+Tab, until the focus is on what bears the name. */
export async function tabTo(page: Page, name: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < stepsMax; step += 1) {
    const now = await focused(page);
    if (now === name) return;
    passed.push(now);
    await page.keyboard.press(key);
  }
  throw new Error(`Tab does not reach "${name}": ${passed.slice(-40).join(' · ')}`);
}

export async function enter(page: Page, name: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

/** The accessible name of what has the focus, as near as a page can say it of itself. */
export function focused(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const one = document.activeElement;
    const text = (element) => (element?.textContent ?? '').replace(/\\s+/g, ' ').trim();
    const byId = (ids) => (ids ?? '').split(' ').map((id) => text(document.getElementById(id))).join(' ').trim();
    return one.getAttribute('aria-label') || byId(one.getAttribute('aria-labelledby')) || text(one.labels?.[0]) || text(one) || one.tagName;
  })()`);
}
