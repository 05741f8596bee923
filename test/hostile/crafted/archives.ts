import { writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { storedBlock } from '../../../src/formats/archive/container/gzip-block.ts';
import { type Entry, pack, TOP } from '../../formats/archive/craft.ts';
import { HOSTILE_ARCHIVES, manifest } from '../crafted-archives.ts';
import { type Crafted, harmless, MIB, refused, repeatedBytes } from './crafted.ts';

export function archives(entries: Entry[]): Crafted[] {
  const hostile = HOSTILE_ARCHIVES.flatMap(([what, change]) =>
    (['blocks', 'gzip'] as const).map(container =>
      refused(`archive, ${container}: ${what}`, () => pack(change(entries), { container })),
    ),
  );
  const newer = ['version', 'schema_version'].map(
    (name): Crafted => ({
      what: `archive: a newer ${name}`,
      write: path =>
        writeFileSync(path, pack(manifest(new RegExp(`"${name}": "\\d`), `"${name}": "9`)(entries))),
      fate: 'newer',
    }),
  );
  const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  return [
    ...hostile,
    ...newer,
    ...keys.map(key =>
      harmless(`archive: ${key} in the manifest`, () =>
        pack(manifest('{', `{"${key}":{"polluted":true},`)(entries)),
      ),
    ),
    ...keys.map(key =>
      refused(`archive: ${key} among the checksums`, () =>
        pack(manifest('"checksums": {', `"checksums": {"${key}":"sha256:${'0'.repeat(64)}",`)(entries)),
      ),
    ),
    refused('archive: __proto__ in place of the counts', () =>
      pack(manifest('"memory_count": 12', '"__proto__": {"memory_count": 12}')(entries)),
    ),
  ];
}

export function containers(entries: Entry[]): Crafted[] {
  const plain = (): Buffer => pack(entries, { container: 'gzip' });
  const headed = (flags: number, extra: Buffer): Buffer => {
    const archive = plain();
    archive[3] = flags;
    return Buffer.concat([archive.subarray(0, 10), extra, archive.subarray(10)]);
  };
  const memories = { name: `${TOP}memories/memories.json`, data: Buffer.from('x'), size: 0o7000000000 };
  return [
    refused('gzip: an extra field that is longer than the file', () => headed(4, Buffer.from([0xff, 0xff]))),
    refused('gzip: a name without an end', () => headed(8, Buffer.alloc(2 * MIB, 'n'))),
    harmless('gzip: a comment of megabytes', () =>
      headed(16, Buffer.concat([Buffer.alloc(2 * MIB, 'n'), Buffer.alloc(1)])),
    ),
    refused('gzip: another member of data behind it', () => Buffer.concat([plain(), gzipSync('more')])),
    harmless('gzip: a hundred thousand empty members before it', () =>
      Buffer.concat([repeatedBytes(gzipSync(''), 100_000), plain()]),
    ),
    {
      ...harmless('gzip: a million empty members behind it', () =>
        Buffer.concat([plain(), repeatedBytes(gzipSync(''), 1_000_000)]),
      ),
      isLarge: true,
    },
    harmless(
      'gzip: a member for each byte',
      () => Buffer.concat([...tarOf(entries)].map(byte => gzipSync(Buffer.from([byte]), { level: 0 }))),
      true,
    ),
    harmless(
      'blocks: one for each byte',
      () => Buffer.concat([...tarOf(entries)].map(byte => storedBlock(Buffer.from([byte])))),
      true,
    ),
    refused('gzip: a bomb of a gigabyte of records', () =>
      Buffer.concat([
        pack([...entries.slice(0, 1), memories], { container: 'gzip', end: Buffer.alloc(0) }),
        repeatedBytes(gzipSync(Buffer.alloc(32 * MIB, '{}\n')), 32),
      ]),
    ),
    refused('gzip: a bomb of zeros', () => repeatedBytes(gzipSync(Buffer.alloc(64 * MIB)), 32)),
    refused('gzip in gzip', () => gzipSync(plain())),
    refused('gzip: nothing in it', () => gzipSync('')),
    refused('gzip: a header and no more', () => plain().subarray(0, 10)),
  ];
}

function tarOf(entries: Entry[]): Buffer {
  return gunzipSync(pack(entries, { container: 'gzip' }));
}
