/** Makes a screenshot small enough for git: a palette of the 256 most used colours, everything else drawn with the nearest [PNG §9, §11.2.2]. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

interface Picture { readonly width: number; readonly height: number; readonly channels: number; readonly pixels: Buffer }

const paeth = (a: number, b: number, c: number): number => {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
};
/** Reads 8-bit RGB or RGBA without interlace: what browsers write. */
const read = (png: Buffer): Picture => {
  const data: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const [width, height, channels] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25] === 6 ? 4 : 3];
  const packed = inflateSync(Buffer.concat(data));
  const row = width * channels;
  const pixels = Buffer.alloc(row * height);
  for (let y = 0; y < height; y += 1) {
    const filter = packed[y * (row + 1)] ?? 0;
    for (let x = 0; x < row; x += 1) {
      const left = x < channels ? 0 : (pixels[y * row + x - channels] ?? 0);
      const up = y === 0 ? 0 : (pixels[(y - 1) * row + x] ?? 0);
      const corner = y === 0 || x < channels ? 0 : (pixels[(y - 1) * row + x - channels] ?? 0);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      pixels[y * row + x] = (packed[y * (row + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return { width, height, channels, pixels };
};

const chunk = (type: string, data: Buffer): Buffer => {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, data.length + 8)), data.length + 8);
  return out;
};

const distance = (a: number, b: number): number => ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;

export const smallPng = (png: Buffer): Buffer => {
  const { width, height, channels, pixels } = read(png);
  const colourAt = (index: number): number => pixels.readUIntBE(index * channels, 3);
  const uses = new Map<number, number>();
  for (let index = 0; index < width * height; index += 1) uses.set(colourAt(index), (uses.get(colourAt(index)) ?? 0) + 1);
  const palette = [...uses].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([colour]) => colour);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const placeOf = (colour: number): number => {
    const found = places.get(colour) ?? palette.reduce((best, candidate, place) => (distance(candidate, colour) < distance(palette[best] ?? 0, colour) ? place : best), 0);
    places.set(colour, found);
    return found;
  };
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = placeOf(colourAt(y * width + x));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.concat(palette.map((colour) => Buffer.from([colour >> 16, (colour >> 8) & 255, colour & 255])));
  return Buffer.concat([png.subarray(0, 8), chunk('IHDR', header), chunk('PLTE', colours), chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })), chunk('IEND', Buffer.alloc(0))]);
};
