import { createHash } from 'node:crypto';
import type { WorkOptions } from '../model/progress.ts';
import { projectLine } from '../model/project.ts';
import { type Tombstone, tombstoneLine } from '../model/tombstone.ts';
import type { Reader } from '../store/store.ts';
import { storeDigest } from '../transfer/store-digest.ts';

const PAGE = 1000;

/**
 * A fingerprint of everything that a restore replaces: records and vectors, deletions and projects. Two readings are
 * equal when nothing of it has changed in between, or has changed back.
 */
export async function storeState(reader: Reader, work: WorkOptions = {}): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await storeDigest(reader, undefined, { signal: work.signal }));
  let after: Tombstone | null = null;
  for (;;) {
    work.signal?.throwIfAborted();
    const page: readonly Tombstone[] = await reader.tombstones({ after, limit: PAGE });
    const last = page.at(-1);
    if (last === undefined) break;
    for (const tombstone of page) hash.update(`\n${tombstoneLine(tombstone)}`);
    after = last;
  }
  for (const project of await reader.projects()) hash.update(`\n${projectLine(project)}`);
  return hash.digest('hex');
}
