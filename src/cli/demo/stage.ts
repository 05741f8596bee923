import { Writable } from 'node:stream';
import { type Io, write } from '../io.ts';
import { run } from '../run.ts';
import { styled, visibleLines } from '../ui/text.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where the demo plays: it runs real command lines, shows them as a user would type them, and checks what comes out. */
export class Stage {
  readonly #io: Io;
  readonly #folder: string;
  #failures = 0;

  constructor(io: Io, folder: string) {
    this.#io = io;
    this.#folder = folder;
  }

  get proven(): boolean {
    return this.#failures === 0;
  }

  async heading(text: string): Promise<void> {
    await this.#print(`\n${styled(this.#io.stdout, this.#io.env, 'bold', text)}`);
  }

  async say(text: string): Promise<void> {
    await this.#print(`  ${visibleLines(text)}`);
  }

  /** Runs a command line in one of the homes, showing it and, unless told otherwise, what it prints. */
  async type(
    home: string,
    args: readonly string[],
    show: 'all' | 'command' | 'nothing' = 'all',
  ): Promise<Outcome> {
    const outcome = await this.#run(home, args);
    if (show !== 'nothing') {
      const line = `$ memport ${[...args, '--home', home].map(quote).join(' ')}`;
      await this.#print(styled(this.#io.stdout, this.#io.env, 'cyan', visibleLines(line)));
    }
    if (show === 'all') {
      for (const text of `${outcome.stdout}${outcome.stderr}`.trimEnd().split('\n')) await this.say(text);
    }
    return outcome;
  }

  /** Notes whether something that was promised is so. */
  async prove(what: string, holds: boolean): Promise<void> {
    if (!holds) this.#failures += 1;
    const mark = holds
      ? styled(this.#io.stdout, this.#io.env, 'green', '✔ proven:')
      : styled(this.#io.stdout, this.#io.env, 'red', '✘ NOT SO:');
    await this.#print(`  ${mark} ${what}`);
  }

  async #run(home: string, args: readonly string[]): Promise<Outcome> {
    const [stdout, stderr] = [new Gathering(), new Gathering()];
    const env = { ...withoutSettings(this.#io.env), NO_COLOR: '1' };
    const code = await run([...args, '--home', home], {
      ...this.#io,
      stdout,
      stderr,
      env,
      cwd: this.#folder,
    });
    return { code, stdout: stdout.text, stderr: stderr.text };
  }

  async #print(line: string): Promise<void> {
    await write(this.#io.stdout, `${line}\n`);
  }
}

/** What the user has set for real use must not change what is shown. */
function withoutSettings(env: Io['env']): Io['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('MEMPORT_')));
}

class Gathering extends Writable {
  #chunks: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
