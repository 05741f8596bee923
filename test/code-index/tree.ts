import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { scratch } from '../support/cli.ts';

/** A folder with these files, gone when the test is over; its path has no links in it. */
export function tree(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(scratch());
  for (const [path, text] of Object.entries(files)) place(root, path, text);
  return root;
}

export function place(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
