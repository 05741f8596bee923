import type { JsonObject } from '../../model/json.ts';
import type { WorkOptions } from '../../model/progress.ts';
import { ByteReader } from '../archive/container/byte-reader.ts';
import type { Container } from '../archive/container/container.ts';
import { openContainer } from '../archive/container/open-container.ts';
import { damaged } from '../archive/damage.ts';
import { MemberReader } from '../archive/tar/member-reader.ts';
import { RECORD_ARRAYS } from '../json/dialect.ts';
import { type JsonElement, scanJson } from '../json/scanner.ts';
import { versionText } from '../json/versions.ts';
import { migrationName } from '../migrations/migration.ts';
import type { OpenedFile } from '../opened-file.ts';
import type { Source, SourceItem, Verification } from '../source.ts';
import { CLAUDE_MEMORY_SERVER } from './feat038-code-unit.ts';
import { FEAT038_STEP, readFeat038Record } from './feat038-record.ts';
import { type FlatVector, FlatVectors } from './flat-vectors.ts';
import { type FlatIndex, verifyFlat } from './flat-verify.ts';
import { readLegacyElement } from './legacy-element.ts';

/**
 * Opens the flat archive of claude-memory-server. Its manifest comes late: what the source says of itself is empty until
 * it was verified. Disposing of the source disposes of the file.
 */
export async function openFeat038Archive(file: OpenedFile): Promise<Source> {
  return new Feat038Archive(file, await openContainer(file.handle));
}

class Feat038Archive implements Source {
  readonly format = 'feat038-archive';
  readonly system = CLAUDE_MEMORY_SERVER;
  readonly migrations: readonly string[] = [migrationName(FEAT038_STEP)];
  readonly #file: OpenedFile;
  readonly #container: Container;
  #index: FlatIndex | null = null;

  constructor(file: OpenedFile, container: Container) {
    this.#file = file;
    this.#container = container;
  }

  get header(): JsonObject {
    return this.#index?.manifest ?? {};
  }

  get version(): string {
    return versionText(this.header, 'version');
  }

  get schemaVersion(): string {
    return versionText(this.header, 'schema_version');
  }

  async verify(options: WorkOptions = {}): Promise<Verification> {
    this.#index = await verifyFlat(this.#container, options);
    return { ...this.#index.found, contentDigest: null, warnings: this.#index.warnings };
  }

  async *read(options: WorkOptions = {}): AsyncGenerator<readonly SourceItem[]> {
    const index = this.#index;
    if (index === null) throw new RangeError('an archive is read after it was verified');
    const total = index.found.memories + index.found.codeUnits;
    const texts = this.#reader(index.memories.start, options);
    const rows = this.#reader(index.vectors?.start ?? 0, options);
    try {
      const vectors =
        index.vectors === null
          ? null
          : await FlatVectors.open(new MemberReader('embeddings.npz', index.vectors.size, rows));
      const json = new MemberReader('memories.json', index.memories.size, texts);
      let done = 0;
      for await (const events of scanJson(json.pieces(), RECORD_ARRAYS)) {
        const items: SourceItem[] = [];
        for (const event of events)
          if (event.type === 'element' && event.array === 'memories')
            items.push(readItem(event, (await vectors?.next()) ?? null));
        if (items.length === 0) continue;
        yield items;
        done += items.length;
        options.onProgress?.({ phase: 'reading', done, total, unit: 'records' });
      }
      if (done !== total) throw damaged('The archive changed while it was read.');
    } finally {
      await texts.close();
      await rows.close();
    }
  }

  #reader(start: number, options: WorkOptions): ByteReader {
    return new ByteReader(this.#container.bytes(start, { signal: options.signal }), start);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}

/** The row of the npz replaces the embedding in the JSON, as the original does it; where there is no npz, that one counts. */
function readItem(element: JsonElement, row: FlatVector | null): SourceItem {
  if (row === null) return readLegacyElement(element, readFeat038Record);
  const note = row.vector === null ? ['its vector has a number that is not finite: left out'] : [];
  return readLegacyElement(element, read =>
    readFeat038Record({ ...read, vector: row.vector, line: null, warnings: [...read.warnings, ...note] }),
  );
}
