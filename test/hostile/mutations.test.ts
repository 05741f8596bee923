import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { MemportError } from '../../src/errors.ts';
import { openSource } from '../../src/formats/detect.ts';
import { ok } from '../support/cli.ts';
import { points, seeded } from '../support/deep.ts';
import { folderOfFile } from '../support/folders.ts';
import { fillHome } from '../support/stores.ts';

const folder = folderOfFile();
const files = new Map<string, Buffer>();

beforeAll(async () => {
  const home = join(folder, 'home');
  await fillHome(home);
  for (const name of ['a.tar.gz', 'a.json', 'a.md']) {
    await ok(['export', join(folder, name), ...(name === 'a.md' ? ['--single-file'] : [])], { home });
    files.set(name, readFileSync(join(folder, name)));
  }
  const database = new URL('../fixtures/claude-memory-server-made/sqlite_v2_first.db', import.meta.url);
  files.set('a.db', readFileSync(database));
});

/** Bytes changed, a part taken away, doubled, or put in another place: one to four times. */
function mutated(bytes: Buffer, random: () => number): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let times = 1 + Math.floor(random() * 4); times > 0; times -= 1) {
    const at = Math.floor(random() * result.length);
    const end = Math.min(result.length, at + 1 + Math.floor(random() ** 4 * result.length));
    const to = Math.floor(random() * result.length);
    const part = result.subarray(at, end);
    const without = Buffer.concat([result.subarray(0, at), result.subarray(end)]);
    const ways = [
      () => Buffer.from(result.map((byte, n) => (n >= at && n < at + 4 ? Math.floor(random() * 256) : byte))),
      () => without,
      () => Buffer.concat([result.subarray(0, to), part, result.subarray(to)]),
      () => Buffer.concat([without.subarray(0, to), part, without.subarray(to)]),
    ];
    result = (ways[Math.floor(random() * ways.length)] ?? (() => result))();
  }
  return result;
}

/** What reading comes to: the records as text, or the code of the error. Any other error is thrown. */
async function outcome(path: string): Promise<{ readonly code: string } | { readonly records: string }> {
  try {
    await using source = await openSource(path);
    await source.verify();
    const records: string[] = [];
    for await (const batch of source.read())
      for (const item of batch)
        records.push(JSON.stringify(item, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
    return { records: records.join('\n') };
  } catch (error) {
    if (error instanceof MemportError) return { code: error.code };
    throw error;
  }
}

describe('files that were changed at random end with the same content or with a clear error', () => {
  test.each(['a.tar.gz', 'a.json', 'a.md', 'a.db'])(
    '%s',
    async name => {
      const bytes = files.get(name) ?? Buffer.alloc(0);
      const path = join(folder, `mutated-${name}`);
      writeFileSync(path, bytes);
      const whole = await outcome(path);
      expect(whole).toHaveProperty('records');
      const random = seeded(name.length * 1000 + name.charCodeAt(2));
      const count = points(2000, 60);
      for (let n = 0; n < count; n += 1) {
        const changed = mutated(bytes, random);
        writeFileSync(path, changed);
        const found = await outcome(path);
        // Only an archive proves what it holds by itself.
        if (name === 'a.tar.gz' && 'records' in found && !changed.equals(bytes))
          expect(found.records, `mutation ${n}`).toBe('records' in whole ? whole.records : '');
      }
    },
    900_000,
  );
});
