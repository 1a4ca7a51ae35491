// The help page's sentences H1 … H21 against the browser tests: docs/help/coverage.md names for each the tests that prove it.
// Files are read as texts, so that nothing has to run; what the tests show is their own matter.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const sentences = Array.from({ length: 21 }, (_, index) => `H${index + 1}`);

interface Title {
  text: string;
  /** Filled in when the test runs: compared up to there. */
  isTemplate: boolean;
}

/** First arguments of test(…) in a source text. */
function titlesIn(source: string): Title[] {
  const found = source.matchAll(
    /\btest(?:\.[a-zA-Z]+)*\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`([^`]*)`)/g,
  );
  return [...found].map(([, single, double, template]) => {
    const text = single ?? double ?? template ?? '';
    return template === undefined ? { text: text.replaceAll(/\\(.)/g, '$1'), isTemplate: false } : cut(text);
  });
}

function cut(text: string): Title {
  const at = text.indexOf('${');
  return at < 0 ? { text, isTemplate: false } : { text: text.slice(0, at), isTemplate: true };
}

/** Rows of the table: sentence -> the titles that it names. */
function rowsIn(markdown: string): Map<string, string[]> {
  const rows = new Map<string, string[]>();
  for (const line of markdown.split('\n')) {
    const [, number, , tests = ''] = line.split('|').map((cell) => cell.trim());
    if (number === undefined || !/^H\d+$/.test(number)) continue;
    rows.set(
      number,
      [...tests.matchAll(/`([^`]+)`/g)].map(([, title = '']) => title),
    );
  }
  return rows;
}

function isNamed(title: Title, named: string): boolean {
  const other = cut(named);
  return title.text === other.text && title.isTemplate === other.isTemplate;
}

const isOf = (sentence: string, text: string): boolean => text.startsWith(`${sentence} `);

const titles = readdirSync(path.join(root, 'e2e'))
  .filter((name) => name.endsWith('.e2e.ts'))
  .flatMap((name) => titlesIn(readFileSync(path.join(root, 'e2e', name), 'utf8')));
const rows = rowsIn(readFileSync(path.join(root, 'docs/help/coverage.md'), 'utf8'));

describe('the help page', () => {
  test('has a row for each of its sentences, and no other', () => expect([...rows.keys()]).toEqual(sentences));

  test.each(sentences)('%s is proved by browser tests that exist and begin with its number', (sentence) => {
    const named = rows.get(sentence) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((one) => !isOf(sentence, one) || !titles.some((title) => isNamed(title, one)))).toEqual([]);
  });

  test('leaves out no browser test of a sentence', () => {
    const named = [...rows.values()].flat();
    const left = titles.filter((title) => /^H\d+ /.test(title.text) && !named.some((one) => isNamed(title, one)));
    expect(left).toEqual([]);
  });
});

// A comparison that finds everything would prove nothing.
describe('the comparison', () => {
  test('reads titles in each kind of quotes, over lines, and up to what is filled in', () => {
    const source = [
      `test('H1 a, b', async () => {`,
      `  test(`,
      `    \`H2 it's done (\${language})\`, () => {`,
      `test.runIf(x)('no title of ours'); latest('H9 no test'); test("H3 c", f);`,
    ].join('\n');
    expect(titlesIn(source)).toEqual([
      { text: 'H1 a, b', isTemplate: false },
      { text: "H2 it's done (", isTemplate: true },
      { text: 'H3 c', isTemplate: false },
    ]);
  });

  test('tells H2 from H20, and a title from the beginning of another', () => {
    expect(isOf('H2', 'H20 on again')).toBe(false);
    expect(isNamed({ text: 'H1 a, b', isTemplate: false }, 'H1 a')).toBe(false);
    expect(isNamed({ text: 'H2 a (', isTemplate: true }, 'H2 a (${language})')).toBe(true);
  });

  test('reads rows with several titles', () => {
    expect([...rowsIn('| # | what | tests |\n|---|---|---|\n| H1 | x | `H1 a`<br>`H1 b` |')]).toEqual([
      ['H1', ['H1 a', 'H1 b']],
    ]);
  });
});
