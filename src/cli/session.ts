import type { LoadedConfig } from '../config.ts';
import type { Embedder } from '../embedding/embedder.ts';
import type { Surroundings } from '../embedding/open.ts';
import { MemportError, toMemportError } from '../errors.ts';
import { findHome, type Home, makeHome } from '../home.ts';
import type { Progress } from '../model/progress.ts';
import type { Store } from '../store/store.ts';
import { type Io, tell, write } from './io.ts';
import { ProgressLine } from './ui/progress.ts';
import { escapeControls, type Style, styled, visibleLines } from './ui/text.ts';

/** The options that every command has. */
export interface GlobalOptions {
  readonly home?: string;
  readonly store?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly input?: boolean;
  readonly yes?: boolean;
}

/** One run of one command: its options, its home, and how it speaks. stdout is data, stderr is everything else. */
export class Session {
  readonly io: Io;
  readonly options: GlobalOptions;
  readonly home: Home;
  /** The exit code when nothing throws. */
  exitCode = 0;
  #config: LoadedConfig | null = null;
  #committed: string | null = null;
  #warnedOfHome = false;

  constructor(io: Io, options: GlobalOptions) {
    this.io = io;
    this.options = options;
    this.home = findHome({ home: options.home, store: options.store, env: io.env, cwd: io.cwd });
  }

  get json(): boolean {
    return this.options.json === true;
  }

  get width(): number {
    return this.io.stdout.isTTY ? (this.io.stdout.columns ?? 80) : 200;
  }

  async config(): Promise<LoadedConfig['values']> {
    if (this.#config === null) {
      const { loadConfig } = await import('../config.ts');
      this.#config = loadConfig(this.home.config, this.io.env);
      for (const warning of this.#config.warnings) await this.warn(warning);
    }
    return this.#config.values;
  }

  /** The store of this home. `create` makes it when it is missing; else a missing one is `not_found`. */
  async openStore(mode: 'create' | 'existing'): Promise<Store> {
    const config = await this.config();
    const { openStore } = await import('../store/open.ts');
    if (mode === 'create') await this.makeHome();
    return openStore({
      path: this.home.store,
      create: mode === 'create',
      busyTimeoutMs: config.store_busy_timeout * 1000,
    });
  }

  /** Makes the home folder where it is missing; warns, once, when others can get at one that was there. */
  async makeHome(): Promise<void> {
    const warning = await makeHome(this.home);
    if (warning !== null && !this.#warnedOfHome) await this.warn(warning);
    this.#warnedOfHome = true;
  }

  /** The configured embedder, and null for none. A configuration that gives none is warned of: memories are kept all the same. */
  async embedder(): Promise<Embedder | null> {
    try {
      return await this.requiredEmbedder();
    } catch (error) {
      const { message, hint } = toMemportError(error);
      await this.warn(`no vectors can be made: ${message}${hint === null ? '' : ` (${hint})`}`);
      return null;
    }
  }

  /** The configured embedder, of another model where one is named, and null for none. Throws for a configuration that gives none. */
  async requiredEmbedder(model?: string): Promise<Embedder | null> {
    const { openEmbedder } = await import('../embedding/open.ts');
    const config = await this.config();
    return openEmbedder(
      model === undefined ? config : { ...config, embedding_model: model },
      this.surroundings(),
    );
  }

  /** The embedder that made vectors of this label; null where there is none any more. */
  async embedderOf(label: string): Promise<Embedder | null> {
    const { openByLabel } = await import('../embedding/open.ts');
    return openByLabel(label, await this.config(), this.surroundings());
  }

  /** What embedders find around them. */
  surroundings(): Surroundings {
    let line: ProgressLine | null = null;
    const onProgress = (progress: Progress): void => {
      line ??= this.progress();
      line.update(progress);
      if (progress.done === progress.total) line.clear();
    };
    return { env: this.io.env, models: this.home.models, onProgress };
  }

  /** A line of data. */
  async out(line: string): Promise<void> {
    try {
      const shown = this.json && this.io.stdout.isTTY ? escapeControls(line) : line;
      await write(this.io.stdout, `${shown}\n`);
    } catch (error) {
      throw this.#outputError(error);
    }
  }

  /** Says what has been done for good, for the case that the output can't be written any more. */
  committed(what: string): void {
    this.#committed = what;
  }

  #outputError(cause: unknown): MemportError {
    const { code, message } = toMemportError(cause);
    const done = this.#committed === null ? '' : `, but ${this.#committed}`;
    return new MemportError(code, `standard output can't be written: ${message}${done}`, { cause });
  }

  /** One JSON document, on one line. */
  async outJson(value: unknown): Promise<void> {
    await this.out(JSON.stringify(value));
  }

  /** A line for people, on stderr; not with `--quiet` or `--json`. */
  async note(line: string): Promise<void> {
    if (!this.options.quiet && !this.json) await tell(this.io.stderr, `${visibleLines(line)}\n`);
  }

  /** Text for someone who is being asked, on stderr, as it is; also with `--quiet`. */
  async say(text: string): Promise<void> {
    await write(this.io.stderr, text);
  }

  async warn(warning: string): Promise<void> {
    if (this.json)
      await tell(this.io.stderr, `${JSON.stringify({ message_type: 'warning', message: warning })}\n`);
    else await tell(this.io.stderr, `${this.paint('yellow', 'warning:')} ${visibleLines(warning)}\n`);
  }

  paint(style: Style, text: string): string {
    return styled(this.io.stderr, this.io.env, style, text);
  }

  paintOut(style: Style, text: string): string {
    return styled(this.io.stdout, this.io.env, style, text);
  }

  progress(): ProgressLine {
    return new ProgressLine({
      stream: this.io.stderr,
      now: this.io.now,
      json: this.json,
      quiet: this.options.quiet === true,
    });
  }
}
