import type { Embedder } from '../embedding/embedder.ts';
import { EVERYTHING } from '../model/filter.ts';
import { instantFromMilliseconds } from '../model/instant.ts';
import type { WorkOptions } from '../model/progress.ts';
import { bareProject } from '../model/project.ts';
import type { IndexedFile, Store } from '../store/store.ts';
import { FileIndexer } from './file-indexer.ts';
import { readGitState } from './git.ts';
import { IgnoreRules } from './ignore-rules.ts';
import { type IndexReport, IndexTally } from './index-report.ts';
import { requireOwnIndex } from './root.ts';
import { UnitVectors } from './unit-vectors.ts';
import { type Visit, walk } from './walk.ts';

export interface IndexRequest {
  readonly store: Store;
  readonly project: string;
  /** Absolute, a folder, without links in it: see findRoot. */
  readonly root: string;
  readonly embedder: Embedder | null;
  readonly nowMs: number;
  /** Parse every file and make every vector again. */
  readonly all?: boolean;
  /** Whether the index of another folder under the same name may be replaced. */
  readonly replace?: boolean;
  /** Told once why the embedder failed. */
  readonly onEmbedderFailure?: (error: unknown) => void;
}

/**
 * Makes the code index of a project what its folder holds. Files are compared by hash and parsed only where it differs. Written
 * in transactions of some files each, so that an interruption or a crash leaves whole files, old or new, and the next run goes
 * on from there. No operation of the journal: what was indexed is taken back by indexing the folder as it was.
 */
export async function indexProject(request: IndexRequest, work: WorkOptions = {}): Promise<IndexReport> {
  const { store, project, root } = request;
  await requireOwnIndex(store, project, root, request.replace === true);
  const rules = new IgnoreRules(root);
  const visits: Visit[] = [];
  for await (const visit of walk(root, rules, work.signal)) {
    visits.push(visit);
    work.onProgress?.({ phase: 'looking for files', done: visits.length, total: null, unit: 'files' });
  }
  const known = new Map((await store.indexedFiles(project)).map(file => [file.path, file]));
  await noteProject(request, 'begun');
  const tally = await indexVisits(request, visits, known, work);
  await noteProject(request, 'done');
  return report(request, tally);
}

/**
 * As indexProject for some paths of a project that has been indexed, files or folders: what is gone there loses its
 * units. Resolves to null, with nothing written, where there was nothing to do: a store in the folder would be watched forever.
 */
export async function indexPaths(
  request: IndexRequest,
  paths: readonly string[],
  visits: readonly Visit[],
  work: WorkOptions = {},
): Promise<IndexReport | null> {
  const isMeant = (file: IndexedFile): boolean =>
    paths.some(path => file.path === path || file.path.startsWith(`${path}/`));
  const files = (await request.store.indexedFiles(request.project)).filter(isMeant);
  const known = new Map(files.map(file => [file.path, file]));
  const tally = await indexVisits(request, visits, known, work);
  if (!tally.didSomething) return null;
  await noteProject(request, 'done');
  return report(request, tally);
}

async function indexVisits(
  request: IndexRequest,
  visits: readonly Visit[],
  known: ReadonlyMap<string, IndexedFile>,
  work: WorkOptions,
): Promise<IndexTally> {
  const vectors = new UnitVectors(request.embedder, work.signal);
  const tally = new IndexTally();
  const files = new FileIndexer(request, known, vectors, tally, work.signal);
  const gone = new Set(known.keys());
  for (const [n, visit] of visits.entries()) {
    work.signal?.throwIfAborted();
    if (visit.type === 'file') gone.delete(visit.path);
    if (visit.type === 'unreadable') {
      tally.unreadable.push({ path: visit.path, reason: visit.reason });
      for (const path of gone) if (isBelow(path, visit.path)) gone.delete(path);
    } else if (visit.type === 'skipped') tally.skip(visit.reason);
    else await files.add(visit.path);
    const detail = `${(tally.units.added + tally.units.changed + tally.units.unchanged).toLocaleString('en')} units`;
    work.onProgress?.({ phase: 'indexing', done: n + 1, total: visits.length, unit: 'files', detail });
  }
  for (const path of gone) await files.remove(path);
  await files.flush();
  if (vectors.failure !== null) request.onEmbedderFailure?.(vectors.failure);
  return tally;
}

/** An unreadable folder may hold what is known; the root is below nothing. */
function isBelow(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

async function noteProject(
  { store, project, root, nowMs }: IndexRequest,
  state: 'begun' | 'done',
): Promise<void> {
  const now = instantFromMilliseconds(nowMs);
  await store.transact(async transaction => {
    const [existing = null] = await transaction.projects({ ...EVERYTHING, projects: [project] });
    const kept = existing ?? bareProject(project);
    const firstIndexedAt = kept.firstIndexedAt ?? now;
    const done = state === 'done' ? { lastIndexedAt: now, git: readGitState(root) } : {};
    await transaction.putProjects([{ ...kept, rootPath: root, firstIndexedAt, ...done }]);
  });
}

async function report(
  { store, project, root, embedder }: IndexRequest,
  tally: IndexTally,
): Promise<IndexReport> {
  const filter = { ...EVERYTHING, projects: [project] };
  const [summary] = await store.projects(filter);
  const groups = await store.vectorGroups('code_unit', filter);
  const vectors = groups.reduce((sum, { count }) => sum + count, 0);
  const own = groups.filter(
    ({ model, dimensions }) => model === embedder?.model && dimensions === embedder.dimensions,
  );
  const units = summary?.unitCount ?? 0;
  return {
    project,
    root,
    files: summary?.fileCount ?? 0,
    parsed: tally.parsed,
    unchanged: tally.unchanged,
    removed: tally.removed,
    units,
    units_added: tally.units.added,
    units_changed: tally.units.changed,
    units_removed: tally.units.removed,
    skipped: tally.skipped,
    unreadable: tally.unreadable,
    broken: tally.broken,
    languages: summary?.languages ?? {},
    pending_vectors: units - vectors,
    other_vectors: embedder === null ? 0 : vectors - own.reduce((sum, { count }) => sum + count, 0),
  };
}
