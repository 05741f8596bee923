import { describe, expect, test } from 'vitest';
import { points, reportFigures } from '../support/deep.ts';
import * as commands from './commands.ts';
import { spread } from './prove-killed.ts';
import type { Site } from './site.ts';
import { expectWhole, type State, same, stateOf, temporariesOf } from './state.ts';
import { acknowledged, type Call, canTrace, changes, failAt, type Traced, trace } from './strace.ts';

const TIMEOUT_MS = 600_000;

/** The ordinary run tries the first of them only. */
const COMMANDS = [
  commands.IMPORT,
  commands.RESTORE,
  commands.ADD,
  commands.CREATE,
  commands.CLEANUP,
  commands.CONFIG_SET,
  commands.EXPORT_ARCHIVE,
  commands.EXPORT_ENCRYPTED,
  commands.EXPORT_FOLDER,
  commands.UNDO,
  commands.CREATE_FIRST,
  commands.KEY_GENERATE,
  commands.EXPORT_JSON,
  commands.EXPORT_MARKDOWN,
];
const ORDINARY = 9;
const CALLS_OF_A_KIND = 6;

/** Which calls fail how, and how the program must end: see EXIT_CODES. */
const FAULTS = [
  { error: 'EIO', code: 1, calls: /^f(data)?sync$/ },
  { error: 'ENOSPC', code: 24, calls: /^(p?writev?|pwrite64)$/ },
  { error: 'EIO', code: 1, calls: /^(p?writev?|pwrite64|ftruncate)$/ },
  { error: 'EROFS', code: 1, calls: /^(rename|link|mkdir)$/ },
  { error: 'EIO', code: 1, calls: /^(unlink|rmdir)$/ },
] as const;

interface Fault {
  readonly call: Call;
  readonly error: string;
  readonly code: number;
  /** Also all later calls of that name on that path. */
  readonly on: '' | '+';
}

function faultsIn(calls: readonly Call[]): readonly Fault[] {
  return FAULTS.flatMap(({ error, code, calls: meant }) => {
    const candidates = calls.filter(({ name }) => meant.test(name));
    return spread(candidates, CALLS_OF_A_KIND).flatMap(call =>
      (['', '+'] as const).map(on => ({ call, error, code: codeAt(call, code), on })),
    );
  });
}

/** SQLite does not tell why the index of its log can't grow; most often the disk is full. */
function codeAt({ path, name }: Call, code: number): number {
  return path.endsWith('-shm') && name === 'pwrite64' ? 24 : code;
}

/** Of what is worth nothing any more: failing at that is no failure of the command. */
function isRemoval({ name }: Call): boolean {
  return name === 'unlink' || name === 'rmdir';
}

/** One line says what failed, and nothing says that it was done. */
function expectFailure(failed: Traced, whole: Traced, code: number): void {
  expect(failed).toMatchObject({ code, stdout: '' });
  const lines = failed.stderr.split('\n').filter(line => line !== '' && !line.startsWith('  '));
  expect(lines.filter(line => line.startsWith('memport: '))).toHaveLength(1);
  expect(lines.filter(line => whole.stderr.includes(line))).toEqual([]);
}

/** A command on a site, and what it does when nothing fails. */
class Proof {
  readonly #site: Site;
  readonly #command: commands.Command;
  readonly #before: State;
  readonly #after: State;
  readonly #whole: Traced;
  readonly calls: readonly Call[];

  private constructor(site: Site, command: commands.Command, before: State, whole: Traced, after: State) {
    this.#site = site;
    this.#command = command;
    this.#before = before;
    this.#whole = whole;
    this.#after = after;
    this.calls = changes(whole.calls).filter(({ result }) => result >= 0);
  }

  static async of(command: commands.Command): Promise<Proof> {
    const site = await commands.siteFor(command);
    const before = await stateOf(site);
    site.reset();
    const whole = trace(site, command.args(site));
    expect(whole).toMatchObject({ code: 0 });
    return new Proof(site, command, before, whole, await stateOf(site));
  }

  /** Resolves to whether the command failed, and rightly so. */
  async try({ call, error, code, on }: Fault): Promise<boolean> {
    const site = this.#site;
    site.reset();
    const ended = failAt(site, this.#command.args(site), call, error, on);
    const found = await stateOf(site);
    if (ended.code === 0) this.#expectDone(call, found);
    else {
      expectFailure(ended, this.#whole, code);
      this.#expectUndone(call, found);
    }
    await expectWhole(site, this.#command, this.#before, this.#after);
    return ended.code !== 0;
  }

  #expectDone(call: Call, found: State): void {
    const isLate = call.began > acknowledged(this.#whole.calls);
    // Without links, which not every file system has, a name is taken in another way.
    const isOptional = isRemoval(call) || call.name === 'link' || this.#isOfSqlite(call);
    expect(isLate || isOptional, 'it fails').toBe(true);
    expect(same(found, this.#after), 'what is said to be done is done').toBe(true);
  }

  /**
   * What SQLite does and may fail at by design: to sync the folder of a new log, and to move pages from the log, which has
   * them still, to the database.
   */
  #isOfSqlite(call: Call): boolean {
    if (call.path.endsWith('.db')) return true;
    const { path = '' } = this.calls[this.calls.indexOf(call) - 1] ?? {};
    return path.startsWith(`${call.path}/`) && /-(wal|journal)$/.test(path);
  }

  #expectUndone(call: Call, found: State): void {
    if (!isRemoval(call)) expect(temporariesOf(this.#site)).toEqual([]);
    if (this.#command.isStepwise || same(found, this.#before)) return;
    // Once the new file has its name, it can only be said that it may not survive a power failure.
    const published = this.calls.findLastIndex(({ name }) => name === 'rename' || name === 'link');
    expect(published >= 0 && this.calls.indexOf(call) > published, 'nothing is changed').toBe(true);
    expect(same(found, this.#after), 'what has its name is the new one').toBe(true);
  }
}

describe.skipIf(!canTrace)('a system call fails, which takes strace', () => {
  for (const command of COMMANDS.slice(0, points(COMMANDS.length, ORDINARY)))
    test(
      `${command.name} says so, and leaves what was there`,
      async context => {
        const proof = await Proof.of(command);
        const faults = faultsIn(proof.calls);
        const counts = { points: 0, failed: 0, harmless: 0 };
        for (const fault of spread(faults, points(faults.length, 3))) {
          const { call, error, on } = fault;
          const isFailed = await proof.try(fault).catch(cause => {
            throw new Error(`${error}${on} at ${call.name} ${call.nth} of ${call.path}`, { cause });
          });
          counts.points += 1;
          counts[isFailed ? 'failed' : 'harmless'] += 1;
        }
        expect(counts.failed).toBeGreaterThan(0);
        reportFigures(context, counts);
      },
      TIMEOUT_MS,
    );
});
