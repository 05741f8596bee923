import { expect, it } from 'vitest';
import { backupName, parseBackupName } from '../../src/backup/name.ts';

const nowMs = Date.parse('2026-06-01T02:03:04.567Z');
const random = (size: number) => new Uint8Array(size).map((_, i) => 31 + i);

it.each([
  ['laptop', 'laptop'],
  ['Büro-PC.local', 'b-ro-pc-local'],
  ['../../etc', 'etc'],
  ['-x-', 'x'],
  ['...', 'host'],
  ['', 'host'],
  ['a'.repeat(300), 'a'.repeat(60)],
  [`${'a'.repeat(59)}.b`, 'a'.repeat(59)],
])('of the host %j is safe as a file name, and says so again', (host, shown) => {
  const name = backupName({ host, nowMs, trigger: 'safety', random });
  expect(name).toBe(`memport-${shown}-20260601T020304Z-7abc-safety.tar.gz`);
  expect(parseBackupName(name)).toEqual({
    id: '20260601T020304Z-7abc',
    host: shown,
    createdMs: Date.parse('2026-06-01T02:03:04Z'),
    trigger: 'safety',
    format: 'archive',
    encrypted: false,
  });
});

it('says what the file is', () => {
  const name = backupName({ host: 'a-b', nowMs, trigger: 'auto', random, format: 'json', encrypted: true });
  expect(name).toMatch(/-auto\.json\.age$/);
  expect(parseBackupName(name)).toMatchObject({
    host: 'a-b',
    trigger: 'auto',
    format: 'json',
    encrypted: true,
  });
});

it.each([
  'memport.db',
  'memport-20260601T020304Z.tar.gz',
  'memport-a-20260601T020304Z-7abc-manual.tar.gz.json',
  'memport-a-20260601T020304Z-7abc-manual.tar.gz.bak',
  'memport-a-20260601T020304Z-7abc-other.tar.gz',
  'memport-a-20261301T020304Z-7abc-manual.tar.gz',
  'memport-a-20260601T020304Z-7ABC-manual.tar.gz',
  'memport-A-20260601T020304Z-7abc-manual.tar.gz',
  'backup_20260601.tar.gz',
])('takes %s for no backup', name => {
  expect(parseBackupName(name)).toBeNull();
});
