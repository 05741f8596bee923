import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Entry, pack, unpack } from '../formats/archive/craft.ts';
import { archiveOf, readBytes, smallSample, temporaryFolder } from '../formats/archive/samples.ts';
import { HOSTILE_ARCHIVES, lie, manifest } from './crafted-archives.ts';

let entries: Entry[];

beforeAll(async () => {
  entries = unpack(await archiveOf(smallSample()));
});

describe('hostile archives are refused', () => {
  test.each(HOSTILE_ARCHIVES)('%s', async (_, change) => {
    const crafted = change(entries);
    for (const container of ['blocks', 'gzip'] as const)
      await expect(readBytes(pack(crafted, { container })), container).rejects.toMatchObject({
        code: 'integrity',
      });
  });

  test('and nothing is written anywhere', async () => {
    const parent = dirname(await temporaryFolder());
    expect(await readdir(parent)).not.toContain('evil');
    expect(await readdir('/tmp')).not.toContain('evil');
  });

  test.each<[string, string | RegExp, string, string]>([
    ['no JSON', '"kind":"code_unit"', '"kind":', 'not JSON at character'],
    [
      'too many values',
      '"kind":"code_unit"',
      `"a":[${'{},'.repeat(200_000)}1],"kind":"code_unit"`,
      'more than 200000 values',
    ],
  ])('the message says which it is: a line of %s', async (_, from, to, words) => {
    const crafted = lie('memories/memories.json', from, to)(entries);
    await expect(readBytes(pack(crafted))).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringMatching(new RegExp(`^memories/memories.json holds a line .*${words}`)),
    });
  });

  test('a newer major version says so', async () => {
    for (const name of ['version', 'schema_version']) {
      const crafted = manifest(new RegExp(`"${name}": "\\d`), `"${name}": "9`)(entries);
      await expect(readBytes(pack(crafted))).rejects.toMatchObject({ code: 'newer_version' });
    }
  });
});
