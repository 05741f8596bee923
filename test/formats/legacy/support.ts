import { fileURLToPath } from 'node:url';
import { openSource } from '../../../src/formats/detect.ts';
import type { FormatName, SourceItem, SourceRecord, Verification } from '../../../src/formats/source.ts';
import { readAll } from '../json/support.ts';

/** A file that was made after the description of the formats: see the README beside it. */
export function madePath(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/claude-memory-server-made/${name}`, import.meta.url));
}

export interface ReadFile {
  readonly format: FormatName;
  readonly migrations: readonly string[];
  readonly verification: Verification;
  readonly items: readonly SourceItem[];
  readonly records: readonly SourceRecord[];
}

export async function readFileWhole(path: string, from?: FormatName): Promise<ReadFile> {
  await using source = await openSource(path, { from });
  const verification = await source.verify();
  const items = await readAll(source);
  const records = items.filter((item): item is SourceRecord => item.type === 'record');
  return { format: source.format, migrations: source.migrations ?? [], verification, items, records };
}
