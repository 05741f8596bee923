import { MemportError } from '../../errors.ts';
import type { WritableFile } from '../../file-access.ts';
import { canonicalJson } from '../../model/canonical.ts';
import { ContentDigest } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import { withKeys } from '../../model/json.ts';
import { MAX_DIMENSIONS, MAX_MANIFEST_BYTES, MAX_PROJECTS } from '../../model/limits.ts';
import type { RecordKind } from '../../model/record.ts';
import { checksumsText } from './checksums.ts';
import { fittingDocument } from './fitting-document.ts';
import {
  CHECKSUMS,
  CODE_UNIT_VECTORS,
  CODE_UNITS,
  EXPORT_CONFIG,
  MAX_VECTOR_GROUPS,
  MEMORIES,
  MEMORY_VECTORS,
  type MemberName,
  PROJECTS,
  STATISTICS,
} from './layout.ts';
import { type ArchiveHeader, aboutBytes, manifestDraft, manifestText } from './manifest.ts';
import { MembersWriter } from './members-writer.ts';
import type { ArchiveLine, ArchiveRun } from './npz/spooled-ids.ts';
import { compareGroups, inArchiveOrder, type VectorGroup } from './npz/vector-group.ts';
import { type ArchiveVector, VectorsWriter } from './npz/vectors-writer.ts';
import { type RecordFileName, recordArrays } from './records/record-files.ts';
import { RecordWriter } from './records/record-writer.ts';

export type { ArchiveLine, ArchiveRun, ArchiveVector };

export interface WrittenArchive {
  /** Of the whole file. */
  readonly bytes: number;
  readonly contentDigest: string;
  /** Uncompressed size by member, but for the manifest. */
  readonly members: ReadonlyMap<MemberName, number>;
}

/** A part of the archive: what begins it when it is its turn, and what ends it. */
interface Stage {
  readonly name: StageName;
  begin?(): Promise<void>;
  end?(): Promise<void>;
}
type StageName =
  | 'memories'
  | 'tombstones'
  | 'memory vectors'
  | 'projects'
  | 'code units'
  | 'code unit vectors'
  | 'export config'
  | 'statistics'
  | 'end';

/**
 * Writes a portable archive in one pass to an empty file opened for writing. The methods are called in the order in
 * which they stand here, those that take pages any number of times, also none. Everything must be as the header
 * announces, ids ascending: else `integrity` is thrown, and the file is good for nothing. Memory stays flat but for
 * 16 bytes to each vector. The same data gives the same bytes, however the pages are cut.
 */
export class ArchiveWriter {
  /** As given, with projects and vector groups in the archive's order. */
  readonly header: ArchiveHeader;
  readonly #members: MembersWriter;
  readonly #digest: ContentDigest;
  readonly #about: number;
  readonly #memoryVectors: VectorsWriter;
  readonly #unitVectors: VectorsWriter;
  readonly #stages: readonly Stage[];
  #stage = -1;
  #records: RecordWriter | null = null;

  private constructor(file: WritableFile, header: ArchiveHeader) {
    this.header = header;
    this.#about = aboutBytes(header);
    this.#digest = new ContentDigest(this.#about);
    this.#members = new MembersWriter(file, Number(header.exportDate / 1_000_000n));
    this.#memoryVectors = new VectorsWriter('memory', MEMORY_VECTORS, header.memoryVectors, this.#digest);
    this.#unitVectors = new VectorsWriter(
      'code_unit',
      CODE_UNIT_VECTORS,
      header.codeUnitVectors,
      this.#digest,
    );
    this.#stages = this.#plan();
  }

  static async create(file: WritableFile, header: ArchiveHeader): Promise<ArchiveWriter> {
    const writer = new ArchiveWriter(file, {
      ...header,
      projects: [...header.projects].sort(),
      memoryVectors: orderedGroups(header.memoryVectors),
      codeUnitVectors: orderedGroups(header.codeUnitVectors),
    });
    const draft = manifestDraft(writer.header);
    checkManifest(writer.header, draft);
    await writer.#members.draftManifest(draft);
    return writer;
  }

  async memories(page: readonly ArchiveLine[]): Promise<void> {
    await this.#enter('memories');
    this.#memoryVectors.ids.add(page);
    await this.#lines('memory', page);
  }

  /** As `memories`, run by run. */
  async memoryRuns(runs: readonly ArchiveRun[]): Promise<void> {
    await this.#enter('memories');
    await this.#runs('memory', this.#memoryVectors, runs);
  }

  /** Lines of tombstones of both kinds, ordered by kind and id. */
  async tombstones(lines: readonly string[]): Promise<void> {
    await this.#enter('tombstones');
    await this.#records?.lines(lines, null);
  }

  /** Vectors of one group in ascending order of id; group after group as in `header.memoryVectors`. */
  async memoryVectors(group: GroupName, page: readonly ArchiveVector[]): Promise<void> {
    await this.#enter('memory vectors');
    await this.#memoryVectors.page(group, page);
  }

  /** Lines of projects, in the order of `header.projects`. */
  async projects(lines: readonly string[]): Promise<void> {
    await this.#enter('projects');
    await this.#records?.lines(lines, null);
  }

  async codeUnits(page: readonly ArchiveLine[]): Promise<void> {
    await this.#enter('code units');
    this.#unitVectors.ids.add(page);
    await this.#lines('code_unit', page);
  }

  async codeUnitRuns(runs: readonly ArchiveRun[]): Promise<void> {
    await this.#enter('code units');
    await this.#runs('code_unit', this.#unitVectors, runs);
  }

  async codeUnitVectors(group: GroupName, page: readonly ArchiveVector[]): Promise<void> {
    await this.#enter('code unit vectors');
    await this.#unitVectors.page(group, page);
  }

  /** The effective configuration, without secrets and absolute paths. Once; left out, it is `{}`. */
  async exportConfig(config: JsonObject): Promise<void> {
    await this.#enter('export config');
    await this.#document(EXPORT_CONFIG, config);
  }

  /** Counts and dates; `member_bytes`, the sizes of the members so far, is added. Once; left out, it is only that. */
  async statistics(statistics: JsonObject): Promise<void> {
    await this.#enter('statistics');
    await this.#document(STATISTICS, this.#withSizes(statistics));
  }

  /** Writes what is still missing. The file is whole then, but not yet on stable storage. */
  async finish(): Promise<WrittenArchive> {
    await this.#enter('end');
    const contentDigest = this.#digest.finish();
    const bytes = await this.#members.finish(manifestText(this.header, this.#members.sums, contentDigest));
    return { bytes, contentDigest, members: this.#members.sizes };
  }

  #plan(): readonly Stage[] {
    return [
      { name: 'memories', begin: () => this.#beginRecords(MEMORIES) },
      {
        name: 'tombstones',
        begin: async () => this.#records?.nextArray(),
        end: () => this.#endRecords(MEMORIES),
      },
      {
        name: 'memory vectors',
        begin: () => this.#memoryVectors.begin(this.#members, this.#about),
        end: () => this.#memoryVectors.end(this.#members),
      },
      {
        name: 'projects',
        begin: () => this.#beginRecords(PROJECTS),
        end: () => this.#endRecords(PROJECTS),
      },
      {
        name: 'code units',
        begin: () => this.#beginRecords(CODE_UNITS),
        end: () => this.#endRecords(CODE_UNITS),
      },
      {
        name: 'code unit vectors',
        begin: () => this.#unitVectors.begin(this.#members, this.#about),
        end: () => this.#unitVectors.end(this.#members),
      },
      { name: 'export config', end: () => this.#complete(EXPORT_CONFIG, {}) },
      { name: 'statistics', end: () => this.#complete(STATISTICS, this.#withSizes({})) },
      {
        name: 'end',
        begin: () => this.#members.document(CHECKSUMS, checksumsText(this.#members.sums)),
      },
    ];
  }

  async #enter(name: StageName): Promise<void> {
    const target = this.#stages.findIndex(stage => stage.name === name);
    if (target < this.#stage) throw new RangeError(`${name} come too late for the archive`);
    while (this.#stage < target) {
      await this.#stages[this.#stage]?.end?.();
      this.#stage += 1;
      await this.#stages[this.#stage]?.begin?.();
    }
  }

  async #beginRecords(name: RecordFileName): Promise<void> {
    const member = await this.#members.open(name, 'deflate', this.#about);
    this.#records = new RecordWriter(member, recordArrays(name, this.header));
    await this.#records.nextArray();
  }

  async #endRecords(name: RecordFileName): Promise<void> {
    if (this.#records === null) return;
    await this.#records.end();
    await this.#members.close(name, this.#records.member);
    this.#records = null;
  }

  async #lines(kind: RecordKind, page: readonly ArchiveLine[]): Promise<void> {
    const lines = page.map(({ line }) => line);
    await this.#records?.lines(lines, { content: this.#digest, kind });
  }

  async #runs(kind: RecordKind, vectors: VectorsWriter, runs: readonly ArchiveRun[]): Promise<void> {
    for (const run of runs) {
      vectors.ids.addRun(run);
      await this.#records?.run(run.lines, run.count, { content: this.#digest, kind });
    }
  }

  #withSizes(statistics: JsonObject): JsonObject {
    const sizes = { member_bytes: Object.fromEntries(this.#members.sizes) };
    return fittingDocument(withKeys(statistics, sizes));
  }

  async #document(name: MemberName, value: JsonObject): Promise<void> {
    if (this.#members.sums.has(name)) throw new RangeError(`${name} is in the archive already`);
    await this.#members.document(name, `${canonicalJson(value)}\n`);
  }

  async #complete(name: MemberName, value: JsonObject): Promise<void> {
    if (!this.#members.sums.has(name)) await this.#document(name, value);
  }
}

function checkManifest({ projects }: ArchiveHeader, text: string): void {
  if (projects.length > MAX_PROJECTS)
    throw new MemportError('failed', `an archive takes at most ${MAX_PROJECTS} projects`);
  if (Buffer.byteLength(text) > MAX_MANIFEST_BYTES)
    throw new MemportError('failed', 'the names of the projects and models are too long for an archive');
}

type GroupName = Pick<VectorGroup, 'model' | 'dimensions'>;

function orderedGroups(groups: readonly VectorGroup[]): readonly VectorGroup[] {
  const ordered = inArchiveOrder(groups);
  const odd = ordered.find(({ dimensions }) => dimensions < 1 || dimensions > MAX_DIMENSIONS);
  if (odd !== undefined)
    throw new MemportError('failed', `an archive takes no vectors of ${odd.dimensions} dimensions`);
  const isTwice = ordered.some((group, index) => {
    const before = ordered[index - 1];
    return before !== undefined && compareGroups(before, group) === 0;
  });
  if (isTwice) throw new MemportError('failed', 'an archive takes each model and dimension once');
  if (ordered.length > MAX_VECTOR_GROUPS)
    throw new MemportError(
      'failed',
      `an archive takes vectors of at most ${MAX_VECTOR_GROUPS} models and dimensions`,
    );
  return ordered;
}
