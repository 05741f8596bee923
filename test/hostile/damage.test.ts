import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Encrypter } from 'age-encryption';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyFile } from '../../src/backup/verify.ts';
import type { Keys } from '../../src/formats/age/keys.ts';
import { runBinary } from '../support/binary.ts';
import { memport, ok } from '../support/cli.ts';
import { points, reportFigures, seeded } from '../support/deep.ts';
import { folderOfFile } from '../support/folders.ts';
import { fillHome } from '../support/stores.ts';
import {
  additions,
  blockStarts,
  chunkStarts,
  type Damage,
  flipped,
  flips,
  reordered,
  splices,
  truncations,
} from './damages.ts';
import { Victim } from './victim.ts';

const PASSPHRASE = 'correct horse battery staple';
const REFUSED: ReadonlySet<number> = new Set([2, 12, 20]);

/** A kind of file that proves itself, or is proven by what lies beside it. */
interface Proven {
  readonly path: string;
  readonly bytes: Buffer;
  /** Of the same kind and age, with other records. */
  readonly other: Buffer;
  /** What lies before it tells the kind of the file and the key: damage there may look like another file or key. */
  readonly headBytes: number;
  readonly parts: (bytes: Buffer) => readonly number[];
}

const home = folderOfFile();
const proven = new Map<string, Proven>();
let victim: Victim;
let keys: Keys;

beforeAll(async () => {
  const [source, other] = [join(home, 'source'), join(home, 'other')];
  await fillHome(source);
  await fillHome(other);
  for (const [n, from] of [source, source, source, other, other, other].entries())
    await ok(['add', randomText(n, 40_000), '--project', 'large'], { home: from });
  const target = join(home, 'target');
  await ok(['add', 'Here before.'], { home: target });
  const recipient = await ok(['key', 'generate'], { home: target });
  const identity =
    readFileSync(join(target, 'keys', 'identity.txt'), 'utf8').match(/AGE-SECRET.*/)?.[0] ?? '';
  keys = { identities: async () => [identity], passphrase: async () => PASSPHRASE };

  const archives = await Promise.all([source, other].map(from => exported(from, 'a.tar.gz')));
  add('archive', join(home, 'a.tar.gz'), archives, 24, blockStarts);
  const sealed = await Promise.all(
    [source, other].map(from => exported(from, 'a.tar.gz.age', '--recipient', recipient)),
  );
  add('encrypted archive', join(home, 'a.tar.gz.age'), sealed, headOf(sealed[0]), chunkStarts);
  const locked = await Promise.all(archives.map(lock));
  add('archive with a passphrase', join(home, 'p.tar.gz.age'), locked, headOf(locked[0]), chunkStarts);
  for (const format of ['json', 'markdown']) {
    const made = await Promise.all([source, other].map(from => backedUp(from, format)));
    const [first] = made;
    if (first !== undefined)
      add(
        `${format} backup`,
        first.path,
        made.map(one => one.bytes),
        0,
        () => [0],
      );
  }
  victim = await Victim.of(target);
});

function add(
  name: string,
  path: string,
  [bytes, other]: readonly Buffer[],
  headBytes: number,
  parts: Proven['parts'],
): void {
  if (bytes === undefined || other === undefined) throw new Error('two are needed');
  proven.set(name, { path, bytes, other, headBytes, parts });
}

function of(name: string): Proven {
  const found = proven.get(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

async function exported(from: string, name: string, ...flags: string[]): Promise<Buffer> {
  await ok(['export', join(from, name), ...flags], { home: from });
  return readFileSync(join(from, name));
}

async function backedUp(from: string, format: string): Promise<{ path: string; bytes: Buffer }> {
  await ok(['backup', 'create', '--format', format], { home: from });
  const end = format === 'json' ? '-manual.json' : '-manual.md';
  const folder = join(from, 'backups');
  const name = readdirSync(folder).find(found => found.endsWith(end)) ?? '';
  return { path: join(folder, name), bytes: readFileSync(join(folder, name)) };
}

/** With little work for the passphrase, which is not what is tried here. */
async function lock(archive: Buffer): Promise<Buffer> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(PASSPHRASE);
  encrypter.setScryptWorkFactor(4);
  return Buffer.from(await encrypter.encrypt(archive));
}

function headOf(sealed: Buffer | undefined): number {
  return sealed === undefined ? 0 : sealed.indexOf('\n--- ') + 5;
}

function randomText(salt: number, length: number): string {
  const random = seeded(100 + salt);
  return Array.from({ length }, () => String.fromCharCode(33 + Math.floor(random() * 90))).join('');
}

/** Every one is found by verifying, and refused by import and restore (of `tried` of them), which change nothing. */
async function expectFound({ path, bytes, headBytes }: Proven, damages: readonly Damage[], tried: number) {
  const env = { MEMPORT_PASSPHRASE: PASSPHRASE };
  for (const [n, damage] of damages.entries()) {
    writeFileSync(path, damage.bytes);
    const isInHead = bytes.compare(damage.bytes, 0, headBytes, 0, headBytes) !== 0;
    const found = await verifyFile(path, { keys, restore: false, nowMs: 0 });
    expect(isInHead ? ['damaged', 'locked'] : ['damaged'], damage.what).toContain(found.result);
    if (n % Math.ceil(damages.length / tried) > 0) continue;
    for (const command of [
      ['import', path],
      ['restore', path, '--yes'],
      ['diff', path, 'store'],
    ]) {
      const { code, stdout } = await memport(command, { home: victim.home, env });
      expect([[...REFUSED].includes(code), stdout], `${command[0]}, ${damage.what}`).toEqual([true, '']);
      if (!isInHead && damage.bytes.length > headBytes) expect(code, damage.what).toBe(20);
    }
    await victim.expectUntouched(damage.what);
  }
  writeFileSync(path, bytes);
}

describe.each([
  'archive',
  'encrypted archive',
  'archive with a passphrase',
  'json backup',
  'markdown backup',
])('damage of a file is always found: %s', name => {
  test('as it is, nothing is wrong with it', async () => {
    const { path, bytes } = of(name);
    writeFileSync(path, bytes);
    const found = await verifyFile(path, { keys, restore: true, nowMs: 0 });
    expect(found).toMatchObject({ result: 'verified', problem: null });
  });

  test('one bit flipped', async context => {
    const subject = of(name);
    const damages = flips(subject.bytes, points(500, 60), seeded(1));
    await expectFound(subject, damages, points(500, 8));
    reportFigures(context, { flips: damages.length, found: damages.length });
  }, 900_000);

  test('cut off', async context => {
    const subject = of(name);
    const damages = truncations(subject.bytes, points(200, 20), seeded(2));
    await expectFound(subject, damages, points(200, 4));
    reportFigures(context, { truncations: damages.length, found: damages.length });
  }, 900_000);

  test('added to, reordered, joined with another', async context => {
    const subject = of(name);
    const damages = [
      ...additions(subject.bytes),
      ...reordered(subject.bytes, subject.parts(subject.bytes)),
      ...splices(subject.bytes, subject.other, subject.parts),
    ];
    await expectFound(subject, damages, points(100, 4));
    reportFigures(context, { changes: damages.length, found: damages.length });
  }, 900_000);

  test('the real program says so', () => {
    const { path, bytes } = of(name);
    const places = [bytes.length - 1, ...(points(1, 0) ? [bytes.length >> 1, bytes.length >> 2] : [])];
    for (const place of places) {
      const broken = Buffer.from(bytes);
      broken[place] = (broken[place] ?? 0) ^ 0x04;
      writeFileSync(path, broken);
      for (const command of [
        ['import', path],
        ['restore', path, '--yes'],
        ['backup', 'verify', path],
      ]) {
        const ended = runBinary(command, victim.home, undefined, [], { MEMPORT_PASSPHRASE: PASSPHRASE });
        expect(ended.code, `${command.join(' ')}: ${ended.stderr}`).toBe(20);
      }
    }
    writeFileSync(path, bytes);
    return victim.expectUntouched(name);
  });
});

test('every bit of the first header of an archive', async () => {
  const subject = of('archive');
  const damages = Array.from({ length: subject.headBytes * 8 }, (_, bit) => ({
    what: `bit ${bit} flipped`,
    bytes: flipped(subject.bytes, bit),
  }));
  await expectFound(subject, damages, points(192, 4));
});
