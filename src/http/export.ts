// A table leaves as a file: written down, counted, and streamed as the database gives it, so that it is never whole in memory.
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../base/actor.ts';
import { writeCsv } from '../base/csv.ts';
import type { Columns, Rows } from '../base/table.ts';
import { writeXlsx } from '../base/xlsx.ts';
import type { ExportFormat } from '../contract/table-export.ts';
import type { Database } from '../db/pool.ts';
import { recordExport, type ExportRecord } from '../people/record-export.ts';

export interface Table {
  /** Of the file, without its ending, in words: it also names the sheet. */
  name: string;
  format: ExportFormat;
  columns: Columns;
  rows: Rows;
}

/** The way for routes: `record` is the audit event. Throws too_many_requests, and what `rows` throws before its first chunk. */
export async function exportTable(
  deps: { db: Database },
  { actor, reply }: { actor: Actor; reply: FastifyReply },
  { record, ...table }: Omit<Table, 'format'> & { record: ExportRecord },
): Promise<void> {
  await recordExport(deps, actor, record);
  await sendTable(reply, { ...table, format: record.format });
}

const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/**
 * What fails before the first chunk is answered as any error is. What fails later cuts the connection, and the last chunk that
 * HTTP ends an answer with is never sent: no browser takes what came for a whole file (F58).
 */
export async function sendTable(reply: FastifyReply, { name, format, columns, rows }: Table): Promise<void> {
  const chunks = format === 'csv' ? writeCsv(columns, rows) : writeXlsx(name, columns, rows);
  const first = await chunks.next();
  const body = Readable.from(whole(first, chunks), { objectMode: false });
  void reply
    .type(mediaTypes[format])
    .header('content-disposition', disposition(`${name}.${format}`))
    .send(body);
}

async function* whole(first: IteratorResult<Buffer>, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (!first.done) yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

/** RFC 6266: a name in ASCII for who reads nothing else, and the real one. */
function disposition(name: string): string {
  const ascii = name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\w.-]/g, '-');
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name).replaceAll(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)}`;
}
