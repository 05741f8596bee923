import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { MemportError } from '../../errors.ts';
import { type Instant, instantFromMilliseconds, parseInstant } from '../../model/instant.ts';
import { type ExportNaming, isMarkdownFile } from '../../transfer/export-name.ts';
import { EXPORT_FORMATS, type ExportFormat, type ExportReport } from '../../transfer/export-plan.ts';
import type { Act } from '../act.ts';
import { addFilters, type FilterOptions, readFilter } from '../filters.ts';
import { tell } from '../io.ts';
import { addLockOptions, type LockOptions, lockOf } from '../keys.ts';
import { refuseEmpty } from '../operands.ts';
import type { Session } from '../session.ts';
import { formatBytes } from '../ui/progress.ts';
import { visible } from '../ui/text.ts';

interface ExportOptions extends FilterOptions, LockOptions {
  readonly format?: string;
  readonly embeddings?: boolean;
  readonly code?: boolean;
  readonly exportDate?: string;
  readonly reproducible?: boolean;
  readonly singleFile?: boolean;
  readonly force?: boolean;
}

interface Target {
  readonly path: string;
  readonly naming: 'replace' | 'number';
}

/** Names of standard output, which is not opened again: it may be a socket, or a file that others append to. */
const STDOUT = /^(-|\/dev\/stdout|\/(dev|proc\/self)\/fd\/1)$/;

const AGE = /\.age$/i;

export const exportCommand = (act: Act): Command =>
  addLockOptions(
    addFilters(
      new Command('export')
        .description(
          'write memories and code index to one file, or to a folder of Markdown, proven before it gets its name',
        )
        .argument('[file]', "a file, a folder, or - for standard output (default: the home's exports folder)")
        .option(
          '--format <format>',
          'archive (everything, for moving and backup), json, or markdown (a folder to read and edit) (default: by the name, else archive)',
        ),
    ),
  )
    .option('--embeddings', 'with vectors (archives have them anyway)')
    .option('--no-embeddings', 'without vectors; they are made again on import')
    .option('--code', 'with the code index (archives and Markdown have it anyway)')
    .option('--no-code', 'without the code index')
    .option('--single-file', 'Markdown as one file instead of a folder')
    .option('--force', 'replace pages of Markdown that were edited since they were written')
    .option('--export-date <date>', 'the date in the file; the same store and date give the same bytes')
    .option(
      '--reproducible',
      'the date is that of the newest record: an unchanged store gives an unchanged file',
    )
    .action(act((session, command) => exportFile(session, command.args[0], command.opts<ExportOptions>())));

async function exportFile(session: Session, file: string | undefined, options: ExportOptions): Promise<void> {
  if (file !== undefined) refuseEmpty(file, 'the file to export to');
  const toStdout = file !== undefined && STDOUT.test(file);
  const filter = readFilter(options, session.io.now());
  const format = readFormat(options.format, file);
  const exportDate = readExportDate(options, session);
  const singleFile = isSingleFile(options, format, file);
  const isFolder = format === 'markdown' && !singleFile;
  // A name that ends so says that it is encrypted.
  const lock = await lockOf(session, options, { wanted: AGE.test(file ?? ''), recipients: [] });
  if (format === 'markdown') refuseOfMarkdown({ isFolder, toStdout, encrypts: lock !== undefined, options });
  if (toStdout && (format === 'archive' || lock !== undefined) && session.io.stdout.isTTY) {
    throw new MemportError('usage', 'what is binary does not go to a terminal', {
      hint: 'memport export backup.tar.gz, or memport export - | …',
    });
  }
  const { exportStore } = await import('../../transfer/export.ts');
  const { packageVersion } = await import('../../version.ts');
  const { portableConfig } = await import('../../config.ts');
  await using store = await session.openStore('existing');
  using progress = session.progress();
  const target = toStdout
    ? null
    : await findTarget(session, file, { format, asFolder: isFolder, encrypted: lock !== undefined });
  const report = await exportStore(
    store,
    {
      format,
      filter,
      target: target?.path ?? session.io.stdout,
      naming: target?.naming ?? 'replace',
      protect: [session.home.config],
      embeddings: options.embeddings ?? format === 'archive',
      code: options.code ?? format !== 'json',
      singleFile,
      force: options.force === true,
      exportDate,
      lock,
      generator: `memport ${packageVersion()}`,
      config: portableConfig(await session.config()),
    },
    { signal: session.io.signal, onProgress: progress.update },
  );
  progress.clear();
  if (report.path !== null) session.committed(`${report.path} is written`);
  await printReport(session, report, toStdout);
}

/** Throws `usage` for what Markdown can't be. */
function refuseOfMarkdown(wanted: {
  readonly isFolder: boolean;
  readonly toStdout: boolean;
  readonly encrypts: boolean;
  readonly options: ExportOptions;
}): void {
  const { isFolder, toStdout, encrypts, options } = wanted;
  if (isFolder && (toStdout || encrypts)) {
    const why = toStdout ? 'a folder can not go to standard output' : 'a folder can not be encrypted';
    throw new MemportError('usage', why, { hint: 'add --single-file' });
  }
  if (options.embeddings === true) {
    throw new MemportError('usage', 'Markdown holds no vectors', {
      hint: 'leave --embeddings out: vectors are made again on import; an archive keeps them',
    });
  }
}

function readFormat(named: string | undefined, file: string | undefined): ExportFormat {
  const format = EXPORT_FORMATS.find(known => known === named);
  if (format !== undefined) return format;
  if (named === undefined) return byName(file?.toLowerCase() ?? '');
  throw new MemportError('usage', `--format can't be ${JSON.stringify(named)}`, {
    hint: `the formats are ${EXPORT_FORMATS.join(', ')}`,
  });
}

function byName(name: string): ExportFormat {
  const plain = name.replace(AGE, '');
  if (plain.endsWith('.json')) return 'json';
  return plain.endsWith('.md') ? 'markdown' : 'archive';
}

/** A name that ends in `.md` is one of a file. */
function isSingleFile(options: ExportOptions, format: ExportFormat, file: string | undefined): boolean {
  if (format === 'markdown') return options.singleFile === true || isMarkdownFile(file ?? '');
  if (options.singleFile !== true && options.force !== true) return false;
  throw new MemportError('usage', `${options.force ? '--force' : '--single-file'} is for Markdown`, {
    hint: 'add --format markdown',
  });
}

function readExportDate(options: ExportOptions, session: Session): Instant | 'newest-record' {
  if (options.exportDate === undefined) {
    return options.reproducible ? 'newest-record' : instantFromMilliseconds(session.io.now());
  }
  const instant = parseInstant(options.exportDate);
  if (instant !== null) return instant;
  throw new MemportError('usage', `${JSON.stringify(options.exportDate)} is no date`, {
    hint: 'for example 2026-01-31T10:00:00Z',
  });
}

/** A name that the user gave is replaced, a folder of Markdown is brought up to date; one that is made here is made so that no other export has it. */
async function findTarget(session: Session, file: string | undefined, as: ExportNaming): Promise<Target> {
  const { exportName } = await import('../../transfer/export-name.ts');
  const name = exportName(as, session.io.now());
  if (file === undefined) {
    const { makeFolder } = await import('../../folder.ts');
    await makeFolder(session.home.exports);
    return { path: join(session.home.exports, name), naming: 'number' };
  }
  const path = resolve(session.io.cwd, file);
  if (as.asFolder) return { path, naming: 'replace' };
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
  return isFolder ? { path: join(path, name), naming: 'number' } : { path, naming: 'replace' };
}

async function printReport(session: Session, report: ExportReport, toStdout: boolean): Promise<void> {
  if (session.json) {
    const summary = { message_type: 'summary', ...report };
    if (toStdout) await tell(session.io.stderr, `${JSON.stringify(summary)}\n`);
    else await session.outJson(summary);
    return;
  }
  if (!toStdout) await session.out(report.path ?? '');
  const what = `${report.memories} memories, ${report.code_units} code units, ${report.vectors} vectors`;
  await session.note(
    `exported ${what}, ${formatBytes(report.bytes)}, ${report.encrypted ? 'encrypted and ' : ''}verified${report.export_type === 'filtered' ? ' (filtered)' : ''}`,
  );
  if (report.files !== null) {
    const gone = report.files_removed ? `, ${report.files_removed} no longer needed were removed` : '';
    await session.note(`${report.files} files${gone}`);
  }
  if (report.content_digest !== null) await session.note(`content digest ${visible(report.content_digest)}`);
}
