import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder in which a command runs again and again from the same state, under the same paths; gone after the test. */
export class Site {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'memport-crash-')));
  readonly home = join(this.folder, 'home');
  /** Where exports go. */
  readonly target = join(this.folder, 'target');
  readonly temporary = join(this.folder, 'temporary');
  readonly #saved = join(this.folder, 'saved');

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
    for (const folder of this.#folders) mkdirSync(folder, { mode: 0o700 });
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
