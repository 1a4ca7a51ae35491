// A table as a workbook (ECMA-376), streamed: each cell is text by its type and by its format, so a phone number keeps its plus, an
// employee number its zeros, and nothing is a formula (T17). This is the form of an export without loss.
import type { Cell, Columns, Rows } from './table.ts';
import { writeZip, type ZipFile } from './zip.ts';

// What a sheet holds at most, by Excel's specification; the rest stands on the next one.
const sheetRowsMax = 1_048_576;
// Of a sheet as XML: far below what a zip archive can hold in one file.
const sheetBytesMax = 1024 * 1024 * 1024;
const cellLengthMax = 32_767;
const chunkLength = 64 * 1024;

/** `title` names the sheet: at most 28 characters are used, as further sheets get a number. */
export async function* writeXlsx(
  title: string,
  columns: Columns,
  rows: Rows,
  rowsMax = sheetRowsMax,
): AsyncGenerator<Buffer> {
  const reader = rows[Symbol.asyncIterator]();
  let sheets = 0;
  let next = await reader.next();

  async function* sheet(): AsyncGenerator<Buffer> {
    let bytes = 0;
    let number = 1;
    let xml = `${xmlHead}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${columns.map(widthOf).join('')}</cols><sheetData>`;
    xml += rowOf(
      number,
      columns.map(({ header }) => header),
      headStyle,
    );
    while (!next.done && number < rowsMax && bytes < sheetBytesMax) {
      number += 1;
      xml += rowOf(number, next.value, textStyle);
      next = await reader.next();
      if (xml.length < chunkLength) continue;
      const chunk = Buffer.from(xml, 'utf8');
      bytes += chunk.length;
      xml = '';
      yield chunk;
    }
    yield Buffer.from(`${xml}</sheetData></worksheet>`, 'utf8');
  }

  async function* files(): AsyncGenerator<ZipFile> {
    do {
      sheets += 1;
      yield { name: `xl/worksheets/sheet${sheets}.xml`, content: sheet() };
    } while (!next.done);
    for (const [name, text] of Object.entries(partsOf(title, sheets))) yield { name, content: once(text) };
  }

  try {
    yield* writeZip(files());
  } finally {
    await reader.return?.();
  }
}

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text, 'utf8');
}

const xmlHead = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packages = 'http://schemas.openxmlformats.org/package/2006';
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
// By their place in cellXfs of the styles below. 49 is the built-in format "text".
const [textStyle, headStyle] = [1, 2];
const styles = `<styleSheet xmlns="${main}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1"/></cellXfs></styleSheet>`;

/** All that is not a sheet, by its place in the archive. */
function partsOf(title: string, sheets: number): Record<string, string> {
  const all = Array.from({ length: sheets }, (_, index) => index + 1);
  const name = title
    .replaceAll(/[\\/?*[\]:']/g, ' ')
    .slice(0, 28)
    .trim();
  return {
    'xl/workbook.xml': `${xmlHead}<workbook xmlns="${main}" xmlns:r="${relationships}"><sheets>${all.map((n) => `<sheet name="${escape(n === 1 ? name : `${name} ${n}`)}" sheetId="${n}" r:id="rId${n}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${xmlHead}<Relationships xmlns="${packages}/relationships">${all.map((n) => `<Relationship Id="rId${n}" Type="${relationships}/worksheet" Target="worksheets/sheet${n}.xml"/>`).join('')}<Relationship Id="rId${sheets + 1}" Type="${relationships}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': `${xmlHead}${styles}`,
    '_rels/.rels': `${xmlHead}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    '[Content_Types].xml': `${xmlHead}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/>${all.map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${types}.worksheet+xml"/>`).join('')}</Types>`,
  };
}

function widthOf({ width = 20 }: Columns[number], index: number): string {
  return `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`;
}

function rowOf(number: number, cells: readonly Cell[], style: number): string {
  const written = cells.map((cell, index) =>
    cell === null || cell === ''
      ? ''
      : `<c r="${columnName(index)}${number}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escape(cell.slice(0, cellLengthMax))}</t></is></c>`,
  );
  return `<row r="${number}">${written.join('')}</row>`;
}

/** 0 -> A, 26 -> AA */
function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}

// What XML cannot hold is written _xHHHH_, and a text that looks like that has its underscore written so (ECMA-376, ST_Xstring).
// A carriage return would come back as a line feed.
const unwritable = /(?![\t\n])\p{Cc}|[\uFFFE\uFFFF]|\p{Surrogate}|_(?=x[0-9A-Fa-f]{4}_)/gu;
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(text: string): string {
  return text
    .replace(unwritable, (one) => `_x${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replace(/[&<>"]/g, (one) => entities[one] ?? one);
}
