import type { JsonObject } from '../../model/json.ts';
import { MAX_MANIFEST_BYTES } from '../../model/limits.ts';
import type { WorkOptions } from '../../model/progress.ts';
import type { OpenedFile } from '../opened-file.ts';
import type { ReadOptions, Source, SourceItem, Verification } from '../source.ts';
import type { ArchiveIndex } from './archive-index.ts';
import { ArchiveMembers } from './archive-members.ts';
import { ByteReader } from './container/byte-reader.ts';
import type { Container } from './container/container.ts';
import { openContainer } from './container/open-container.ts';
import type { Manifest } from './manifest.ts';
import { type ReadManifest, readManifest } from './manifest-reader.ts';
import { readArchive } from './records/record-items.ts';
import { TarReader } from './tar/tar-reader.ts';
import { readDocument, verifyArchive } from './verify.ts';

/**
 * Opens a portable archive and reads its manifest. Disposing of the source disposes of the file; when this throws, the
 * file is still the caller's. Throws `integrity` or `newer_version`.
 */
export async function openArchive(file: OpenedFile): Promise<ArchiveSource> {
  const container = await openContainer(file.handle);
  const reader = new ByteReader(container.bytes(0));
  try {
    const tar = new TarReader(reader, { exactEnd: container.blocked });
    const member = await new ArchiveMembers(tar).manifest();
    const bytes = await readDocument(member, MAX_MANIFEST_BYTES);
    return new ArchiveSource(file, container, readManifest(bytes), member.sha256());
  } finally {
    await reader.close();
  }
}

export class ArchiveSource implements Source {
  readonly format = 'memport-archive';
  readonly system = 'memport';
  readonly manifest: Manifest;
  readonly header: JsonObject;
  readonly #file: OpenedFile;
  readonly #container: Container;
  readonly #warnings: readonly string[];
  readonly #manifestSum: string;
  #index: ArchiveIndex | null = null;

  constructor(file: OpenedFile, container: Container, read: ReadManifest, manifestSum: string) {
    this.#file = file;
    this.#container = container;
    this.manifest = read.manifest;
    this.header = read.object;
    this.#warnings = read.warnings;
    this.#manifestSum = manifestSum;
  }

  get version(): string {
    return this.manifest.version;
  }

  get schemaVersion(): string {
    return this.manifest.schemaVersion;
  }

  async verify(options: WorkOptions = {}): Promise<Verification> {
    const { manifest } = this;
    this.#index = await verifyArchive(this.#container, { manifest, sha256: this.#manifestSum }, options);
    const groups = [...manifest.memoryVectors, ...manifest.codeUnitVectors];
    return {
      memories: manifest.memoryCount,
      codeUnits: manifest.codeUnitCount,
      tombstones: manifest.tombstoneCount,
      vectors: groups.reduce((sum, { count }) => sum + count, 0),
      contentDigest: manifest.contentDigest,
      warnings: this.#warnings,
    };
  }

  read(options: ReadOptions = {}): AsyncIterable<readonly SourceItem[]> {
    if (this.#index === null) throw new RangeError('an archive is read after it was verified');
    return readArchive(this.#container, this.manifest, this.#index, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}
