import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

function summarize(report: unknown): { readonly stdout: string; readonly status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'memport-ci-'));
  try {
    const path = join(folder, 'report.json');
    if (report !== undefined) writeFileSync(path, JSON.stringify(report));
    const script = join(import.meta.dirname, '../scripts/ci-summary.js');
    return spawnSync(process.execPath, [script, path], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const file = (...statuses: readonly string[]): object => ({
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map(status => ({ status })),
});

it.each([
  [{ testResults: [file('passed', 'passed'), file('passed')] }, '3 passed, 0 failed\n', 0],
  [{ testResults: [file('passed', 'skipped', 'todo')] }, '1 passed, 0 failed, 2 skipped\n', 0],
  [{ testResults: [file('passed', 'failed')] }, '1 passed, 1 failed\n', 1],
  [{ testResults: [file('passed'), { status: 'failed', assertionResults: [] }] }, '1 passed, 1 failed\n', 1],
  [{ testResults: [] }, '0 passed, 0 failed\n', 1],
  [undefined, '0 passed, 0 failed\n', 1],
])('the summary of run %# is its last line and its exit code', (report, stdout, status) => {
  expect(summarize(report)).toMatchObject({ stdout, status });
});
