import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder for all tests of a file, gone after the last. */
export function folderOfFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memport-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
