import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';
import { digestOf, fillHome, linesOf, summaryOf } from '../../support/stores.ts';

/** A home with a backup of five memories, of which one was edited and one deleted since, and one more came. */
async function changed(): Promise<{ home: string; file: string; then: string; now: string }> {
  const home = scratch();
  const [first = '', second = ''] = await fillHome(home);
  const file = join(home, 'then.tar.gz');
  await ok(['export', file], { home });
  const then = await digestOf(home);
  await ok(['update', first, '--importance', '1'], { home });
  await ok(['delete', second], { home });
  await ok(['add', 'since then'], { home });
  return { home, file, then, now: await digestOf(home) };
}

const safetyBackups = (home: string): readonly string[] =>
  existsSync(join(home, 'backups'))
    ? readdirSync(join(home, 'backups')).filter(name => name.endsWith('.tar.gz'))
    : [];

describe('[IMP-01] [CMD-04] restore', () => {
  test('makes the store what the file holds, after a safety backup; undo takes it back', async () => {
    const { home, file, then, now } = await changed();
    const result = await memport(['restore', file, '--yes'], { home });
    expect(result).toMatchObject({ code: 0 });
    expect(result.stdout).toBe(
      `restored ${file} (memport-archive): 1 records added, 1 changed, 1 removed, 3 unchanged, 1 notes of deletions dropped\n`,
    );
    expect(await digestOf(home)).toBe(then);
    const [backup = ''] = safetyBackups(home);
    expect(result.stderr).toContain(join(home, 'backups', backup));
    expect(result.stderr).toContain(then);
    await ok(['undo'], { home });
    expect(await digestOf(home)).toBe(now);
    await ok(['restore', join(home, 'backups', backup), '--yes'], { home });
    expect(await digestOf(home)).toBe(now);
    const again = await memport(['restore', join(home, 'backups', backup), '--yes'], { home });
    expect(again.stderr).toContain('the store holds exactly this already');
    expect(safetyBackups(home)).toHaveLength(1);
  });

  test('--dry-run shows the plan of the real run and does nothing', async () => {
    const { home, file, then, now } = await changed();
    const summary = summaryOf(await ok(['restore', file, '--dry-run', '--json'], { home }));
    expect(summary).toMatchObject({ added: 1, changed: 1, removed: 1, unchanged: 3, dry_run: true });
    expect(summary).toMatchObject({ safety_backup: null, operation_id: null, content_digest: then });
    expect((await memport(['restore', file, '--dry-run'], { home })).stderr).toContain('nothing was changed');
    expect(await digestOf(home)).toBe(now);
    expect(safetyBackups(home)).toEqual([]);
    const real = summaryOf(await ok(['restore', file, '--json', '--yes'], { home }));
    const { dry_run: _1, safety_backup: _2, operation_id: _3, ...plan } = summary;
    expect(real).toMatchObject(plan);
  });

  test('asks on a terminal, with the plan, and takes only yes for yes', async () => {
    const { home, file, then, now } = await changed();
    for (const answer of ['n\n', '\n', 'yesterday\n']) {
      const refused = await memport(['restore', file], { home, answer });
      expect(refused.code).toBe(23);
      expect(refused.stderr).toContain('1 records added, 1 changed, 1 removed, 3 unchanged');
      expect(refused.stderr).toContain('nothing was changed');
    }
    expect((await memport(['restore', file], { home, answer: '' })).code).toBe(130);
    expect(await digestOf(home)).toBe(now);
    expect(safetyBackups(home)).toEqual([]);
    expect((await memport(['restore', file], { home, answer: ' Yes\n' })).code).toBe(0);
    expect(await digestOf(home)).toBe(then);
  });

  test('without a terminal or with --no-input it needs --yes: exit 2, nothing done', async () => {
    const { home, file, now } = await changed();
    for (const [args, options] of [
      [['restore', file], { home }],
      [['restore', file, '--no-input'], { home, answer: 'y\n' }],
    ] as const) {
      const result = await memport(args, options);
      expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--yes') });
    }
    expect(await digestOf(home)).toBe(now);
    expect(safetyBackups(home)).toEqual([]);
  });

  test('a damaged file: exit 20; a filtered one: exit 23, and import is offered; both untouched', async () => {
    const { home, file, now } = await changed();
    writeFileSync(join(home, 'cut.tar.gz'), 'x');
    await ok(['export', join(home, 'part.tar.gz'), '--project', 'shop'], { home });
    const cut = join(home, 'cut.json');
    writeFileSync(
      cut,
      '{"version":"1.0.0","schema_version":"3.0.0","generator":"memport 1","memory_count":1,"memories":[{"id"',
    );
    expect((await memport(['restore', cut, '--yes'], { home })).code).toBe(20);
    const part = await memport(['restore', join(home, 'part.tar.gz'), '--yes'], { home });
    expect(part).toMatchObject({ code: 23, stderr: expect.stringMatching(/filtered[\s\S]*memport import/) });
    expect(await digestOf(home)).toBe(now);
    expect(safetyBackups(home)).toEqual([]);
    expect((await memport(['restore', join(home, 'part.tar.gz'), '--yes', '--force'], { home })).code).toBe(
      0,
    );
    expect(await linesOf(home)).toHaveLength(2);
    expect((await memport(['restore', file, '--yes'], { home })).code).toBe(0);
  });

  test('--merge-strategy makes it an import', async () => {
    const { home, file } = await changed();
    const summary = summaryOf(await ok(['restore', file, '--merge-strategy', 'skip', '--json'], { home }));
    expect(summary).toMatchObject({ strategy: 'skip', created: 1, skipped: 1, unchanged: 3 });
    expect(await linesOf(home)).toHaveLength(6);
    const from = ['--merge-strategy', 'skip', '--from', 'memport-archive', '--dry-run', '--json'];
    expect(summaryOf(await ok(['restore', file, ...from], { home }))).toMatchObject({ dry_run: true });
  });

  test('a missing file or backup: exit 10; no name at all: exit 2', async () => {
    const { home } = await changed();
    for (const name of ['latest', '20260601T120000Z-abcd']) {
      const result = await memport(['restore', name, '--yes'], { home });
      expect(result).toMatchObject({ code: 10, stderr: expect.stringContaining('backup') });
    }
    expect((await memport(['restore', '', '--yes'], { home })).code).toBe(2);
    expect((await memport(['restore', 'gone.tar.gz', '--yes'], { home })).code).toBe(10);
  });

  test('JSON without vectors says so, and warnings are told', async () => {
    const { home } = await changed();
    const file = join(home, 'now.json');
    await ok(['export', file], { home });
    const other = scratch();
    const result = await memport(['restore', file, '--yes'], { home: other });
    expect(result.stderr).toContain('the file holds no vectors');
    expect(await linesOf(other)).toEqual(await linesOf(home));
    const strange = join(home, 'strange.json');
    writeFileSync(
      strange,
      '{"version":"1.0.0","schema_version":"3.9.0","generator":"memport 1","memory_count":2,"memories":[{"id":"a","content":"x","category":"odd","created_at":"2026-01-01"},{"id":"b","content":"y","category":"odd","created_at":"2026-01-01"}]}',
    );
    const env = { MEMPORT_EMBEDDING_PROVIDER: 'none' };
    const warned = await memport(['restore', strange, '--yes'], { home: other, env });
    expect(warned.stderr).toContain('unknown category "odd" became "context" (2 times)');
    expect(warned.stderr).toContain('3.9.0');
    expect(warned.stderr).toContain('2 have no vector yet');
  });

  test('reads standard input with --yes', async () => {
    const { home, file, then } = await changed();
    const { readFileSync } = await import('node:fs');
    const other = scratch();
    const result = await memport(['restore', '-', '--yes'], { home: other, stdin: readFileSync(file) });
    expect(result.code).toBe(0);
    expect(await digestOf(other)).toBe(then);
    expect(await digestOf(home)).not.toBe(then);
  });
});
