// The demo directory's page in a real browser, by keyboard alone: what a person changes there is what Graph then says.
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { groupId, NORRSKEN, userId } from '../emulator/people.ts';
import { startEmulator, type Emulator } from '../emulator/server.ts';
import { findBrowser } from '../scripts/browser.ts';
import { eventually, shoot } from './visitor.ts';

const tenant = NORRSKEN.id;
const maria = userId('maria.strom@norrsken.se');

// The server's project knows no DOM, so what runs in the page is given as text.
let emulator: Emulator;
let browser: Browser;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  emulator = await startEmulator({ seed: 'demo' });
  browser = await chromium.launch(await findBrowser());
  page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) problems.push(message.text());
  });
});
afterAll(async () => {
  await browser.close();
  await emulator.close();
  expect(problems).toEqual([]);
});
beforeEach(async () => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(emulator.url);
  await page.getByTestId('people').waitFor();
});

const user = (id: string) => emulator.store.user(tenant, id);
const focused = () =>
  page.evaluate<string>('document.activeElement?.dataset.testid ?? document.activeElement?.tagName');

/** Tab until the focus is there; a person without a mouse must be able to reach everything. */
async function tabTo(testId: string): Promise<void> {
  for (let step = 0; step < 120; step += 1) {
    if ((await focused()) === testId) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${testId}.`);
}

async function search(words: string, upn: string): Promise<void> {
  await tabTo('search');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(words);
  await page.getByTestId(`person-${upn}`).waitFor();
  await eventually(async () => expect(await page.getByRole('row').count()).toBe(2));
}

async function openFound(upn: string): Promise<void> {
  await tabTo(`edit-${upn}`);
  await page.keyboard.press('Enter');
  await page.getByTestId('save').waitFor();
}

async function type(testId: string, text: string): Promise<void> {
  await tabTo(testId);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

async function press(testId: string, key = 'Enter'): Promise<void> {
  await tabTo(testId);
  await page.keyboard.press(key);
}

describe('by keyboard, in Swedish', () => {
  test('a person is found and renamed, and the focus comes back to the list', async () => {
    await search('maria str', 'maria.strom@norrsken.se');
    await openFound('maria.strom@norrsken.se');
    expect(await focused()).toBe('field-displayName');
    await type('field-displayName', 'Maria Lindqvist');
    await page.keyboard.press('Enter');
    await eventually(() => expect(user(maria).props['displayName']).toBe('Maria Lindqvist'));
    await eventually(async () =>
      expect(await page.getByTestId('toast').innerText()).toBe(
        'Sparat. Gå tillbaka till Samsyn och tryck på Synkronisera nu.',
      ),
    );
    expect(await page.getByTestId('people').innerText()).not.toContain('Maria Ström');
    await search('lindqvist', 'maria.strom@norrsken.se');
  });
  test('a person is disabled and moved from one group to another', async () => {
    await search('maria.strom', 'maria.strom@norrsken.se');
    await openFound('maria.strom@norrsken.se');
    await press('field-accountEnabled', 'Space');
    await press('group-support', 'Space');
    await press('group-växel', 'Space');
    await press('save');
    await eventually(() => expect(user(maria).props['accountEnabled']).toBe(false));
    const isIn = (name: string) => emulator.store.group(tenant, groupId(tenant, name)).members.has(maria);
    await eventually(() => expect([isIn('växel'), isIn('support')]).toEqual([false, true]));
    await page.getByTestId('person-maria.strom@norrsken.se').getByText('Inaktiverad').waitFor();
    await shoot({ page }, 'demo-directory-sv');
  });
  test('a person is added; a taken user name is said in Swedish and nothing is lost', async () => {
    await press('new-person');
    await page.getByTestId('save').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Fyll i ett visningsnamn.').waitFor();
    await type('field-displayName', 'Östen Nyström');
    await type('field-userPrincipalName', 'asa.oberg@norrsken.se');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Användarnamnet är upptaget. Välj ett annat.').waitFor();
    expect(await page.getByTestId('field-displayName').inputValue()).toBe('Östen Nyström');
    await type('field-userPrincipalName', 'osten.nystrom@norrsken.se');
    await page.keyboard.press('Enter');
    await eventually(() => expect(user('osten.nystrom@norrsken.se').props['displayName']).toBe('Östen Nyström'));
  });
  test('Escape leaves a person unchanged', async () => {
    await search('björn ek', 'bjorn.ek@norrsken.se');
    await openFound('bjorn.ek@norrsken.se');
    await type('field-displayName', 'Någon Annan');
    await page.keyboard.press('Escape');
    await eventually(async () => expect(await focused()).toBe('edit-bjorn.ek@norrsken.se'));
    expect(user('bjorn.ek@norrsken.se').props['displayName']).toBe('Björn Ek');
  });
  test('a person is deleted, restored, and another is deleted for ever after a question', async () => {
    await search('björn ek', 'bjorn.ek@norrsken.se');
    await openFound('bjorn.ek@norrsken.se');
    await press('delete');
    const bjorn = userId('bjorn.ek@norrsken.se');
    await eventually(() => expect(user(bjorn).deletedAt).not.toBeNull());
    await page.getByTestId('drawer').waitFor({ state: 'hidden' });
    await tabTo('tab-people');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.getByTestId('deleted').waitFor();
    await press('restore-Björn Ek');
    await eventually(() => expect(user(bjorn).deletedAt).toBeNull());
    await press('forever-Rut Salin');
    await page.getByTestId('question').getByText('Ta bort Rut Salin för alltid?').waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('question').waitFor({ state: 'hidden' });
    expect(user(userId('rut.salin@norrsken.se')).deletedAt).not.toBeNull();
    await press('forever-Rut Salin');
    await page.getByTestId('question').waitFor();
    await press('question-yes');
    await eventually(() => expect(() => user(userId('rut.salin@norrsken.se'))).toThrow());
  });
  test('a group takes in a person by user name, and lets one out', async () => {
    await tabTo('tab-people');
    await page.keyboard.press('ArrowRight');
    await press('edit-group-support-natt');
    await type('field-member', 'nobody@norrsken.se');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Det finns ingen med det användarnamnet.').waitFor();
    await type('field-member', 'asa.oberg@norrsken.se');
    await page.keyboard.press('Enter');
    const members = emulator.store.group(tenant, groupId(tenant, 'support-natt')).members;
    await eventually(() => expect(members.has(userId('asa.oberg@norrsken.se'))).toBe(true));
    await press('remove-Åsa Öberg');
    await eventually(() => expect(members.has(userId('asa.oberg@norrsken.se'))).toBe(false));
    await page.keyboard.press('Escape');
  });
});

describe('faults, by keyboard', () => {
  const pick = async (testId: string, value: string) => {
    await tabTo(testId);
    await page.getByTestId(testId).selectOption(value);
  };
  const open = async () => {
    await tabTo('tab-people');
    await page.keyboard.press('End');
    await page.getByTestId('fault-form').waitFor();
  };
  /** Set, and shown: the view is drawn anew, and only then is it there for the next press. */
  const shown = (count: number) =>
    eventually(async () => expect(await page.getByTestId('fault-stop').count()).toBe(count));

  test('one is chosen with detail, place, times and likelihood, shown in words, and stopped', async () => {
    await open();
    await page.getByTestId('no-faults').waitFor();
    await pick('choose-fault', 'throttled');
    await page.getByTestId('fault-what').getByText('Samsyn ska vänta så länge som svaret säger').waitFor();
    await pick('choose-detail', 'veryLong');
    await pick('choose-where', 'batch');
    await pick('choose-times', '10');
    await pick('choose-likely', '25');
    await press('fault-set');
    await shown(1);
    expect(emulator.store.faults.list()[0]).toMatchObject({
      match: { inBatch: true },
      often: { times: 10, probability: 0.25 },
      fault: { name: 'throttled', retryAfter: 'veryLong' },
    });
    const running = page.getByTestId('running-faults');
    await running.getByText('För många anrop (429) · vänta mer än ett dygn').waitFor();
    await running.getByText('Bara anrop i en batch, använt 0 gånger, 10 gånger kvar, 25 %').waitFor();
    await eventually(async () => expect(await focused()).toBe('choose-fault'));
    await shoot({ page }, 'demo-faults-sv');
    await press('fault-stop');
    await eventually(() => expect(emulator.store.faults.list()).toEqual([]));
  });
  test('every one that the page offers is taken by the control API, and has words in both languages', async () => {
    let set = 0;
    for (const language of ['en', 'sv']) {
      await page.getByTestId('language').selectOption(language);
      await page.getByTestId('tab-faults').click();
      await page.getByTestId('fault-form').waitFor();
      const faults = await page.getByTestId('choose-fault').locator('option').all();
      expect(faults.length).toBeGreaterThan(20);
      for (const one of faults) {
        expect(await one.innerText()).not.toMatch(/^k-/);
        await page.getByTestId('choose-fault').selectOption((await one.getAttribute('value')) ?? '');
        for (const label of await page.getByTestId('fault-form').locator('option, label, p, optgroup').allInnerTexts())
          expect(label).not.toMatch(/\b[a-z]-\w+/);
        if (language === 'sv') continue;
        await page.getByTestId('fault-set').click();
        set += 1;
        await shown(set);
        expect(emulator.store.faults.list()).toHaveLength(set);
      }
    }
    emulator.store.faults.clear();
    await page.getByTestId('tab-people').click();
  });
  test('the ready-made ones are one press each', async () => {
    await open();
    for (const [index, name] of ['f503', 'f429', 'fcut', 'fsecret'].entries()) {
      await press(`fault-${name}`);
      await shown(index + 1);
    }
    await eventually(() =>
      expect(emulator.store.faults.list().map(({ fault }) => fault?.name)).toEqual([
        'status',
        'throttled',
        'cut',
        'tokenError',
      ]),
    );
    await press('fault-stop-all');
    await eventually(() => expect(emulator.store.faults.list()).toEqual([]));
    await page.getByTestId('tab-people').click();
  });
});

describe('the page', () => {
  test('speaks English when asked to, and remembers it', async () => {
    await page.getByTestId('language').selectOption('en');
    await page.getByRole('heading', { name: 'The directory that Samsyn reads' }).waitFor();
    await page.reload();
    await page.getByRole('tab', { name: 'People' }).waitFor();
    expect(await page.getByTestId('hint').innerText()).toBe(
      'When you have changed something: go back to Samsyn and press Sync now.',
    );
    expect(await page.evaluate<string>('document.documentElement.lang')).toBe('en');
    await page.getByTestId('language').selectOption('sv');
    await page.getByRole('heading', { name: 'Katalogen som Samsyn läser' }).waitFor();
  });
  test.each(['light', 'dark'] as const)(
    'has no accessibility fault that a tool finds, in the %s scheme',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      const look = async () =>
        (await new AxeBuilder({ page }).setLegacyMode(true).analyze()).violations.map((one) => [
          one.id,
          one.nodes.map((node) => node.html).slice(0, 3),
        ]);
      expect(await look()).toEqual([]);
      await page.getByTestId('edit-asa.oberg@norrsken.se').click();
      await page.getByTestId('save').waitFor();
      expect(await look()).toEqual([]);
      await page.keyboard.press('Escape');
      for (const tab of ['groups', 'deleted', 'faults']) {
        await page.getByTestId(`tab-${tab}`).click();
        await page
          .getByRole('tab', { selected: true })
          .and(page.getByTestId(`tab-${tab}`))
          .waitFor();
        expect(await look()).toEqual([]);
      }
      await page.getByTestId('tab-people').click();
    },
  );
  test('fits a narrow screen without scrolling sideways', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const tab of ['people', 'groups', 'deleted', 'faults']) {
      await page.getByTestId(`tab-${tab}`).click();
      await page
        .getByRole('tab', { selected: true })
        .and(page.getByTestId(`tab-${tab}`))
        .waitFor();
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    }
    await page.getByTestId('tab-people').click();
  });
});
