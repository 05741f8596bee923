import { messageOf } from '../../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parseExactJson } from '../../model/json-parse.ts';
import { MAX_DOCUMENT_BYTES, MAX_DOCUMENT_VALUES } from '../../model/limits.ts';
import type { WorkOptions } from '../../model/progress.ts';
import type { MemberPlace } from '../archive/archive-index.ts';
import { checkChecksums } from '../archive/checksums.ts';
import { ByteReader } from '../archive/container/byte-reader.ts';
import type { Container } from '../archive/container/container.ts';
import { damaged } from '../archive/damage.ts';
import type { MemberReader } from '../archive/tar/member-reader.ts';
import { TarReader } from '../archive/tar/tar-reader.ts';
import { readDocument } from '../archive/verify.ts';
import type { Found } from '../json/dialect.ts';
import { hasVector } from '../json/element.ts';
import { scanJson } from '../json/scanner.ts';
import { checkVersions } from '../json/versions.ts';
import { FEAT038_JSON } from './feat038-json.ts';
import { type FlatMember, type FlatName, flatMembers } from './flat-members.ts';
import { FlatVectors } from './flat-vectors.ts';

export interface FlatIndex {
  readonly manifest: JsonObject;
  readonly memories: MemberPlace;
  readonly vectors: MemberPlace | null;
  readonly found: Readonly<Found>;
  readonly warnings: readonly string[];
}

/**
 * Reads an archive of the original once and proves what it declares: that the checksum list is complete and right, the
 * versions, the counts in the manifest and in memories.json, and that the npz has a row for each memory. Throws
 * `integrity` or `newer_version`.
 */
export async function verifyFlat(container: Container, options: WorkOptions): Promise<FlatIndex> {
  const reader = new ByteReader(container.bytes(0, { signal: options.signal }));
  try {
    const reading = new FlatReading(options);
    const tar = new TarReader(reader, { exactEnd: container.blocked });
    for await (const member of flatMembers(tar)) await reading.member(member);
    return reading.finish();
  } finally {
    await reader.close();
  }
}

class FlatReading {
  readonly #options: WorkOptions;
  readonly #places = new Map<FlatName, MemberPlace>();
  readonly #sums = new Map<string, string>();
  readonly #found: Found = { memories: 0, codeUnits: 0, tombstones: 0, vectors: 0 };
  #memoriesHeader: JsonObject = {};
  #manifest: JsonObject = {};
  #checksums = '';
  #rows: number | null = null;

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  async member({ name, data }: FlatMember): Promise<void> {
    this.#places.set(name, { start: data.start, size: data.size });
    switch (name) {
      case 'memories.json':
        this.#memoriesHeader = await this.#count(data);
        break;
      case 'embeddings.npz':
        this.#rows = await this.#countRows(data);
        break;
      case 'manifest.json':
        this.#manifest = parseObject(await readDocument(data, MAX_DOCUMENT_BYTES));
        break;
      case 'checksums.sha256':
        this.#checksums = (await readDocument(data, MAX_DOCUMENT_BYTES)).toString('utf8');
        return;
    }
    this.#sums.set(name, data.sha256());
  }

  finish(): FlatIndex {
    const memories = this.#place('memories.json');
    this.#place('manifest.json');
    this.#place('checksums.sha256');
    checkChecksums(this.#checksums, this.#sums);
    const warnings = new Set([...checkVersions(this.#manifest), ...checkVersions(this.#memoriesHeader)]);
    for (const header of [this.#memoriesHeader, this.#manifest])
      for (const note of FEAT038_JSON.check(header, this.#found)) warnings.add(note);
    this.#checkRows();
    return {
      manifest: this.#manifest,
      memories,
      vectors: this.#places.get('embeddings.npz') ?? null,
      found: { ...this.#found, vectors: this.#rows ?? this.#found.vectors },
      warnings: [...warnings],
    };
  }

  #place(name: FlatName): MemberPlace {
    const place = this.#places.get(name);
    if (place === undefined) throw damaged(`The archive lacks ${name}: it is truncated, or not whole.`);
    return place;
  }

  /** Where the memories came before, their number is proven before anything is inflated. */
  async #countRows(data: MemberReader): Promise<number> {
    const vectors = await FlatVectors.open(data);
    this.#rows = vectors.rows;
    if (this.#places.has('memories.json')) this.#checkRows();
    await vectors.verify(this.#options.signal);
    return vectors.rows;
  }

  /** A row belongs to the memory at its place: there is no other pairing, so nothing less than equal counts will do. */
  #checkRows(): void {
    const count = this.#found.memories + this.#found.codeUnits;
    if (this.#rows !== null && this.#rows !== count)
      throw damaged(
        `The archive has ${this.#rows} vectors for ${count} memories: whose they are can't be told.`,
      );
    if (this.#rows === null && count > 0 && this.#manifest.includes_embeddings === true)
      throw damaged('The archive lacks embeddings.npz, which its manifest says it has.');
  }

  /** Counts the records; gives the members beside them. */
  async #count(data: MemberReader): Promise<JsonObject> {
    const header = new Map<string, JsonValue>();
    for await (const events of scanJson(data.pieces(), ['memories'])) {
      for (const event of events) {
        if (event.type === 'member' && event.value !== undefined) header.set(event.name, event.value);
        if (event.type !== 'element') continue;
        if (FEAT038_JSON.kindOf(event) === 'code_unit') this.#found.codeUnits += 1;
        else this.#found.memories += 1;
        if (hasVector(event)) this.#found.vectors += 1;
      }
      const done = this.#found.memories + this.#found.codeUnits;
      this.#options.onProgress?.({ phase: 'verifying', done, total: null, unit: 'records' });
    }
    return Object.fromEntries(header);
  }
}

function parseObject(bytes: Buffer): JsonObject {
  try {
    const value = parseExactJson(bytes.toString('utf8'), { maxValues: MAX_DOCUMENT_VALUES });
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw damaged(`The manifest of the archive can not be read: ${messageOf(error)}.`, error);
  }
  throw damaged('The manifest of the archive is not an object.');
}
