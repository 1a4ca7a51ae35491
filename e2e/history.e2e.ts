// History and why in a real browser: searched, filtered, saved as a file; and a person followed from a list to what decides.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { arrangePages, type Ids } from './page-world.ts';
import { eventually, fill, shoot, visit, type Language, type Visitor } from './visitor.ts';
import { administrator, organisationId, useWorld } from './world.ts';

const world = await useWorld();
const entra = `/settings/${organisationId}/entra`;
const patience = { timeout: 180_000 };
let ids: Ids | undefined;

async function arranged(visitor: Visitor): Promise<Ids> {
  ids ??= await arrangePages(world, visitor);
  return ids;
}

/** The rows of a list as texts, once there are so many. */
async function rowsOf({ page }: Visitor, table: string, count: number): Promise<string[]> {
  const rows = page.getByRole('table', { name: table }).getByRole('row');
  await eventually(async () => expect(await rows.count()).toBe(count + 1));
  return (await rows.allInnerTexts()).slice(1);
}

describe.each<[Language, boolean]>([
  ['sv', false],
  ['en', true],
])('%s', (language, dark) => {
  test(
    `the history is searched and filtered, and what is shown is saved as a file (${language})`,
    patience,
    async () => {
      const visitor = await visit(world, { language, dark });
      const { page, words } = visitor;
      const { runId } = await arranged(visitor);
      const w = words.history;
      // From a run, and from there on to one field.
      await page.goto(`${entra}/history?run=${runId}`);
      await page.getByRole('combobox', { name: w.filter.field, exact: true }).click();
      await page.getByRole('option', { name: words.people.field.jobTitle, exact: true }).click();
      const [first = '', second = ''] = await rowsOf(visitor, w.changes.list, 2);
      expect(first).toContain('Växelansvarig');
      expect(second).toContain('Åsa Öberg');
      expect(second).toContain('Driftledare');
      expect(second).toContain(w.cause.run);
      expect(second).toContain(fill(words.runs.triggerBy, { name: administrator.name }));

      await page.getByRole('searchbox', { name: w.changes.search }).fill('drift');
      await rowsOf(visitor, w.changes.list, 1);
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: words.held.export.label }).click();
      await page.getByRole('menuitem', { name: words.held.export.csv }).click();
      const file = await saving;
      expect(file.suggestedFilename()).toMatch(new RegExp(`^${w.table.history_changes} \\d{4}-\\d\\d-\\d\\d\\.csv$`));
      const text = await readFile(await file.path(), 'utf8');
      const lines = text.trim().split('\r\n');
      expect(lines).toHaveLength(2);
      expect(lines[0]).toContain(`"${w.changes.person}","${w.changes.field}"`);
      expect(lines[1]).toContain('"Åsa Öberg"');
      expect(lines[1]).toContain('"Driftledare"');

      await page.getByRole('button', { name: w.filter.clear }).click();
      await eventually(async () => expect(new URL(page.url()).search).toBe(''));
      await shoot(visitor, `history-cleared-${language}`);

      // The file is among the decisions, with who made it.
      await page.getByRole('link', { name: w.tabs.decisions, exact: true }).click();
      await page.getByRole('combobox', { name: w.filter.group, exact: true }).click();
      await page.getByRole('option', { name: w.group.exports, exact: true }).click();
      const decisions = page.getByRole('table', { name: w.decisions.list });
      await decisions.getByText(w.action.table_exported).first().waitFor();
      await decisions.getByText(w.table.history_changes).first().waitFor();
      await page.getByRole('combobox', { name: w.filter.group, exact: true }).click();
      await page.getByRole('option', { name: w.group.links, exact: true }).click();
      await decisions.getByText('Konferensrum').waitFor();
    },
  );

  test(
    `from a row of a list, and by a search, one sees why somebody is here or is not (${language})`,
    patience,
    async () => {
      const visitor = await visit(world, { language, dark });
      const { page, words } = visitor;
      await arranged(visitor);
      const w = words.why;
      await page.goto(`${entra}/users?list=ignored&q=Arvid%20Lundberg`);
      await page.getByRole('link', { name: fill(w.of, { name: 'Arvid Lundberg' }) }).click();
      await page.getByText(fill(w.verdict.ignored, { name: 'Arvid Lundberg' })).waitFor();
      await page.getByText(fill(w.facts.ignoredReason, { reason: 'Konferensrum' })).waitFor();

      const search = page.getByRole('searchbox', { name: w.search });
      await search.fill('Anna Bergström');
      await page
        .getByRole('list', { name: w.results })
        .getByRole('link', { name: /Anna Bergström/ })
        .click();
      await page.getByText(fill(w.verdict.linked, { name: 'Anna Bergström', user: 'Anna Bergström' })).waitFor();
      const way = page.getByRole('list').filter({ hasText: 'telefoni' });
      expect(await way.getByRole('listitem').allInnerTexts()).toEqual(['telefoni', 'växel', 'Anna Bergström']);

      await search.fill('Nina Nyanställd');
      await page.getByRole('list', { name: w.inEntra }).getByText('Nina Nyanställd', { exact: true }).waitFor();
      await page.getByText(w.unread.groups).waitFor();
      await shoot(visitor, `why-asked-${language}`);
    },
  );
});

test('the seventh file in an hour is refused in words, and nothing is saved', patience, async () => {
  const visitor = await visit(world);
  const { page, words } = visitor;
  await arranged(visitor);
  await world.query(`delete from audit_event where action = 'table.exported'`);
  await page.goto(`${entra}/history/decisions`);
  let files = 0;
  page.on('download', () => (files += 1));
  for (let turn = 1; turn <= 7; turn += 1) {
    await page.getByRole('button', { name: words.held.export.label }).click();
    await page.getByRole('menuitem', { name: words.held.export.xlsx }).click();
    if (turn <= 6) await eventually(async () => expect(files).toBe(turn));
  }
  await page.getByText(words.errors.too_many_requests.title).waitFor();
  expect(files).toBe(6);
  await shoot(visitor, 'export-refused-sv');
});
