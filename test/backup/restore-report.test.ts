import { expect, test } from 'vitest';
import { planText, restoreRecord } from '../../src/backup/restore-report.ts';

const PLAN = {
  added: 1,
  changed: 2,
  removed: 3,
  unchanged: 4,
  tombstonesAdded: 0,
  tombstonesRemoved: 0,
  projectsChanged: 0,
};

test('a plan in a line names what there is to name', () => {
  expect(planText(PLAN)).toBe('1 records added, 2 changed, 3 removed, 4 unchanged');
  expect(planText({ ...PLAN, tombstonesAdded: 5, tombstonesRemoved: 6, projectsChanged: 7 })).toBe(
    '1 records added, 2 changed, 3 removed, 4 unchanged, 5 deletions noted, 6 notes of deletions dropped, 7 projects changed',
  );
});

test('a report has the names of the command line', () => {
  const report = {
    input: 'a.tar.gz',
    format: 'memport-archive',
    dryRun: false,
    plan: { ...PLAN, tombstonesAdded: 5 },
    vectors: true,
    pendingVectors: 6,
    warnings: { odd: 1 },
    contentDigest: 'sha256:1',
    safetyBackup: '/s',
    operationId: 'o',
  } as const;
  expect(restoreRecord(report)).toEqual({
    ...{ input: 'a.tar.gz', format: 'memport-archive', dry_run: false },
    ...{ added: 1, changed: 2, removed: 3, unchanged: 4 },
    ...{ tombstones_added: 5, tombstones_removed: 0, projects_changed: 0 },
    ...{ vectors: true, pending_vectors: 6, warnings: { odd: 1 }, content_digest: 'sha256:1' },
    ...{ safety_backup: '/s', operation_id: 'o' },
  });
});
