import { resolve } from 'node:path';
import { Command } from 'commander';
import { MemportError } from '../../errors.ts';
import { isEverything } from '../../model/filter.ts';
import type { Conflict } from '../../transfer/import/ask.ts';
import type { ImportRequest } from '../../transfer/import/pipeline.ts';
import type { ImportReport } from '../../transfer/import/report.ts';
import type { Act } from '../act.ts';
import { addFilters, collect, type FilterOptions, readFilter } from '../filters.ts';
import { interruptible } from '../input.ts';
import { addKeyOptions, type KeyOptions, keysOf } from '../keys.ts';
import { operand, refuseEmpty } from '../operands.ts';
import type { Session } from '../session.ts';

interface ImportOptions extends FilterOptions, KeyOptions {
  readonly mergeStrategy?: string;
  readonly renameProject: readonly string[];
  readonly selective?: boolean;
  readonly duplicates: string;
  readonly nearDuplicates: string;
  readonly nearDuplicateThreshold: string;
  readonly vectors: string;
  readonly dryRun?: boolean;
  readonly strict?: boolean;
  readonly deleteMissing?: boolean;
  readonly recover?: boolean;
  readonly from?: string;
  readonly rejects?: string;
}

export const importCommand = (act: Act): Command =>
  addKeyOptions(
    addFilters(
      new Command('import')
        .description('bring in what a file holds, all or nothing')
        .argument('<file>', 'an export, a folder of Markdown, or - for standard input'),
    ),
  )
    .option(
      '--merge-strategy <strategy>',
      'for a record that the store has in another version: keep-newer, keep-older, keep-both, skip, overwrite, merge, or ask about each (default: the setting merge_strategy)',
    )
    .option(
      '--rename-project <old=new>',
      'bring in a project under another name (repeatable); the old one is kept as an alias',
      collect,
      [],
    )
    .option('--selective', 'import only a part; needs one of the filters above')
    .option('--duplicates <what>', 'the same note under another id: skip or keep', 'skip')
    .option(
      '--near-duplicates <what>',
      'a new memory that says nearly the same as another one: keep and report it, skip it, or off to not look',
      'keep',
    )
    .option('--near-duplicate-threshold <cosine>', 'how near, above 0 and up to 1', '0.95')
    .option(
      '--vectors <mode>',
      'auto: keep those of the file and make the missing ones; keep: make none; regenerate: drop those of the file and make all again; none: drop them and make none',
      'auto',
    )
    .option('--dry-run', 'show what would be done, with the counts of the real run, and do nothing')
    .option(
      '--delete-missing',
      'delete the records whose sections were removed from Markdown since it was exported',
    )
    .option('--strict', 'import nothing when a record of the file cannot be stored')
    .option('--recover', 'take every record that is whole from a damaged file, and say what was lost')
    .option('--from <format>', 'what the file is, when its content does not tell')
    .option(
      '--rejects <file>',
      'where records go that cannot be stored: a new file, a device or a pipe (default: <file>.rejects.jsonl, else …rejects-2.jsonl)',
    )
    .action(
      act((session, command) => importFile(session, operand(command, 0), command.opts<ImportOptions>())),
    );

/** Also what `restore` does when it is told how to merge. */
export async function importFile(session: Session, file: string, options: ImportOptions): Promise<void> {
  refuseEmpty(file, 'the file to import');
  if (options.rejects !== undefined) refuseEmpty(options.rejects, 'the file of --rejects');
  const filter = readFilter(options, session.io.now());
  if (options.selective && isEverything(filter)) {
    throw new MemportError('usage', '--selective needs to be told what to select', {
      hint: 'add --project, --category, --tag, --since or --until',
    });
  }
  if (options.duplicates !== 'skip' && options.duplicates !== 'keep') {
    throw new MemportError('usage', `--duplicates can't be ${JSON.stringify(options.duplicates)}`, {
      hint: 'it is skip or keep',
    });
  }
  if (options.strict && options.recover) {
    throw new MemportError('usage', '--strict and --recover contradict each other', {
      hint: '--strict takes a file as a whole or not at all, --recover takes what is left of it',
    });
  }
  const { parseRenames } = await import('../../transfer/import/rename.ts');
  const { parseStrategy } = await import('../../transfer/import/strategy.ts');
  const { parseNearMode, parseNearThreshold } = await import('../../transfer/import/near.ts');
  const { parseVectorMode } = await import('../../transfer/import/vectors.ts');
  const { importSource } = await import('../../transfer/import/pipeline.ts');
  const { refuseChangedBackup } = await import('../../backup/changed-backup.ts');
  const { openInput } = await import('../../transfer/open-input.ts');
  const { openTarget } = await import('../../transfer/trial-store.ts');
  const { askConflict } = await import('../ui/ask-conflict.ts');
  const { canAsk, Questions } = await import('../ui/question.ts');
  const { ImportPrinter, printImportReport } = await import('../ui/import-report.ts');
  const config = await session.config();
  const strategy = parseStrategy(options.mergeStrategy ?? config.merge_strategy);
  const renames = parseRenames(options.renameProject);
  const nearDuplicates = parseNearMode(options.nearDuplicates);
  const nearThreshold = parseNearThreshold(options.nearDuplicateThreshold);
  const embedder = await session.embedder();
  const vectors = parseVectorMode(options.vectors, embedder);
  if (strategy === 'ask' && (file === '-' || !canAsk(session))) throw nobodyToAsk();
  const inputPath = file === '-' ? null : resolvePath(session, file);
  const rejects = await findRejects(session, inputPath, options.rejects);
  if (inputPath !== null && options.recover !== true)
    await refuseChangedBackup(inputPath, { signal: session.io.signal });
  await using input = await openInput(inputPath ?? interruptible(session.io), options.from, {
    recover: options.recover === true,
    keys: await keysOf(session, options),
  });
  using progress = session.progress();
  const work = { signal: session.io.signal, onProgress: progress.update };
  // Before a store is made: a file that is refused leaves nothing behind.
  const verification = await input.source.verify(work);
  await using target = await openTarget(session.home.store, options.dryRun === true, () =>
    session.openStore('create'),
  );
  const printer = new ImportPrinter(session, options.dryRun === true);
  using questions = strategy === 'ask' ? new Questions(session) : null;
  const refusable = async (work: () => Promise<ImportReport>): Promise<ImportReport> => {
    try {
      return await work();
    } catch (error) {
      progress.clear();
      if (options.strict) await printer.finishRejects();
      throw error;
    }
  };
  const report = await refusable(() =>
    importSource(
      target.store,
      input.source,
      {
        input: file,
        filter,
        strategy,
        renames,
        ...(questions && {
          ask: async (conflict: Conflict, number: number) => {
            progress.clear();
            return askConflict(session, questions, conflict, number);
          },
        }),
        dryRun: options.dryRun === true,
        strict: options.strict === true,
        deleteMissing: options.deleteMissing === true,
        keepDuplicates: options.duplicates === 'keep',
        verification,
        ...rejects,
        nearDuplicates,
        nearThreshold,
        vectors,
        embedder,
        nowMs: session.io.now(),
        onOutcome: printer.outcome,
      },
      work,
    ),
  );
  progress.clear();
  if (report.rejected > 0 || report.lost !== null) session.exitCode = 3;
  if (!report.dry_run) session.committed('the import is done');
  await printer.finish();
  await printImportReport(session, report);
}

function nobodyToAsk(): MemportError {
  return new MemportError('usage', '--merge-strategy ask needs a terminal to ask on', {
    hint: 'name another strategy, such as keep-newer; not with --no-input or --json, nor from standard input',
  });
}

/** Where rejects go, checked before anything is done. The name that is made here never takes the place of a file. */
async function findRejects(
  session: Session,
  inputPath: string | null,
  chosen: string | undefined,
): Promise<Pick<ImportRequest, 'rejectsPath' | 'rejectsNaming' | 'protect'>> {
  const { RejectsFile } = await import('../../transfer/import/rejects.ts');
  const { storeFiles } = await import('../../store/store-files.ts');
  const request = {
    rejectsPath: resolvePath(session, chosen ?? `${inputPath ?? 'standard-input'}.rejects.jsonl`),
    rejectsNaming: chosen === undefined ? 'number' : 'refuse',
    protect: [session.home.config, ...(inputPath === null ? [] : [inputPath])],
  } as const;
  const files = [...(await storeFiles(session.home.store)), ...request.protect];
  await new RejectsFile(request.rejectsPath, request).check(files);
  return request;
}

function resolvePath(session: Session, path: string): string {
  return resolve(session.io.cwd, path);
}
