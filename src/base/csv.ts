// A table as CSV (RFC 4180), row by row, for people who open it in a spreadsheet: every field quoted, and nothing in it that a
// spreadsheet would work out (T17). Values with a formula's look get an apostrophe, so XLSX is the form without loss.
import type { Cell, Columns, Rows } from './table.ts';

/** UTF-8 with a byte order mark, without which Excel reads å, ä and ö as something else. Chunks of some 64 kB. */
export async function* writeCsv(columns: Columns, rows: Rows): AsyncGenerator<Buffer> {
  let text = `\uFEFF${line(columns.map(({ header }) => header))}`;
  for await (const row of rows) {
    text += line(row);
    if (text.length < chunkLength) continue;
    yield Buffer.from(text, 'utf8');
    text = '';
  }
  yield Buffer.from(text, 'utf8');
}

const chunkLength = 64 * 1024;

function line(cells: readonly Cell[]): string {
  return `${cells.map((cell) => `"${harmless(cell ?? '').replaceAll('"', '""')}"`).join(',')}\r\n`;
}

const signs = '[=+\\-@＝＋－＠]';
const blanks = '[\\s\\p{Cc}\\p{Cf}]*';
const leading = new RegExp(`^${blanks}${signs}|^[ \\p{Zs}\\p{Cf}]*[\\t\\r]`, 'u');
// A Swedish spreadsheet separates by semicolons, does not see that the field is quoted, and begins a new cell or line inside it, where
// a doubled quote is a quoted nothing.
const inner = new RegExp(`([;\\t\\r\\n])(?=(?![;\\t\\r\\n])[\\s\\p{Cc}\\p{Cf}"]*${signs})`, 'gu');

/**
 * The text as a spreadsheet shows it and does not run it: an apostrophe before = + - @ and their full-width twins, also after
 * blanks, before a tab and a carriage return, and behind what another spreadsheet takes for the end of a cell.
 */
function harmless(text: string): string {
  return `${leading.test(text) ? "'" : ''}${text.replace(inner, "$1'")}`;
}
