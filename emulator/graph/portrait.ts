// A small JPEG of a person, drawn from their id alone: head and shoulders in squares of eight pixels.
// A square has one colour, so that of each block only the mean is coded and no discrete cosine transform is needed.
import { createHash } from 'node:crypto';

type Colour = [number, number, number];

const BLOCK_PIXELS = 8;
/** The JPEG (baseline, 4:4:4, nothing lost to quantising). `pixels` is the side and a multiple of eight. */
export function portrait(id: string, pixels: number): Buffer {
  const side = pixels / BLOCK_PIXELS;
  const colours = coloursOf(id);
  const bits = new BitWriter();
  const before: Colour = [0, 0, 0];
  for (let row = 0; row < side; row += 1)
    for (let column = 0; column < side; column += 1) {
      const level = luminance(colours[part((column + 0.5) / side, (row + 0.5) / side)]);
      for (const index of [0, 1, 2] as const) {
        const mean = 8 * (level[index] - 128);
        writeMean(bits, mean - before[index]);
        before[index] = mean;
      }
    }
  return Buffer.concat([...head(pixels), bits.end(), Buffer.from([0xff, 0xd9])]);
}

/** Which part of the picture is at a place; both run from 0 to 1, downwards and to the right. */
function part(x: number, y: number): 'ground' | 'head' | 'body' {
  if ((x - 0.5) ** 2 + (y - 0.38) ** 2 < 0.2 ** 2) return 'head';
  return ((x - 0.5) / 0.38) ** 2 + ((y - 1) / 0.38) ** 2 < 1 ? 'body' : 'ground';
}

function coloursOf(id: string): Record<'ground' | 'head' | 'body', Colour> {
  const digest = createHash('sha256').update(`portrait ${id}`).digest();
  const byte = (index: number) => digest[index] ?? 0;
  const shade = 120 + (byte(3) % 110);
  return {
    ground: [170 + (byte(0) % 80), 170 + (byte(1) % 80), 170 + (byte(2) % 80)],
    head: [shade, Math.round(shade * 0.8), Math.round(shade * 0.65)],
    body: [byte(4) % 130, byte(5) % 130, byte(6) % 130],
  };
}

/** Y, Cb and Cr of a colour, by JFIF. */
function luminance([r, g, b]: Colour): Colour {
  return [
    Math.round(0.299 * r + 0.587 * g + 0.114 * b),
    Math.round(128 - 0.168736 * r - 0.331264 * g + 0.5 * b),
    Math.round(128 + 0.5 * r - 0.418688 * g - 0.081312 * b),
  ];
}

const MEAN_CODE_BITS = 4;

/** The difference to the block before: its length in bits as a code of four, the bits themselves, and "nothing follows". */
function writeMean(bits: BitWriter, difference: number): void {
  const length = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference));
  bits.write(length, MEAN_CODE_BITS);
  bits.write(difference < 0 ? difference + (1 << length) - 1 : difference, length);
  bits.write(0, 1);
}

function head(pixels: number): Buffer[] {
  const segment = (marker: number, content: number[]) =>
    Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255, ...content]);
  const size = [pixels >> 8, pixels & 255];
  const codes = (length: number, symbols: number[]) => [
    ...Array.from({ length: 16 }, (_, index) => (index + 1 === length ? symbols.length : 0)),
    ...symbols,
  ];
  return [
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [...Buffer.from('JFIF\0', 'latin1'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    segment(0xdb, [0, ...Array.from({ length: 64 }, () => 1)]),
    segment(0xc0, [8, ...size, ...size, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]),
    segment(0xc4, [
      0x00,
      ...codes(
        MEAN_CODE_BITS,
        Array.from({ length: 12 }, (_, index) => index),
      ),
    ]),
    segment(0xc4, [0x10, ...codes(1, [0])]),
    segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
  ];
}

class BitWriter {
  private readonly bytes: number[] = [];
  private open = 0;
  private used = 0;

  write(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit -= 1) {
      this.open = (this.open << 1) | ((value >> bit) & 1);
      this.used += 1;
      if (this.used === 8) this.push();
    }
  }
  end(): Buffer {
    while (this.used > 0) this.write(1, 1);
    return Buffer.from(this.bytes);
  }
  private push(): void {
    this.bytes.push(this.open);
    // Within the data a byte of ones would begin a marker; a zero after it says that it does not.
    if (this.open === 0xff) this.bytes.push(0);
    this.open = 0;
    this.used = 0;
  }
}
