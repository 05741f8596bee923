import { crc32, deflateRawSync } from 'node:zlib';
import { localHeader } from '../../../src/formats/archive/npz/zip-format.ts';
import { changed, type Entry, pack, resealed } from '../../formats/archive/craft.ts';
import { lie, manifest } from '../crafted-archives.ts';
import { type Crafted, harmless, MIB, refused } from './crafted.ts';

const NPZ = 'memories/embeddings.npz';
/** The end of the header of the vectors, with its padding. */
const SHAPE = '(4, 8), }';

export function vectors(entries: Entry[]): Crafted[] {
  const shape = (text: string) => lie(NPZ, `${SHAPE}${' '.repeat(text.length - SHAPE.length)}`, text);
  const lies: readonly (readonly [string, (all: Entry[]) => Entry[]])[] = [
    ['big-endian numbers', lie(NPZ, "'<f4'", "'>f4'")],
    ['numbers of another size', lie(NPZ, "'<f4'", "'<f8'")],
    ['ids of another width', lie(NPZ, "'|S36'", "'|S99'")],
    ['ids in another alphabet', lie(NPZ, "'|S36'", "'<U36'")],
    ['a shape that overflows', shape('(4611686018427387904, 8), }')],
    ['a shape beyond every number', shape('(99999999999999999999999999, 8), }')],
    ['a negative shape', shape('(-4, -8), }')],
    ['a shape of many dimensions', shape('(1, 1, 1, 4, 1, 8), }')],
    ['a shape with code in it', shape("(__import__('os'), 8), }")],
    ['a header that says it is longer', lie(NPZ, /NUMPY\x01\x00../s, 'NUMPY\x01\x00\xff\xff')],
    ['another version of numpy', lie(NPZ, 'NUMPY\x01', 'NUMPY\x09')],
    ['a name that leads out', lie(NPZ, 'ids.npy', '../npy.')],
    ['counts of vectors beyond every number', manifest('"count": 4', '"count": 9007199254740991')],
    ['a million dimensions', manifest('"dimensions": 8', '"dimensions": 1000000')],
  ];
  const bomb = (all: Entry[]): Entry[] => resealed(changed(all, NPZ, () => deflatedBomb(256 * MIB)));
  return [
    ...lies.map(([what, change]) => refused(`npz: ${what}`, () => pack(change(entries)))),
    harmless('npz: sizes that nobody needs', () =>
      pack(lie(NPZ, /(PK\x03\x04.{14}).{8}/s, '$1\xff\xff\xff\xff\xff\xff\xff\xff')(entries)),
    ),
    refused('npz: a bomb', () => pack(bomb(entries)), true),
    refused('npz: nothing in it', () => pack(resealed(changed(entries, NPZ, () => Buffer.alloc(0))))),
    refused('npz: no zip', () =>
      pack(resealed(changed(entries, NPZ, () => Buffer.from('\x80\x04cos\nsystem\n')))),
    ),
  ];
}

/** A zip whose first array is deflated zeros, and says that it is as short as the true one. */
function deflatedBomb(size: number): Buffer {
  const zeros = Buffer.alloc(size);
  const packed = deflateRawSync(zeros);
  const head = localHeader({ name: 'ids.npy', size: 1, offset: 0 });
  head.writeUInt16LE(0, 6);
  head.writeUInt16LE(8, 8);
  head.writeUInt32LE(crc32(zeros), 14);
  head.writeUInt32LE(packed.length, 18);
  head.writeUInt32LE(272, 22);
  return Buffer.concat([head, packed]);
}
