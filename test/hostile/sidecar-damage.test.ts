import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { type Backup, readBackup } from '../../src/backup/catalog.ts';
import { memport, ok } from '../support/cli.ts';
import { points, reportFigures, seeded } from '../support/deep.ts';
import { folderOfFile } from '../support/folders.ts';
import { digestOf, fillHome, summaryOf } from '../support/stores.ts';
import { additions, flips, truncations } from './damages.ts';

const home = folderOfFile();
/** The paths of an older and of a newer backup, which holds one memory more. */
let older: string;
let newer: string;

beforeAll(async () => {
  await fillHome(home);
  older = await backUp();
  await ok(['add', 'Since then.'], { home });
  newer = await backUp();
});

async function backUp(): Promise<string> {
  const { path } = summaryOf(await ok(['backup', 'create', '--format', 'json', '--json'], { home }));
  return String(path);
}

/** What is known of the newer backup when its files are these; afterwards they are what they were. */
async function knownWith(change: () => void): Promise<Backup | null> {
  const kept = [newer, `${newer}.json`].map(path => [path, readFileSync(path)] as const);
  change();
  const known = await readBackup(newer);
  for (const [path, bytes] of kept) writeFileSync(path, bytes);
  return known;
}

test('nothing of a damaged sidecar is believed', async context => {
  const path = `${newer}.json`;
  const bytes = readFileSync(path);
  const damages = [
    ...flips(bytes, points(500, 100), seeded(1)),
    ...truncations(bytes, points(200, 40), seeded(2)).filter(
      damage => damage.bytes.length < bytes.length - 1,
    ),
    ...additions(bytes),
  ];
  for (const damage of damages) {
    const known = await knownWith(() => writeFileSync(path, damage.bytes));
    expect(known, damage.what).toMatchObject({
      state: 'no_sidecar',
      sidecar: null,
      problem: 'its sidecar is damaged',
    });
  }
  reportFigures(context, { damages: damages.length, found: damages.length });
});

test('a sidecar without its last line feed says the same', async () => {
  const path = `${newer}.json`;
  const bytes = readFileSync(path);
  const known = await knownWith(() => writeFileSync(path, bytes.subarray(0, -1)));
  expect(known).toEqual(await readBackup(newer));
});

test('the sidecar of another backup is not believed', async () => {
  const known = await knownWith(() => copyFileSync(`${older}.json`, `${newer}.json`));
  expect(known).toMatchObject({ state: 'no_sidecar', problem: 'its sidecar is damaged' });
});

test('an older backup under the name of a newer one is found, and changes nothing', async () => {
  const [kept, digest] = [readFileSync(newer), await digestOf(home)];
  copyFileSync(older, newer);
  expect(await readBackup(newer)).toMatchObject({ state: 'damaged' });
  const id = (await readBackup(newer))?.id ?? '';
  for (const command of [
    ['restore', id, '--yes'],
    ['restore', newer, '--yes'],
    ['restore', newer, '--dry-run'],
    ['restore', newer, '--merge-strategy', 'overwrite'],
    ['import', newer],
    ['backup', 'verify', id],
    ['backup', 'diff', id, 'store'],
  ])
    expect((await memport(command, { home })).code, command.join(' ')).toBe(20);
  expect(await digestOf(home)).toBe(digest);
  // What it holds can still be had by whoever asks for just that.
  const summary = summaryOf(await ok(['import', newer, '--recover', '--dry-run', '--json'], { home }));
  expect(summary).toMatchObject({ unchanged: 5 });
  writeFileSync(newer, kept);
  await ok(['restore', newer, '--yes'], { home });
});
