import { open } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openArchive } from '../../src/formats/archive/reader.ts';
import { BorrowedSource } from '../../src/formats/borrowed-source.ts';
import { openSource } from '../../src/formats/detect.ts';
import { openFile } from '../../src/formats/opened-file.ts';
import { archiveOf, smallSample } from './archive/samples.ts';
import { fixturePath, temporaryFile } from './json/support.ts';

test('a borrowed source says what the source says of its steps, none where it says nothing', async () => {
  await using handle = await open(fixturePath('feat044.json'));
  await using json = await openSource(handle);
  expect(json.migrations).toHaveLength(2);
  await using archive = await openArchive(
    await openFile(await temporaryFile(await archiveOf(smallSample()))),
  );
  expect(new BorrowedSource(archive).migrations).toEqual([]);
});
