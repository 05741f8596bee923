import type { ContentDigest, VectorDigest } from '../../../model/digest.ts';
import type { RecordKind } from '../../../model/record.ts';
import type { KindIndex } from '../archive-index.ts';
import { damaged } from '../damage.ts';
import type { MemberReader } from '../tar/member-reader.ts';
import { readNpyHeader } from './npy.ts';
import { arrayNames, ID_SIZE, rowSize, type VectorGroup } from './vector-group.ts';
import { ZipReader } from './zip-reader.ts';

const IDS_AT_ONCE = 16_384;

/**
 * Reads the npz of one kind of record to its end: arrays, shapes and rows are the manifest's, ids ascend, each is the id
 * of a record that has no other vector. Fills the index and the digest. Throws `integrity`.
 */
export async function verifyNpz(
  member: MemberReader,
  kind: RecordKind,
  index: KindIndex,
  digest: ContentDigest,
): Promise<void> {
  const zip = new ZipReader(member);
  for (const [number, group] of index.groups.entries()) {
    const part = digest.vectors(kind, group.model, group.dimensions);
    const names = arrayNames(number);
    await beginArray(zip, names.ids, { descr: `|S${ID_SIZE}`, shape: [group.count] });
    await verifyIds(zip, index, number, group, part);
    await zip.end();
    await beginArray(zip, names.embeddings, { descr: '<f4', shape: [group.count, group.dimensions] });
    index.starts.push(zip.offset);
    for (let missing = group.count * rowSize(group); missing > 0; ) {
      const piece = await zip.some(missing);
      part.data(piece);
      missing -= piece.length;
    }
    await zip.end();
  }
  await zip.finish();
}

async function beginArray(
  zip: ZipReader,
  name: string,
  expected: { readonly descr: string; readonly shape: readonly number[] },
): Promise<void> {
  const { isStored } = await zip.begin(`${name}.npy`);
  const { descr, shape } = await readNpyHeader(length => zip.exactly(length));
  if (!isStored || descr !== expected.descr || shape.join() !== expected.shape.join())
    throw damaged(
      `The array ${name} of the archive has another type or another number of rows than the manifest says.`,
    );
}

async function verifyIds(
  zip: ZipReader,
  index: KindIndex,
  number: number,
  group: VectorGroup,
  part: VectorDigest,
): Promise<void> {
  let last = -1;
  for (let missing = group.count; missing > 0; ) {
    const count = Math.min(missing, IDS_AT_ONCE);
    const bytes = await zip.exactly(count * ID_SIZE);
    part.ids(bytes);
    const text = bytes.toString('latin1');
    for (let at = 0; at < text.length; at += ID_SIZE) {
      last = index.assign(text.slice(at, at + ID_SIZE), number, last);
      if (last === -1)
        throw damaged(
          'The archive holds a vector of a record that is not there, that has another one, or out of order.',
        );
    }
    missing -= count;
  }
}
