import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memport, ok, scratch } from '../support/cli.ts';
import { fillHome } from '../support/stores.ts';

const keys = (line: string | undefined): readonly string[] => Object.keys(JSON.parse(line ?? '{}') as object);
const DOCUMENT = readFileSync(new URL('../../docs/json-output.md', import.meta.url), 'utf8');

const RECORD =
  'category content context_level created_at embedding_model id importance last_accessed lifecycle_state metadata project_name provenance scope tags updated_at'.split(
    ' ',
  );
const STATUS =
  'home store bytes schema_version memories code_units tombstones projects vectors embedding_model pending_vectors mixed_vectors oldest_created_at newest_updated_at backups content_digest'.split(
    ' ',
  );
const BACKUP_STATUS =
  'destination newest_verified enabled schedule timezone next_run retry last_run warnings'.split(' ');
const SCHEDULE = 'enabled schedule timezone next_run retry runs timer'.split(' ');
const FINDING = 'message_type area level message hint fixed failure'.split(' ');
const EXPORT =
  'message_type path format export_type export_date memories code_units tombstones vectors bytes encrypted content_digest files files_removed'.split(
    ' ',
  );
const IMPORT =
  'message_type input format strategy dry_run migrations lost rejects_file operation_id total created updated unchanged skipped kept_both duplicates rejected near_duplicates filtered_out memories code_units renamed tombstones_added missing deleted pending_vectors warnings'.split(
    ' ',
  );
const RESTORE =
  'message_type input format dry_run added changed removed unchanged tombstones_added tombstones_removed projects_changed vectors pending_vectors content_digest warnings safety_backup operation_id'.split(
    ' ',
  );
const OPERATION = 'id kind source started_at finished_at memories code_units projects undoes undone_by'.split(
  ' ',
);
const UNDO = 'message_type dry_run undone kind source restored left operation_id'.split(' ');
const BACKUP =
  'id path created host trigger format encrypted state problem bytes memories code_units tombstones vectors sha256 content_digest schema_version generator verified_at shrunken'.split(
    ' ',
  );
const CHECK = 'message_type id path result problem content_digest restored noted'.split(' ');
const CHECKS = 'message_type verified damaged locked'.split(' ');
const INDEX =
  'message_type project root files parsed unchanged removed units units_added units_changed units_removed skipped unreadable broken languages pending_vectors other_vectors'.split(
    ' ',
  );
const DIFFERENCE = 'message_type type id kind changes'.split(' ');
const DIFF = 'message_type a b added changed removed unchanged vectors rejected'.split(' ');
const PROJECT =
  'aliases file_count first_indexed_at git languages last_indexed_at memory_count name root_path unit_count'.split(
    ' ',
  );

test('the shapes of --json are those that are documented', async () => {
  const home = scratch();
  const [id = '', id2 = ''] = await fillHome(home);
  const lines = async (...args: string[]) => (await ok([...args, '--json'], { home })).split('\n');
  for (const args of [
    ['add', 'x'],
    ['show', id],
    ['update', id, '--importance', '1'],
    ['list', '--limit', '1'],
  ]) {
    expect(keys((await lines(...args))[0])).toEqual(RECORD);
  }
  expect(keys((await lines('search', 'prices'))[0])).toEqual(['memory', 'score']);
  expect(keys((await lines('delete', id))[0])).toEqual(['deleted']);
  expect(keys((await lines('projects'))[0])).toEqual(PROJECT);
  expect(keys((await lines('projects', 'rename', 'shop', 'store'))[0])).toEqual(['renamed', 'records']);
  expect(keys((await lines('status', '--digest'))[0])).toEqual(STATUS);
  const { backups } = JSON.parse((await lines('status'))[0] ?? '') as { backups: object };
  expect(Object.keys(backups)).toEqual(BACKUP_STATUS);
  expect(keys((await lines('backup', 'schedule', 'status', '--with', 'crontab'))[0])).toEqual(SCHEDULE);
  expect(keys((await lines('backup', 'run'))[0])).toEqual(['message_type', 'outcome']);
  const findings = await lines('doctor');
  expect(keys(findings[0])).toEqual(FINDING);
  expect(keys(findings.at(-1))).toEqual(['message_type', 'damage', 'errors', 'warnings', 'fixed']);
  expect(keys((await lines('key', 'generate'))[0])).toEqual(['recipient', 'file']);
  expect(keys((await lines('export', join(home, 'x.tar.gz')))[0])).toEqual(EXPORT);
  expect(keys((await lines('import', join(home, 'x.tar.gz')))[0])).toEqual(IMPORT);
  const decision = (
    await memport(['import', join(home, 'x.tar.gz'), '--dry-run', '--json'], { home: scratch() })
  ).stdout.split('\n')[0];
  expect(keys(decision)).toEqual(['message_type', 'action', 'id', 'kind', 'reason', 'changes', 'near']);
  expect(keys((await lines('diff', join(home, 'x.tar.gz'))).at(-1))).toEqual(DIFF);
  await ok(['update', id2, '--importance', '1'], { home });
  expect(keys((await lines('diff', join(home, 'x.tar.gz')))[0])).toEqual(DIFFERENCE);
  expect(keys((await lines('restore', join(home, 'x.tar.gz'), '--yes')).at(-1))).toEqual(RESTORE);
  expect(keys((await lines('operations'))[0])).toEqual(OPERATION);
  await ok(['update', id2, '--importance', '0'], { home });
  const undone = (await memport(['undo', '--json'], { home })).stdout.trimEnd().split('\n');
  expect(undone.map(keys)).toEqual([['message_type', 'kind', 'id'], UNDO]);
  const created = keys((await lines('backup', 'create'))[0]);
  expect(created).toEqual(['message_type', 'outcome', 'shrunk_from', ...BACKUP]);
  expect(keys((await lines('backup', 'list'))[0])).toEqual(BACKUP);
  const { id: backup } = JSON.parse((await lines('backup', 'list'))[0] ?? '') as { id: string };
  expect(keys((await lines('backup', 'show', backup))[0])).toEqual(BACKUP);
  expect((await lines('backup', 'verify', backup)).map(keys)).toEqual([CHECK, CHECKS]);
  const kept = await lines('backup', 'cleanup', '--dry-run');
  expect(keys(kept[0])).toEqual(['message_type', 'id', 'path', 'keep', 'reasons']);
  expect(keys(kept.at(-1))).toEqual(['message_type', 'dry_run', 'kept', 'removed']);
  const code = scratch();
  writeFileSync(join(code, 'a.py'), 'def prices(): pass\n');
  expect(keys((await lines('index', code, '--project', 'code'))[0])).toEqual(INDEX);
  expect(keys((await lines('search-code', 'prices'))[0])).toEqual(['code_unit', 'score']);
  const all = [
    ...INDEX,
    ...BACKUP,
    ...CHECK,
    ...CHECKS,
    'outcome',
    'shrunk_from',
    'kept',
    'removed',
    'reasons',
    ...STATUS,
    ...BACKUP_STATUS,
    ...SCHEDULE,
    ...FINDING,
    ...EXPORT,
    ...IMPORT,
    ...RESTORE,
    ...OPERATION,
    ...UNDO,
    ...DIFF,
    ...DIFFERENCE,
  ];
  for (const name of all) expect(DOCUMENT).toContain(name);
});
