// A zip archive as a stream: files are packed one after another as their bytes come, with sizes after the data, so that nothing
// is kept. Format: APPNOTE.TXT 6.3.10 of PKWARE, without its 64-bit forms.
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import { assert } from './assert.ts';

export interface ZipFile {
  /** ASCII, with `/` between folders. */
  name: string;
  content: AsyncIterable<Buffer>;
}

/** Throws what a file's content throws, and when the archive would be larger than 4 GiB. */
export async function* writeZip(files: AsyncIterable<ZipFile> | Iterable<ZipFile>): AsyncGenerator<Buffer> {
  const entries: Buffer[] = [];
  let offset = 0;
  for await (const { name, content } of files) {
    const begin = offset;
    const header = fields(name, 0x04034b50, [], emptySums, 0);
    offset += header.length;
    yield header;
    const sums: Sums = { crc: 0, packed: 0, size: 0 };
    for await (const chunk of pack(content, sums)) {
      sums.packed += chunk.length;
      yield chunk;
    }
    assert(sums.size <= bytesMax, 'a file in the archive is not larger than 4 GiB');
    const descriptor = Buffer.alloc(16);
    descriptor.writeUInt32LE(0x08074b50, 0);
    writeSums(descriptor, 4, sums);
    offset += sums.packed + descriptor.length;
    assert(offset <= bytesMax, 'an archive is not larger than 4 GiB');
    yield descriptor;
    entries.push(fields(name, 0x02014b50, [versionMadeBy], sums, begin));
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  yield Buffer.concat([directory, end]);
}

interface Sums {
  crc: number;
  packed: number;
  size: number;
}
const emptySums: Sums = { crc: 0, packed: 0, size: 0 };
const bytesMax = 0xffff_ffff;
const versionMadeBy = 20;
const versionNeeded = 20;
// Bit 3: checksum and sizes follow the data.
const flags = 1 << 3;
const deflated = 8;
// 1980-01-01, the first day that the format knows: the same table gives the same bytes.
const date = 33;

async function* pack(content: AsyncIterable<Buffer>, sums: Sums): AsyncGenerator<Buffer> {
  const deflate = createDeflateRaw({ level: 6 });
  const feeding = pipeline(async function* () {
    for await (const chunk of content) {
      sums.crc = crc32(chunk, sums.crc);
      sums.size += chunk.length;
      yield chunk;
    }
  }, deflate);
  // What fails is thrown by the loop below; a reader that has gone away ends both.
  feeding.catch(() => undefined);
  for await (const chunk of deflate) yield chunk as Buffer; // no encoding is set
  await feeding;
}

/** A local header (no `extra` numbers in front) or an entry of the directory. */
function fields(name: string, signature: number, extra: readonly number[], sums: Sums, begin: number): Buffer {
  const isEntry = extra.length > 0;
  const head = Buffer.alloc(isEntry ? 46 : 30);
  let at = head.writeUInt32LE(signature, 0);
  for (const number of [...extra, versionNeeded, flags, deflated, 0, date]) at = head.writeUInt16LE(number, at);
  at = writeSums(head, at, sums);
  at = head.writeUInt16LE(name.length, at);
  if (isEntry) head.writeUInt32LE(begin, 42);
  return Buffer.concat([head, Buffer.from(name, 'ascii')]);
}

function writeSums(into: Buffer, at: number, { crc, packed, size }: Sums): number {
  into.writeUInt32LE(crc, at);
  into.writeUInt32LE(packed, at + 4);
  return into.writeUInt32LE(size, at + 8);
}
