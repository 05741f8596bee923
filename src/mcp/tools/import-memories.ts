import { basename, join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../folder.ts';
import { FIXED_STRATEGIES } from '../../merge-strategies.ts';
import type { Store } from '../../store/store.ts';
import { readRenames } from '../../transfer/import/rename.ts';
import type { ImportReport } from '../../transfer/import/report.ts';
import { parseStrategy } from '../../transfer/import/strategy.ts';
import type { McpHost } from '../host.ts';
import { OBJECT_OF_STRINGS } from '../schemas/any-object.ts';
import { FILTER_ARGUMENTS, filterOf } from '../schemas/filter.ts';
import { defineTool } from '../tool.ts';

const COUNT = z.int();

export const importMemories = defineTool({
  name: 'import_memories',
  title: 'Import memories from a file',
  description: `Bring in the memories of a file, all or nothing: an archive or JSON of memport, or any file of the original system (JSON, archive, SQLite database). Nothing is removed. merge_strategy says what becomes of a memory that the store has in another version; importing the same file twice changes nothing. Call it with dry_run first to see the counts. The answer has an operation_id, and undo_operation with it takes the import back exactly. To make the store exactly what a file holds, use restore_from_backup.`,
  effects: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
  phases: ['verifying', 'importing|trying'],
  input: z.strictObject({
    input_path: z
      .string()
      .describe('The file: a name in the exports folder, or an absolute path in an allowed folder.'),
    merge_strategy: z
      .string()
      .optional()
      .meta({ enum: [...FIXED_STRATEGIES] })
      .describe(
        'keep-newer, unless the user has set another default: the newer version stays; keep-older: the stored one stays; keep-both: the import becomes a memory of its own; skip; overwrite; merge: the stored text stays, tags and metadata are united.',
      ),
    ...FILTER_ARGUMENTS,
    rename_projects: OBJECT_OF_STRINGS.optional().describe(
      'New names of projects by their names in the file, for example {"shop": "store"}.',
    ),
    dry_run: z
      .boolean()
      .default(false)
      .describe('Do everything and take it back: the counts are the real ones.'),
  }),
  output: z.object({
    input: z.string(),
    format: z.string(),
    strategy: z.string(),
    dry_run: z.boolean(),
    total: COUNT.describe('created + updated + unchanged + skipped + kept_both + duplicates + rejected'),
    created: COUNT,
    updated: COUNT,
    unchanged: COUNT,
    skipped: COUNT,
    kept_both: COUNT,
    duplicates: COUNT.describe('The same note under another id; left out.'),
    rejected: COUNT.describe('Records that can not be stored; they are in rejects_file.'),
    near_duplicates: COUNT.describe('Of created: those that say nearly the same as another memory.'),
    filtered_out: COUNT,
    memories: COUNT,
    code_units: COUNT,
    renamed: COUNT,
    tombstones_added: COUNT,
    pending_vectors: COUNT,
    migrations: z.array(z.string()),
    warnings: z.record(z.string(), COUNT),
    lost: z.unknown(),
    rejects_file: z.string().nullable(),
    operation_id: z.string().nullable().describe('For undo_operation; null when nothing was changed.'),
  }),
  recovery: {
    integrity:
      'The file is damaged, and nothing was imported. The user can save what is whole with memport import --recover.',
  },
  async run(args, { host, signal, onProgress, readable }) {
    const { input_path, merge_strategy, rename_projects, dry_run, ...words } = args;
    const { importSource } = await import('../../transfer/import/pipeline.ts');
    const { refuseChangedBackup } = await import('../../backup/changed-backup.ts');
    const { openInput } = await import('../../transfer/open-input.ts');
    const filter = filterOf(words, host.now());
    const strategy = parseStrategy(merge_strategy ?? host.config().merge_strategy);
    const renames = readRenames(Object.entries<string>(Object(rename_projects ?? {})));
    const path = await readable(input_path);
    const embedder = await host.embedder();
    const work = { signal, onProgress };
    await refuseChangedBackup(path, work);
    await using input = await openInput(path, undefined, { keys: await host.keys(signal) });
    // Before a store is made: a file that is refused leaves nothing behind.
    const verification = await input.source.verify(work);
    if (!dry_run) await makeFolder(host.home.exports);
    const report = await withTarget(host, dry_run, store =>
      importSource(
        store,
        input.source,
        {
          input: path,
          filter,
          strategy,
          renames,
          dryRun: dry_run,
          keepDuplicates: false,
          nearDuplicates: 'keep',
          nearThreshold: 0.95,
          // Not beside the file: a tool writes in no folder that was only named for reading.
          rejectsPath: join(host.home.exports, `${basename(path)}.rejects.jsonl`),
          protect: [host.home.config, path],
          verification,
          vectors: 'auto',
          embedder,
          nowMs: host.now(),
        },
        work,
      ),
    );
    return {
      text: describe(report),
      data: { ...report, migrations: [...report.migrations], warnings: { ...report.warnings } },
    };
  },
});

/** A dry run where there is no store yet goes to an empty one that is gone afterwards. */
async function withTarget<T>(host: McpHost, dryRun: boolean, work: (store: Store) => Promise<T>): Promise<T> {
  const { hasContent, openTrial } = await import('../../transfer/trial-store.ts');
  if (!dryRun || (await hasContent(host.home.store))) return host.withStore('create', work);
  await using trial = await openTrial();
  return await work(trial.store);
}

function describe(report: ImportReport): string {
  const { total, created, updated, unchanged, skipped, kept_both, duplicates, rejected } = report;
  const counts = `${total} records: ${created} created, ${updated} updated, ${unchanged} unchanged, ${skipped} skipped, ${kept_both} kept beside, ${duplicates} duplicates, ${rejected} rejected.`;
  const near =
    report.near_duplicates === 0
      ? ''
      : ` ${report.near_duplicates} of the new ones say nearly the same as another memory.`;
  const rejects = report.rejects_file === null ? '' : ` The rejected ones are in ${report.rejects_file}.`;
  const head = report.dry_run ? 'This is what an import would do; nothing was changed.' : 'Imported.';
  const undo =
    report.operation_id === null
      ? ''
      : `\nTo take it back: undo_operation with operation_id ${report.operation_id}`;
  return `${head} ${counts}${near}${rejects}${undo}`;
}
