import { mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { memoryEntry } from '../../src/model/record.ts';
import { openInput } from '../../src/transfer/open-input.ts';
import { stageSource } from '../../src/transfer/stage.ts';
import { archiveOf } from '../formats/archive/samples.ts';
import { scratch } from '../support/cli.ts';
import { aMemory, idOf } from '../support/records.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test.skipIf(process.platform === 'win32')(
  'nothing of what is staged has a name, and so nothing is left of it however the process ends',
  async () => {
    const folder = scratch();
    const entries = Array.from({ length: 30 }, (_, n) =>
      memoryEntry(aMemory({ id: idOf(n + 1), content: 'x'.repeat(100_000) }), null),
    );
    writeFileSync(join(folder, 'a.tar.gz'), await archiveOf({ entries }));
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    vi.stubEnv('TMPDIR', temporary);
    await using input = await openInput(join(folder, 'a.tar.gz'));
    await using staged = await stageSource(input.source);
    expect(readdirSync(temporary)).toEqual([]);
    expect(await staged.store.counts()).toMatchObject({ memories: 30 });
    expect(await staged.store.get('memory', [idOf(30)])).toMatchObject([{ line: entries[29]?.line }]);
  },
);

test.skipIf(process.platform === 'win32')(
  'what was done is no failure because its folder can’t be removed',
  async () => {
    const folder = scratch();
    const temporary = join(folder, 'tmp');
    writeFileSync(join(folder, 'a.tar.gz'), await archiveOf({ entries: [memoryEntry(aMemory(), null)] }));
    await using input = await openInput(join(folder, 'a.tar.gz'));
    mkdirSync(temporary);
    vi.stubEnv('TMPDIR', temporary);
    const staged = await stageSource(input.source);
    // Where a file stands in place of a folder, nothing below it can be removed.
    rmdirSync(temporary);
    writeFileSync(temporary, '');
    await staged[Symbol.asyncDispose]();
  },
);
