/** Receipts as files of this bank's own making: a one-page PDF each, together in a ZIP without compression. */
import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';

export interface NamedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

const escaped = (line: string): string => line.replace(/[\\()]/g, (char) => `\\${char}`);

/** Lines of ASCII on one page, in a font that every reader has. */
export function pdf(lines: readonly string[]): Buffer {
  const shown = lines.map((line) => `(${escaped(line)}) Tj T*`).join('\n');
  const content = `BT /F1 12 Tf 16 TL 72 770 Td\n${shown}\nET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>',
  ];
  let text = '%PDF-1.4\n';
  let table = '0000000000 65535 f \n';
  objects.forEach((object, index) => {
    table += `${String(text.length).padStart(10, '0')} 00000 n \n`;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
  });
  const start = text.length;
  const count = objects.length + 1;
  text += `xref\n0 ${count}\n${table}trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

const u16 = (value: number): number[] => [value & 255, (value >>> 8) & 255];
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
/** 1980-01-01 00:00, the first instant a ZIP can name */
const never = [...u16(0), ...u16(0x21)];

function described({ name, bytes }: NamedFile): number[] {
  const sizes = [...u32(bytes.length), ...u32(bytes.length)];
  const stored = [...u16(0), ...u16(0), ...never];
  return [...u16(20), ...stored, ...u32(crc32(bytes)), ...sizes, ...u16(name.length), ...u16(0)];
}

/** Names are ASCII. */
export function zip(files: readonly NamedFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name, 'latin1');
    const local = Buffer.from([...u32(0x04034b50), ...described(file)]);
    parts.push(local, name, file.bytes);
    const rest = [...u16(0), ...u16(0), ...u16(0), ...u32(0), ...u32(offset)];
    const central = [...u32(0x02014b50), ...u16(20), ...described(file), ...rest];
    directory.push(Buffer.from(central), name);
    offset += local.length + name.length + file.bytes.length;
  }
  const listed = Buffer.concat(directory);
  const count = u16(files.length);
  const end = [...u32(0x06054b50), ...u16(0), ...u16(0), ...count, ...count];
  const where = [...u32(listed.length), ...u32(offset), ...u16(0)];
  return Buffer.concat([...parts, listed, Buffer.from([...end, ...where])]);
}
