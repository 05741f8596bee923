import { Command } from 'commander';
import type { Reader } from '../../store/store.ts';
import type { Difference } from '../../transfer/compare.ts';
import type { DiffCounts, RecordDifference } from '../../transfer/diff.ts';
import type { Keys } from '../../transfer/keys/keyring.ts';
import type { Act } from '../act.ts';
import { pathOf } from '../backups.ts';
import { addKeyOptions, type KeyOptions, keysOf } from '../keys.ts';
import { operand } from '../operands.ts';
import type { Session } from '../session.ts';
import { fieldChangeLines } from '../ui/field-changes.ts';
import { Listing } from '../ui/listing.ts';
import type { ProgressLine } from '../ui/progress.ts';
import { truncate, visible } from '../ui/text.ts';

export const diffCommand = (act: Act): Command =>
  addKeyOptions(new Command('diff'))
    .description('show which records were added, changed and removed from one file or store to another')
    .argument('<a>', "an archive or another export, a backup's id, latest, or the word store")
    .argument('[b]', 'what to compare it with: the same, or store', 'store')
    .action(
      act((session, command) =>
        diff(session, operand(command, 0), command.args[1] ?? 'store', command.opts<KeyOptions>()),
      ),
    );

/** One side of the comparison. */
interface Side extends AsyncDisposable {
  readonly reader: Reader;
  readonly vectors: boolean;
  /** How many of its records could not be read. */
  readonly rejected: number;
}

const MARKS: Readonly<Record<Difference['type'], string>> = { added: '+', changed: '~', removed: '-' };

export async function diff(session: Session, a: string, b: string, options: KeyOptions): Promise<void> {
  const { diffRecords } = await import('../../transfer/diff.ts');
  using progress = session.progress();
  const keys = await keysOf(session, options);
  await using before = await openSide(session, a, keys, progress);
  await using after = await openSide(session, b, keys, progress);
  const listing = new Listing(session);
  const vectors = before.vectors && after.vectors;
  const counts = await diffRecords(before.reader, after.reader, {
    vectors,
    wants: type => listing.shows(type),
    onDifference: difference => listing.add(difference.type, () => describe(session, difference)),
    signal: session.io.signal,
    onProgress: progress.update,
  });
  progress.clear();
  for (const type of ['added', 'changed', 'removed'] as const) listing.total(type, counts[type]);
  await listing.finish();
  await printCounts(session, { a, b, vectors, rejected: before.rejected + after.rejected }, counts);
}

async function openSide(session: Session, name: string, keys: Keys, progress: ProgressLine): Promise<Side> {
  if (name === 'store') {
    const store = await session.openStore('existing');
    const reader = await store.snapshot();
    return { reader, vectors: true, rejected: 0, [Symbol.asyncDispose]: () => store.close() };
  }
  const { openInput } = await import('../../transfer/open-input.ts');
  const { stageSource } = await import('../../transfer/stage.ts');
  const { refuseChangedBackup } = await import('../../backup/changed-backup.ts');
  const path = await pathOf(session, name);
  const work = { signal: session.io.signal, onProgress: progress.update };
  await refuseChangedBackup(path, work);
  await using input = await openInput(path, undefined, { keys });
  const staged = await stageSource(input.source, work);
  return {
    reader: staged.store,
    vectors: input.source.format === 'memport-archive' || staged.verification.vectors > 0,
    rejected: staged.found.rejected,
    [Symbol.asyncDispose]: () => staged[Symbol.asyncDispose](),
  };
}

function describe(session: Session, difference: RecordDifference): readonly string[] {
  const { type, id, kind, entry, changes } = difference;
  if (session.json) return [JSON.stringify({ message_type: 'difference', type, id, kind, changes })];
  const { record } = entry;
  const text = type === 'changed' ? changes.map(({ field }) => field).join(', ') : record.content;
  const head = `${MARKS[type]} ${id}  ${truncate(text, 60)}`;
  if (!session.options.verbose) return [head];
  return [head, ...fieldChangeLines(changes)];
}

async function printCounts(
  session: Session,
  sides: { readonly a: string; readonly b: string; readonly vectors: boolean; readonly rejected: number },
  counts: DiffCounts,
): Promise<void> {
  const { a, b, vectors, rejected } = sides;
  if (rejected > 0) await session.warn(`${rejected} records could not be read and were left out`);
  if (session.json) {
    await session.outJson({ message_type: 'summary', a, b, ...counts, vectors, rejected });
    return;
  }
  const { added, changed, removed, unchanged } = counts;
  await session.out(
    `from ${visible(a)} to ${visible(b)}: ${added} added, ${changed} changed, ${removed} removed, ${unchanged} unchanged`,
  );
  if (!vectors) await session.note('vectors were not compared: a side holds none');
}
