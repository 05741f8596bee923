import { expect, it } from 'vitest';
import { backupName } from '../../src/backup/name.ts';

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
])('of the host %j is safe as a file name', (host, shown) => {
  expect(backupName({ host, nowMs, trigger: 'safety', random })).toBe(
    `memport-${shown}-20260601T020304Z-7abc-safety.tar.gz`,
  );
});
