import type { FileHandle } from 'node:fs/promises';
import { writeNamed, writeProven } from '../atomic-file.ts';
import { MemportError } from '../errors.ts';
import type { WritableFile } from '../file-access.ts';
import { openSource } from '../formats/detect.ts';
import type { Source } from '../formats/source.ts';
import { type Filter, isEverything } from '../model/filter.ts';
import { formatInstant, type Instant } from '../model/instant.ts';
import type { WorkOptions } from '../model/progress.ts';
import { refuseProtected } from '../protected-files.ts';
import type { Store } from '../store/store.ts';
import { storeFiles } from '../store/store-files.ts';
import { writeArchive } from './export-archive.ts';
import { type Sealed, writeEncrypted } from './export-encrypted.ts';
import { writeJson } from './export-json.ts';
import type { ExportFormat, ExportPlan, ExportReport, ExportRequest, Written } from './export-plan.ts';
import { RecordDigest } from './record-digest.ts';
import { recordsDigest } from './store-digest.ts';

/**
 * Writes what passes the filter, as it stands at one moment, to one file, or a knowledge base to a folder. The file is written beside its target, read
 * back and checked against what was written, put on stable storage, and only then gets its name or goes to the stream:
 * nothing is ever seen that is not whole, and an existing file is replaced only on success. A target that is a file of
 * the store, or one of those to protect, is refused with `usage`.
 */
export async function exportStore(
  store: Store,
  request: ExportRequest,
  work: WorkOptions = {},
): Promise<ExportReport> {
  return (await exportWithDigest(store, request, work)).report;
}

/** As exportStore; the digest is that of the records and vectors in the file, also where the format does not say it. */
export async function exportWithDigest(
  store: Store,
  request: ExportRequest,
  work: WorkOptions = {},
): Promise<{ readonly report: ExportReport; readonly digest: string }> {
  const { target, naming = 'replace', protect = [], verify = true, lock } = request;
  if (typeof target === 'string')
    await refuseProtected(target, [...(await storeFiles(store.location)), ...protect]);
  await using snapshot = await store.snapshot();
  const exportDate =
    request.exportDate === 'newest-record'
      ? await newestRecord(snapshot, request.filter)
      : request.exportDate;
  const isWhole = isEverything(request.filter) && (request.code || request.format !== 'archive');
  const exportType = isWhole ? 'full' : 'filtered';
  const datedByRecords = request.exportDate === 'newest-record';
  const plan: ExportPlan = { ...request, exportDate, exportType, datedByRecords };
  if (request.format === 'markdown' && request.singleFile !== true) {
    if (typeof target !== 'string') throw new RangeError('a folder can not go to a stream');
    const { exportFolder } = await import('./markdown/export-folder.ts');
    const { path, files, filesRemoved, ...written } = await exportFolder(snapshot, target, plan, work);
    const report = { ...reportOf(plan, path, written), files, files_removed: filesRemoved };
    return { report, digest: written.digest };
  }
  const writeFormat = await writerOf(request.format);
  const writePlain = (file: WritableFile): Promise<Written> => writeFormat(snapshot, file, plan, work);
  const write = async (file: FileHandle): Promise<Sealed> =>
    lock === undefined
      ? { written: await writePlain(file), keys: undefined }
      : writeEncrypted(file, lock, writePlain, work);
  const proof = verify
    ? { verify: (file: FileHandle, sealed: Sealed) => verifyExport(file, sealed, work) }
    : {};
  const { path, written: sealed } =
    typeof target === 'string'
      ? await writeNamed(target, naming, write, proof)
      : { path: null, written: await writeProven(target, write, { ...proof, signal: work.signal }) };
  const { written } = sealed;
  const report = reportOf(plan, path, written);
  if (request.format !== 'markdown') return { report, digest: written.digest };
  return { report, digest: await recordsDigest(snapshot, request.filter, work) };
}

async function writerOf(format: ExportFormat): Promise<typeof writeArchive> {
  if (format !== 'markdown') return format === 'archive' ? writeArchive : writeJson;
  // On demand: it brings parsers along that most exports need not.
  return (await import('./markdown/single-file.ts')).writeMarkdownFile;
}

function reportOf(plan: ExportPlan, path: string | null, written: Written): ExportReport {
  return {
    path,
    format: plan.format,
    export_type: plan.exportType,
    export_date: formatInstant(plan.exportDate),
    memories: written.memories,
    code_units: written.code_units,
    tombstones: written.tombstones,
    vectors: written.vectors,
    bytes: written.bytes,
    encrypted: plan.lock !== undefined,
    content_digest: plan.format === 'archive' ? written.digest : null,
    files: null,
    files_removed: null,
  };
}

async function newestRecord(reader: Pick<Store, 'statistics'>, filter: Filter): Promise<Instant> {
  return (await reader.statistics(filter)).newestUpdatedAt ?? 0n;
}

/**
 * Reads a finished file as an import would, and compares what is in it with what was meant to be: by the digest that an
 * archive declares and its reader has checked, by the records themselves where the format declares none.
 */
async function verifyExport(file: FileHandle, { written, keys }: Sealed, work: WorkOptions): Promise<void> {
  await using source = await openSource(file, { keys });
  const found = await source.verify(work);
  const same =
    found.memories === written.memories &&
    found.codeUnits === written.code_units &&
    found.tombstones === written.tombstones &&
    found.vectors === written.vectors &&
    (found.contentDigest ?? (await digestRecords(source, work))) === written.digest;
  if (!same)
    throw new MemportError('integrity', 'what was written is not what the store holds; it was removed again');
}

async function digestRecords(source: Source, work: WorkOptions): Promise<string | null> {
  if (source.format === 'markdown')
    return (await import('./markdown/read-back.ts')).recordSetOf(source, work);
  const digest = new RecordDigest();
  for await (const items of source.read(work)) {
    for (const item of items) {
      if (item.type !== 'record' || item.line === null) return null;
      const { id, embedding_model: model } = item.value;
      const label = typeof model === 'string' ? model : null;
      digest.add(item.kind, { id: String(id), line: item.line, model: label, vector: item.vector });
    }
  }
  return digest.finish();
}
