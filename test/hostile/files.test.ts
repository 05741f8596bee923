import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Entry, unpack } from '../formats/archive/craft.ts';
import { archiveOf, smallSample } from '../formats/archive/samples.ts';
import { ok } from '../support/cli.ts';
import { points, reportFigures, seeded } from '../support/deep.ts';
import { folderOfFile } from '../support/folders.ts';
import { digestOf, fillHome } from '../support/stores.ts';
import { type CappedEnd, runCapped } from './capped-run.ts';
import type { Crafted } from './crafted/crafted.ts';
import { craftedFiles } from './crafted-files.ts';

const MOST_MIB = 400;
const CODES: Readonly<Record<Crafted['fate'], readonly number[]>> = {
  refused: [2, 12, 20],
  newer: [21],
  harmless: [0, 2, 3, 20, 23],
};

/** All that a run could reach by mistake, with the home in the middle. */
const root = folderOfFile();
const [home, inputs, temporary, pristine] = ['a/b/home', 'a/in', 'tmp', 'pristine'].map(name =>
  join(root, name),
) as [string, string, string, string];
let crafted: readonly Crafted[];
let digest: string;

beforeAll(async () => {
  for (const folder of [home, inputs, temporary]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  await fillHome(home);
  const recipient = await ok(['key', 'generate'], { home });
  for (const folder of ['.', 'a', 'a/b', 'a/b/home', 'tmp'])
    writeFileSync(join(root, folder, 'canary.txt'), 'alive\n');
  digest = await digestOf(home);
  cpSync(home, pristine, { recursive: true });
  const entries: Entry[] = unpack(await archiveOf(smallSample()));
  // As SQLite calls the files that it would remove.
  const canary = join(root, 'canary-mj0123459AB');
  writeFileSync(canary, 'alive\n');
  crafted = craftedFiles({ entries, recipient, canary });
});

/** Every file below the root but for the inputs, with its bytes; of the store and the copy of the home the names only. */
function snapshot(): readonly (readonly [string, string])[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.parentPath.startsWith(inputs) && !entry.parentPath.startsWith(pristine))
    .map(entry => {
      const path = join(entry.parentPath, entry.name);
      const isTold = entry.isFile() && !entry.name.startsWith('memport.db');
      return [path, isTold ? readFileSync(path, 'latin1') : ''] as const;
    })
    .sort();
}

interface Tried {
  readonly code: number | null;
  readonly peakMiB: number;
}

async function attempt(one: Crafted, path: string, command: readonly string[]): Promise<Tried> {
  const what = `${one.what}: ${command[0]}`;
  const before = snapshot();
  const ended = await runCapped([...command], home, join(inputs, 'peak'), {
    MEMPORT_HOME: home,
    MEMPORT_PASSPHRASE: 'guess',
    TMPDIR: temporary,
    HOME: root,
  });
  expect(CODES[one.fate], `${what}: ${ended.code} ${ended.stderr.slice(0, 500)}`).toContain(ended.code);
  expectManners(ended, what);
  if (one.fate === 'harmless') return finishHarmless(ended, before);
  expect(snapshot(), what).toEqual(before);
  expect(
    readdirSync(inputs).filter(name => name.includes('reject')),
    what,
  ).toEqual([]);
  if (!readFileSync(join(home, 'memport.db')).equals(readFileSync(join(pristine, 'memport.db'))))
    expect(await digestOf(home), what).toBe(digest);
  expect(basename(path)).toBe('x');
  return { code: ended.code, peakMiB: ended.peakMiB ?? 0 };
}

/** A clear first line, no stack, no control characters, little memory. */
function expectManners({ code, stderr, peakMiB }: CappedEnd, what: string): void {
  const lines = stderr.trimEnd().split('\n');
  if (code !== 0 && code !== 3) {
    const told = lines.filter(line => line.startsWith('memport: '));
    if (!what.endsWith(': backup')) expect(told, what).toHaveLength(1);
    // A restore names up to ten records that it can't take.
    expect(lines.length, `${what}: ${stderr}`).toBeLessThan(20);
  }
  expect(stderr.length, what).toBeLessThan(8000);
  expect(stderr, what).not.toMatch(/\n\s+at .*[:(]\d|node:internal|FATAL ERROR/);
  expect(stderr, what).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
  if (process.platform === 'linux') expect(peakMiB, `${what}: memory`).not.toBeNull();
  expect(peakMiB ?? 0, `${what}: memory`).toBeLessThan(MOST_MIB);
}

/** What it holds may be in the home now, which is then made new; all else is as it was. */
function finishHarmless({ code, peakMiB }: CappedEnd, before: ReturnType<typeof snapshot>): Tried {
  const outside = (all: ReturnType<typeof snapshot>) => all.filter(([path]) => !path.startsWith(home));
  expect(outside(snapshot())).toEqual(outside(before));
  renewHome();
  return { code, peakMiB: peakMiB ?? 0 };
}

function renewHome(): void {
  rmSync(home, { recursive: true });
  cpSync(pristine, home, { recursive: true });
  chmodSync(home, 0o700);
}

/** A few of each kind in the ordinary run, others with each seed. */
function chosen(): readonly Crafted[] {
  if (points(1, 0) === 1) return crafted;
  const random = seeded(31);
  const kinds = Map.groupBy(
    crafted.filter(({ isLarge }) => isLarge !== true),
    ({ what }) => what.replace(/[:,].*/, ''),
  );
  return [...kinds.values()].flatMap(all => {
    const from = Math.floor(random() * all.length);
    return [all[from], all[(from + 1) % all.length]].filter(one => one !== undefined);
  });
}

describe('[SEC-04] the real program and files that were made to do harm', () => {
  test('nothing is touched that it should not touch, in little memory', async context => {
    const problems: string[] = [];
    const figures = { files: 0, runs: 0, refused: 0, highestMiB: 0 };
    for (const one of chosen()) {
      rmSync(inputs, { recursive: true });
      mkdirSync(inputs);
      const path = join(inputs, 'x');
      await one.write(path);
      const commands = [
        ['import', path],
        ['restore', path, '--yes'],
        ['backup', 'verify', path],
      ];
      figures.files += 1;
      for (const command of commands.slice(0, points(3, 1))) {
        const tried = await attempt(one, path, command).catch(error => {
          problems.push(String(error));
          renewHome();
        });
        figures.runs += 1;
        if (tried?.code !== 0 && tried?.code !== 3) figures.refused += 1;
        figures.highestMiB = Math.max(figures.highestMiB, tried?.peakMiB ?? 0);
      }
    }
    expect(problems).toEqual([]);
    expect(crafted.length).toBeGreaterThan(300);
    reportFigures(context, figures);
  }, 7_200_000);
});
