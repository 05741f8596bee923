import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { BLOCK_SIZE, storedBlock } from '../../../src/formats/archive/container/gzip-block.ts';

/** A tar entry to be crafted; what is not given is as memport writes it. */
export interface Entry {
  readonly name: string | Buffer;
  readonly data: Buffer;
  readonly type?: string;
  readonly linkName?: string;
  /** What the header says, if not the truth. */
  readonly size?: number;
  readonly magic?: string;
  readonly checksum?: number;
}

export const TOP = 'portable_backup/';

/** The entries of a memport archive. */
export function unpack(archive: Buffer): Entry[] {
  const tar = gunzipSync(archive);
  const entries: Entry[] = [];
  for (let at = 0; tar[at] !== 0; ) {
    const name = tar.toString('latin1', at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    entries.push({ name, data: tar.subarray(at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

export interface PackOptions {
  readonly container?: 'blocks' | 'gzip';
  /** What follows the last entry. */
  readonly end?: Buffer;
}

export function pack(entries: readonly Entry[], { container = 'blocks', end }: PackOptions = {}): Buffer {
  const tar = Buffer.concat([...entries.map(tarEntry), end ?? Buffer.alloc(1024)]);
  return container === 'gzip' ? gzipSync(tar) : blocks(tar);
}

export function blocks(data: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < data.length; at += BLOCK_SIZE)
    parts.push(storedBlock(data.subarray(at, at + BLOCK_SIZE)));
  return Buffer.concat(parts);
}

export function tarEntry(entry: Entry): Buffer {
  const header = Buffer.alloc(512);
  header.set(Buffer.from(entry.name).subarray(0, 100));
  header.write('0000600\0' + '0000000\0' + '0000000\0', 100);
  const size = entry.size ?? entry.data.length;
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0        ', 136);
  header.write(entry.type ?? '0', 156);
  header.write(entry.linkName ?? '', 157);
  header.write(entry.magic ?? 'ustar\x0000', 257, 'latin1');
  const sum = entry.checksum ?? header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (entry.data.length % 512)) % 512);
  return Buffer.concat([header, entry.data, padding]);
}

/** A pax record with its own length in front. */
export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${key}=${value}\n`;
}

export function pax(...records: readonly (readonly [string, string])[]): Entry {
  return {
    name: 'PaxHeaders/x',
    type: 'x',
    data: Buffer.from(records.map(([key, value]) => paxRecord(key, value)).join('')),
  };
}

/** The entries with one of them changed. */
export function changed(entries: readonly Entry[], name: string, change: (data: Buffer) => Buffer): Entry[] {
  return entries.map(entry =>
    entry.name === `${TOP}${name}` ? { ...entry, data: change(entry.data) } : entry,
  );
}

export function replaced(text: string | RegExp, by: string): (data: Buffer) => Buffer {
  return data => {
    const before = data.toString('latin1');
    const after = before.replace(text, by);
    if (after === before) throw new Error(`${text} is not there`);
    return Buffer.from(after, 'latin1');
  };
}

/** The entries with the checksum list and the manifest's checksums made right again, so that only another lie remains. */
export function resealed(
  entries: readonly Entry[],
  changeManifest: (data: Buffer) => Buffer = data => data,
): Entry[] {
  const sum = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
  const names = entries.map(({ name }) => String(name).replace(TOP, ''));
  const members = entries.filter((_, index) => !/^manifest\.json$|checksums/.test(names[index] ?? ''));
  const list = members.map(({ name, data }) => `${sum(data)}  ${String(name).replace(TOP, '')}\n`).join('');
  const listed = changed(entries, 'metadata/checksums.sha256', () => Buffer.from(list));
  return changed(listed, 'manifest.json', data => {
    const manifest: Record<string, unknown> = JSON.parse(changeManifest(data).toString());
    manifest.checksums = Object.fromEntries(
      listed.slice(1).map(entry => [String(entry.name).replace(TOP, ''), `sha256:${sum(entry.data)}`]),
    );
    return Buffer.from(JSON.stringify(manifest));
  });
}
