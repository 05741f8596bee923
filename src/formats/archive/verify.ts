import { MemportError, messageOf } from '../../errors.ts';
import { ContentDigest } from '../../model/digest.ts';
import { isJsonObject } from '../../model/json.ts';
import { parseExactJson } from '../../model/json-parse.ts';
import { MAX_DOCUMENT_BYTES, MAX_DOCUMENT_VALUES } from '../../model/limits.ts';
import type { WorkOptions } from '../../model/progress.ts';
import { type ArchiveIndex, KindIndex, type MemberPlace } from './archive-index.ts';
import { ArchiveMembers } from './archive-members.ts';
import { checkChecksums } from './checksums.ts';
import { ByteReader } from './container/byte-reader.ts';
import type { Container } from './container/container.ts';
import { damaged } from './damage.ts';
import {
  CHECKSUMS,
  CODE_UNIT_VECTORS,
  CODE_UNITS,
  MAX_CHECKSUMS_BYTES,
  MAX_STREAM_GROUPS,
  MEMORIES,
  MEMORY_VECTORS,
  type MemberName,
  PROJECTS,
} from './layout.ts';
import { aboutBytes, archiveMembers, type Manifest } from './manifest.ts';
import { maxMemberSize } from './member-limits.ts';
import { verifyNpz } from './npz/npz-verifier.ts';
import { type RecordFileName, recordArrays } from './records/record-files.ts';
import { RecordLines } from './records/record-lines.ts';
import { RecordVerifier } from './records/record-verifier.ts';
import type { MemberReader } from './tar/member-reader.ts';
import { TarReader } from './tar/tar-reader.ts';

/**
 * Reads a whole archive once and proves all that it declares: the frame of the tar, every checksum in the manifest and
 * in the checksum list, every count, the order and uniqueness of ids, shapes and ids of the vectors, the content digest.
 * `opened` is the manifest as it was read when the file was opened. Throws `integrity`.
 */
export async function verifyArchive(
  container: Container,
  opened: { readonly manifest: Manifest; readonly sha256: string },
  options: WorkOptions,
): Promise<ArchiveIndex> {
  checkStream(container, opened.manifest);
  const reader = new ByteReader(container.bytes(0, { signal: options.signal, passing: true }));
  try {
    return await new Verifier(opened.manifest, options).run(
      new ArchiveMembers(new TarReader(reader, { exactEnd: container.blocked })),
      opened.sha256,
    );
  } finally {
    await reader.close();
  }
}

function checkStream({ blocked }: Container, { memoryVectors, codeUnitVectors }: Manifest): void {
  if (blocked || Math.max(memoryVectors.length, codeUnitVectors.length) <= MAX_STREAM_GROUPS) return;
  throw new MemportError(
    'integrity',
    `The archive was compressed again by another program, and has vectors of more than ${MAX_STREAM_GROUPS} models and dimensions: it can't be read like that.`,
    { hint: 'Take the file as memport wrote it, or make the export again.' },
  );
}

class Verifier {
  readonly #manifest: Manifest;
  readonly #options: WorkOptions;
  readonly #digest: ContentDigest;
  readonly #memories: KindIndex;
  readonly #codeUnits: KindIndex;
  readonly #sums = new Map<string, string>();

  constructor(manifest: Manifest, options: WorkOptions) {
    this.#manifest = manifest;
    this.#digest = new ContentDigest(aboutBytes(manifest));
    this.#options = options;
    this.#memories = new KindIndex(manifest.memoryVectors);
    this.#codeUnits = new KindIndex(manifest.codeUnitVectors);
  }

  async run(members: ArchiveMembers, manifestSum: string): Promise<ArchiveIndex> {
    const places = new Map<MemberName, MemberPlace>();
    const manifest = await members.manifest();
    for await (const _ of manifest.pieces());
    if (manifest.sha256() !== manifestSum) throw damaged('The archive changed while it was read.');
    for await (const { name, data } of members.others(archiveMembers(this.#manifest))) {
      if (data.size > maxMemberSize(name, this.#manifest))
        throw damaged(`${name} is larger than the manifest allows.`);
      places.set(name, { start: data.start, size: data.size });
      await this.#read(name, data);
      this.#checkSum(name, data.sha256());
    }
    if (this.#digest.finish() !== this.#manifest.contentDigest)
      throw damaged('The records and vectors of the archive do not match its content digest.');
    return { places, memories: this.#memories, codeUnits: this.#codeUnits };
  }

  async #read(name: MemberName, data: MemberReader): Promise<void> {
    switch (name) {
      case MEMORIES:
        return this.#readRecords(name, data, this.#memories);
      case PROJECTS:
      case CODE_UNITS:
        return this.#readRecords(name, data, this.#codeUnits);
      case MEMORY_VECTORS:
        return verifyNpz(data, 'memory', this.#memories, this.#digest);
      case CODE_UNIT_VECTORS:
        return verifyNpz(data, 'code_unit', this.#codeUnits, this.#digest);
      case CHECKSUMS:
        return checkChecksums((await readDocument(data, MAX_CHECKSUMS_BYTES)).toString('utf8'), this.#sums);
      default:
        return checkObject(name, await readDocument(data, MAX_DOCUMENT_BYTES));
    }
  }

  async #readRecords(name: RecordFileName, data: MemberReader, index: KindIndex): Promise<void> {
    const sink = new RecordVerifier(name, this.#manifest, index.ids, this.#digest);
    const lines = new RecordLines(name, recordArrays(name, this.#manifest), sink);
    for await (const piece of data.pieces()) {
      lines.push(piece);
      this.#options.onProgress?.({
        phase: 'verifying',
        done: this.#memories.ids.length + this.#codeUnits.ids.length,
        total: this.#manifest.memoryCount + this.#manifest.codeUnitCount,
        unit: 'records',
      });
    }
    lines.end();
  }

  #checkSum(name: MemberName, sum: string): void {
    if (this.#manifest.checksums.get(name) !== sum)
      throw damaged(`${name} does not match its checksum in the manifest: the archive is damaged.`);
    if (name !== CHECKSUMS) this.#sums.set(name, sum);
  }
}

/** A member of at most `limit` bytes, read as a whole. */
export async function readDocument(data: MemberReader, limit: number): Promise<Buffer> {
  if (data.size > limit) throw damaged(`${data.name} is too large.`);
  return data.exactly(data.size);
}

function checkObject(name: MemberName, bytes: Buffer): void {
  try {
    if (isJsonObject(parseExactJson(bytes.toString('utf8'), { maxValues: MAX_DOCUMENT_VALUES }))) return;
  } catch (error) {
    throw damaged(`${name} can not be read: ${messageOf(error)}.`, error);
  }
  throw damaged(`${name} is not an object.`);
}
