import { createHash } from 'node:crypto';
import { changed, type Entry, pax, replaced, resealed, TOP } from '../formats/archive/craft.ts';
import { idOf } from '../support/records.ts';

const file = (name: string | Buffer, more: Partial<Entry> = {}): Entry => ({
  name,
  data: Buffer.from('x'),
  ...more,
});
const after =
  (...more: Entry[]) =>
  (all: Entry[]) => [...all, ...more];
const second =
  (...more: Entry[]) =>
  (all: Entry[]) => [...all.slice(0, 1), ...more, ...all.slice(1)];
export const manifest = (text: string | RegExp, by: string) => (all: Entry[]) =>
  changed(all, 'manifest.json', replaced(text, by));
/** A member changed, with all checksums made right again. */
export const lie = (name: string, text: string | RegExp, by: string) => (all: Entry[]) =>
  resealed(changed(all, name, replaced(text, by)));

/** What is wrong with each, and how to make it of the entries of `smallSample`. */
export const HOSTILE_ARCHIVES: readonly (readonly [string, (all: Entry[]) => Entry[]])[] = [
  ['[SEC-04] a name that leads up', after(file('../evil'))],
  ['a name that leads up from within', after(file(`${TOP}../../evil`))],
  ['an absolute name', after(file('/tmp/evil'))],
  [
    'a symbolic link',
    second(
      file(`${TOP}memories/memories.json`, { type: '2', linkName: '/etc/passwd', data: Buffer.alloc(0) }),
    ),
  ],
  [
    'a hard link',
    second(
      file(`${TOP}memories/memories.json`, {
        type: '1',
        linkName: `${TOP}manifest.json`,
        data: Buffer.alloc(0),
      }),
    ),
  ],
  ['a regular file with a link name', second(file(`${TOP}memories/memories.json`, { linkName: 'x' }))],
  ['a character device', second(file(`${TOP}null`, { type: '3', data: Buffer.alloc(0) }))],
  ['a block device', second(file(`${TOP}sda`, { type: '4', data: Buffer.alloc(0) }))],
  ['a pipe', second(file(`${TOP}pipe`, { type: '6', data: Buffer.alloc(0) }))],
  ['a GNU sparse file', second(file(`${TOP}memories/memories.json`, { type: 'S' }))],
  ['a GNU long name', second(file('././@LongLink', { type: 'L' }))],
  ['a GNU long link', second(file('././@LongLink', { type: 'K' }))],
  ['an unknown name', after(file(`${TOP}evil.sh`))],
  ['a known name in another folder', after(file('other/manifest.json'))],
  ['a name twice', all => [...all.slice(0, 2), ...all.slice(1)]],
  ['the manifest twice', all => [...all.slice(0, 1), ...all]],
  ['a name with a NUL', second(file(Buffer.from(`${TOP}memories/memories.json\0evil`)))],
  ['members in another order', all => [...all.slice(0, 1), ...all.slice(1).reverse()]],
  ['the manifest last', all => [...all.slice(1), ...all.slice(0, 1)]],
  ['no manifest', all => all.slice(1)],
  ['no checksum list', all => all.slice(0, -1)],
  ['no npz', all => all.filter(({ name }) => name !== `${TOP}memories/embeddings.npz`)],
  ['no entry at all', () => []],
  ['a pax header with another path', second(pax(['path', 'evil']))],
  ['a pax header with another link', second(pax(['linkpath', 'evil']))],
  ['a pax header with another size', second(pax(['size', '3']))],
  ['a pax header with no number as size', second(pax(['size', '-1']))],
  ['a pax header with a sparse map', second(pax(['GNU.sparse.major', '1'], ['GNU.sparse.minor', '0']))],
  ['a pax header with a path twice', second(pax(['path', `${TOP}memories/memories.json`], ['path', 'evil']))],
  ['a pax header for all members', all => [{ ...pax(['path', 'evil']), type: 'g' }, ...all]],
  ['a pax header before another', second(pax(['path', 'evil']), pax(['mtime', '1']))],
  ['a pax header before one for all', second(pax(['path', 'evil']), { ...pax(['comment', 'x']), type: 'g' })],
  [
    'a folder of another name',
    second(pax(['path', '../evil']), file(TOP, { type: '5', data: Buffer.alloc(0) })),
  ],
  ['a pax header at the end', after(pax(['mtime', '1']))],
  ['a pax header that is none', second({ ...pax(), data: Buffer.from('99 path=x\n') })],
  ['a pax header that has no key', second({ ...pax(), data: Buffer.from('5 =x\n') })],
  ['a pax header too large', second({ ...pax(), data: Buffer.alloc(70_000, 'x') })],
  [
    'many pax headers for all members',
    all => [...Array.from({ length: 17 }, () => ({ ...pax(['comment', 'x']), type: 'g' })), ...all],
  ],
  ['a folder that leads up', second(file('../evil', { type: '5', data: Buffer.alloc(0) }))],
  ['a folder with an absolute name', second(file('/tmp/evil', { type: '5', data: Buffer.alloc(0) }))],
  ['a folder with data', second(file(`${TOP}memories/`, { type: '5' }))],
  [
    'many folders',
    second(
      ...Array.from({ length: 17 }, () => file(`${TOP}memories/`, { type: '5', data: Buffer.alloc(0) })),
    ),
  ],
  ['another tar dialect', all => all.map(entry => ({ ...entry, magic: '\0\0\0\0\0\0\0\0' }))],
  [
    'a wrong header checksum',
    all => all.map((entry, index) => (index === 3 ? { ...entry, checksum: 1 } : entry)),
  ],
  [
    'a size beyond the end',
    all => all.map((entry, index) => (index === 9 - 1 ? { ...entry, size: 100_000 } : entry)),
  ],
  [
    'a size of terabytes',
    all => all.map((entry, index) => (index === 1 ? { ...entry, size: 0o77777777777 } : entry)),
  ],
  [
    'a larger document than can be',
    all => all.map((entry, index) => (index === 0 ? { ...entry, size: 0o777777777 } : entry)),
  ],
  [
    'bytes between members',
    all => all.map((entry, index) => (index === 2 ? { ...entry, size: entry.data.length - 512 } : entry)),
  ],

  ['a wrong checksum in the list', all => changed(all, 'metadata/checksums.sha256', replaced(/^./, 'g'))],
  ['another digit in the list', lastResealed(replaced(/^[0-9a-f]/, '~'))],
  ['a partial list', lastResealed(data => data.subarray(0, data.indexOf('\n') + 1))],
  ['an empty list', lastResealed(() => Buffer.alloc(0))],
  [
    'a list with one more file',
    lastResealed(data => Buffer.concat([data, Buffer.from(`${'0'.repeat(64)}  evil\n`)])),
  ],
  ['a list with a file twice', lastResealed(data => Buffer.concat([data, data]))],
  [
    'a list with a wrong sum',
    lastResealed(data => Buffer.from(`${'0'.repeat(64)}${String(data).slice(64)}`)),
  ],
  ['a wrong checksum in the manifest', manifest(/"sha256:\w{64}"/, `"sha256:${'0'.repeat(64)}"`)],
  ['a checksum missing in the manifest', manifest('"memories/memories.json"', '"memories/other.json"')],
  [
    'a checksum more in the manifest',
    manifest('"checksums": {', `"checksums": { "evil": "sha256:${'0'.repeat(64)}",`),
  ],
  ['a checksum of another kind', manifest(/"sha256:\w{64}"/, '"md5:0"')],
  [
    'a wrong content digest',
    manifest(/"content_digest": "sha256:\w{8}/, '"content_digest": "sha256:00000000'),
  ],
  ['a content digest that is none', manifest(/"content_digest": "\w+:/, '"content_digest": "x:')],
  ['a changed record', all => changed(all, 'memories/memories.json', replaced('Memory 3', 'Memory 4'))],
  ['a changed record with right checksums', lie('memories/memories.json', 'Memory 3', 'Memory 4')],
  ['a memory count that lies', manifest('"memory_count": 12', '"memory_count": 13')],
  ['a huge count', manifest('"memory_count": 12', '"memory_count": 9007199254740991')],
  ['a count that is not whole', manifest('"memory_count": 12', '"memory_count": 12.5')],
  ['a negative count', manifest('"memory_count": 12', '"memory_count": -1')],
  ['no count', manifest('"memory_count": 12,', '')],
  ['a tombstone count that lies', manifest('"tombstone_count": 2', '"tombstone_count": 1')],
  ['a code unit count that lies', manifest('"code_unit_count": 3', '"code_unit_count": 4')],
  ['more vectors than records', manifest('"count": 4', '"count": 40')],
  ['a vector count that lies', manifest('"count": 4', '"count": 3')],
  ['dimensions that lie', manifest('"dimensions": 8', '"dimensions": 7')],
  ['vectors without dimensions', manifest('"dimensions": 8', '"dimensions": 0')],
  ['arrays of other names', manifest('"array": "embeddings"', '"array": "vectors"')],
  ['groups out of order', manifest('"hashing-8"', '"zzz"')],
  ['another npz', manifest('"file": "memories/embeddings.npz"', '"file": "evil.npz"')],
  ['embeddings that are no list', manifest('"embeddings": [', '"embeddings": 5, "other": [')],
  ['embeddings that are no objects', manifest('"embeddings": [', '"embeddings": [5, ')],
  ['another format', manifest('"portable_backup"', '"other"')],
  ['another compression', manifest('"compression": "gzip"', '"compression": "zstd"')],
  ['no date', manifest(/"export_date": "[^"]*"/, '"export_date": "soon"')],
  ['a numeric version', manifest('"version": "1.0.0"', '"version": 1')],
  ['an odd version', manifest('"version": "1.0.0"', '"version": "one"')],
  ['an older major version', manifest('"version": "1.0.0"', '"version": "0.9.0"')],
  ['a manifest that is no JSON', manifest('{', '')],
  ['a manifest that is a list', all => changed(all, 'manifest.json', () => Buffer.from('[]'))],
  [
    'a manifest that is not UTF-8',
    all => changed(all, 'manifest.json', data => Buffer.concat([data, Buffer.from([0xff])])),
  ],
  ['a manifest nested deeply', manifest('"filters": {}', `"filters": ${'['.repeat(100)}${']'.repeat(100)}`)],
  ['an id twice', lie('memories/memories.json', idOf(2), idOf(1))],
  ['ids out of order', lie('memories/memories.json', idOf(3), idOf(9))],
  ['a comma after the last record', lie('memories/memories.json', '}\n],"tombstones"', '},\n],"tombstones"')],
  ['no comma after a record', lie('memories/memories.json', '},\n', '}\n')],
  ['an empty line', lie('memories/memories.json', ':[\n', ':[\n\n')],
  ['another first line', lie('memories/memories.json', '{"version"', '{ "version"')],
  ['another last line', lie('memories/memories.json', /\]\}\n$/, ']} \n')],
  ['no last newline', lie('memories/memories.json', /\]\}\n$/, ']}')],
  ['text after the end', lie('memories/memories.json', /\]\}\n$/, ']}\n{}\n')],
  ['a frame line after the end', lie('memories/memories.json', /\]\}\n$/, ']}\n]}\n')],
  [
    'a tombstone twice',
    lie('memories/memories.json', `${idOf(500)}","kind":"code_unit"`, `${idOf(400)}","kind":"memory"`),
  ],
  ['tombstones out of order', lie('memories/memories.json', '"kind":"code_unit"', '"kind":"zzz"')],
  ['a tombstone that is no JSON', lie('memories/memories.json', '"kind":"code_unit"', '"kind":')],
  [
    'a tombstone of a strange kind',
    lie('memories/memories.json', '"kind":"code_unit"', '"kind":{"toString":1}'),
  ],
  ['a tombstone without an id', lie('memories/memories.json', `"id":"${idOf(500)}"`, '"id":{"valueOf":1}')],
  [
    'a config of too many values',
    all =>
      resealed(
        changed(all, 'config/export_config.json', () => Buffer.from(`{"a":[${'{},'.repeat(100_000)}1]}`)),
      ),
  ],
  [
    'a config that is too large',
    all => resealed(changed(all, 'config/export_config.json', () => Buffer.from(`{${' '.repeat(2 ** 20)}}`))),
  ],
  [
    'a manifest of too many values',
    manifest('"filters": {}', `"filters": {"a":[${'{},'.repeat(150_000)}1]}`),
  ],
  [
    'a checksum list that is too large',
    lastResealed(data => Buffer.concat([data, Buffer.alloc(65_536, 'x')])),
  ],
  ['other projects than the manifest', lie('code_index/projects.json', '"alpha"', '"alphb"')],
  ['a config that is no JSON', lie('config/export_config.json', '{', '')],
  [
    'a config that is a list',
    all => resealed(changed(all, 'config/export_config.json', () => Buffer.from('[]'))),
  ],
  ['statistics that are no JSON', lie('metadata/statistics.json', '{', '{,')],
  ['an array of another name', lie('memories/embeddings.npz', 'ids.npy', 'idz.npy')],
  ['an npz that is no zip', lie('memories/embeddings.npz', 'PK\x03\x04', 'PK\x03\x05')],
  ['a pickled array', lie('memories/embeddings.npz', "'<f4'", "'|O' ")],
  ['Fortran order', lie('memories/embeddings.npz', "'fortran_order': False", "'fortran_order': True ")],
  ['a wrong shape', lie('memories/embeddings.npz', '(4, 8)', '(5, 8)')],
  ['another element type', lie('memories/embeddings.npz', "'<f4'", "'<i4'")],
  ['no numpy magic', lie('memories/embeddings.npz', 'NUMPY', 'NUMPX')],
  ['an unknown id', lie('memories/embeddings.npz', idOf(2), idOf(3))],
  ['an id that is none', lie('memories/embeddings.npz', idOf(2), 'x'.repeat(36))],
  ['a wrong zip checksum', lie('memories/embeddings.npz', /PK\x07\x08./s, 'PK\x07\x08~')],
  ['no zip descriptor', lie('memories/embeddings.npz', 'PK\x07\x08', 'PK\x07\x09')],
  ['a wrong directory', lie('memories/embeddings.npz', /PK\x01\x02\x14/s, 'PK\x01\x03\x14')],
  ['another name in the directory', lie('memories/embeddings.npz', /(PK\x01\x02.*)ids\.npy/s, '$1idz.npy')],
  ['a wrong end', lie('memories/embeddings.npz', 'PK\x05\x06', 'PK\x05\x07')],
  ['an encrypted array', lie('memories/embeddings.npz', 'PK\x03\x04\x14\x00\x08', 'PK\x03\x04\x14\x00\x09')],
  [
    'an array packed otherwise',
    lie('memories/embeddings.npz', 'PK\x03\x04\x14\x00\x08\x00\x00', 'PK\x03\x04\x14\x00\x08\x00\x0c'),
  ],
  [
    'a deflated array of no length',
    lie('memories/embeddings.npz', 'PK\x03\x04\x14\x00\x08\x00\x00', 'PK\x03\x04\x14\x00\x08\x00\x08'),
  ],
];

/** The checksum list changed, with its own checksum in the manifest made right again. */
function lastResealed(change: (data: Buffer) => Buffer): (all: Entry[]) => Entry[] {
  return all => {
    const lying = changed(all, 'metadata/checksums.sha256', change);
    const list = lying.at(-1);
    return sealedManifest(all, list ?? { name: '', data: Buffer.alloc(0) });
  };
}

function sealedManifest(all: Entry[], list: Entry): Entry[] {
  const sum = createHash('sha256').update(list.data).digest('hex');
  const sealed = changed(
    all,
    'manifest.json',
    replaced(/("metadata\/checksums.sha256": "sha256:)\w{64}/, `$1${sum}`),
  );
  return [...sealed.slice(0, -1), list];
}
