import { readdirSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { EVERYTHING } from '../../src/model/filter.ts';
import { memoryEntry } from '../../src/model/record.ts';
import { exportStore } from '../../src/transfer/export.ts';
import * as json from '../../src/transfer/export-json.ts';
import { NOTHING, storeHolding } from '../support/any-store.ts';
import { scratch } from '../support/cli.ts';
import { aMemory } from '../support/records.ts';

vi.mock('../../src/transfer/export-json.ts', { spy: true });

test('a file that is not what the store holds gets no name', async () => {
  const folder = scratch();
  const record = memoryEntry(aMemory({ content: 'as it is stored' }), null);
  await using store = await storeHolding(join(scratch(), 'm.db'), { ...NOTHING, records: [record] });
  const { writeJson } = await vi.importActual<typeof json>('../../src/transfer/export-json.ts');
  // JSON has no checksums of its own: only the comparison finds another letter in a text.
  vi.mocked(json.writeJson).mockImplementation(async (reader, file, plan, work) => {
    const written = await writeJson(reader, file, plan, work);
    const handle = file as FileHandle;
    const text = (await handle.read(Buffer.alloc(10_000), 0, 10_000, 0)).buffer.toString('utf8');
    await handle.write('A', text.indexOf('as it is stored'));
    return written;
  });
  const exported = exportStore(store, {
    format: 'json',
    filter: EVERYTHING,
    target: join(folder, 'a.json'),
    embeddings: true,
    code: true,
    exportDate: 1n,
    generator: 'memport test',
    config: {},
  });
  await expect(exported).rejects.toMatchObject({ code: 'integrity' });
  expect(readdirSync(folder)).toEqual([]);
});
