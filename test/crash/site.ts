import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder, gone after the test. */
export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'memport-crash-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder in which a command runs again and again from the same state, under the same paths. */
export class Site {
  readonly folder: string;
  readonly home: string;
  /** Where exports go. */
  readonly target: string;
  readonly temporary: string;
  readonly #saved: string;

  constructor(folder: string = emptyFolder()) {
    this.folder = folder;
    this.home = join(folder, 'home');
    this.target = join(folder, 'target');
    this.temporary = join(folder, 'temporary');
    this.#saved = join(folder, 'saved');
    for (const made of this.#folders) mkdirSync(made, { mode: 0o700 });
  }

  get #folders(): readonly string[] {
    return [this.home, this.target, this.temporary];
  }

  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      MEMPORT_HOME: this.home,
      TMPDIR: this.temporary,
      UV_THREADPOOL_SIZE: '1',
    };
  }

  /** Keeps what is there now, for `reset`. */
  save(): void {
    rmSync(this.#saved, { recursive: true, force: true });
    for (const name of ['home', 'target', 'temporary'])
      cpSync(join(this.folder, name), join(this.#saved, name), { recursive: true });
  }

  /** Makes everything what it was when it was saved. */
  reset(): void {
    if (!existsSync(this.#saved)) throw new Error('nothing was saved');
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
    cpSync(this.#saved, this.folder, { recursive: true });
    for (const folder of this.#folders) chmodSync(folder, 0o700);
  }
}
