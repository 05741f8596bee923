import { expect, test } from 'vitest';
import type { Backup } from '../../../src/backup/catalog.ts';
import { backupLineOf } from '../../../src/mcp/schemas/backup.ts';

test('a backup without a sidecar is told by what its name says, and what is wrong', () => {
  const backup: Backup = {
    id: '20260601T120000Z-abcd',
    host: 'desk',
    createdMs: Date.parse('2026-06-01T12:00:00Z'),
    trigger: 'auto',
    format: 'archive',
    encrypted: true,
    path: '/b/x.tar.gz.age',
    state: 'no_sidecar',
    bytes: 7,
    sidecar: null,
    problem: 'its sidecar is missing',
  };
  expect(backupLineOf(backup)).toBe(
    '- 20260601T120000Z-abcd (auto on desk, 2026-06-01T12:00:00.000Z, archive, encrypted): no_sidecar, its sidecar is missing',
  );
});
