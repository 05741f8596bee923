import { type Config, exportedConfig, loadConfig } from '../config.ts';
import type { Embedder } from '../embedding/embedder.ts';
import { MemportError, toMemportError } from '../errors.ts';
import { type Home, makeHome } from '../home.ts';
import type { Store } from '../store/store.ts';
import { packageVersion } from '../version.ts';
import { OpenedStore } from './opened-store.ts';
import { Plans } from './plans.ts';

export interface HostOptions {
  readonly home: Home;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
}

export type LogLevel = 'info' | 'warning' | 'error';

/** Told what happens in the server, besides the answer to a call. */
export type LogListener = (level: LogLevel, message: string) => void;

/** What all connections of one server process share: the home, its store, the plans that clients were shown. */
export class McpHost implements AsyncDisposable {
  readonly home: Home;
  readonly plans: Plans;
  readonly now: () => number;
  readonly #env: HostOptions['env'];
  readonly #store: OpenedStore;
  readonly #listeners = new Set<LogListener>();
  #embedder: { readonly provider: string; readonly opened: Promise<Embedder | null> } | null = null;

  constructor({ home, env, now }: HostOptions) {
    this.home = home;
    this.now = now;
    this.plans = new Plans(now);
    this.#env = env;
    this.#store = new OpenedStore(home.store, mode => this.#openStore(mode));
  }

  /** `memport x.y.z` */
  get generator(): string {
    return `memport ${packageVersion()}`;
  }

  /** The settings as they are now: a change of the file holds from the next call on. */
  config(): Config {
    return loadConfig(this.home.config, this.#env).values;
  }

  /** The settings as an export carries them. */
  exportedConfig(): ReturnType<typeof exportedConfig> {
    return exportedConfig(this.config());
  }

  /** Runs `work` on the store, which stays open. */
  withStore<T>(mode: 'create' | 'existing', work: (store: Store) => Promise<T>): Promise<T> {
    return this.#store.use(mode, work);
  }

  /** The configured embedder, opened once. */
  async embedder(): Promise<Embedder | null> {
    const provider = this.config().embedding_provider;
    if (this.#embedder?.provider !== provider) {
      const opened = import('../embedding/open.ts').then(({ openEmbedder }) => openEmbedder(provider));
      this.#embedder = { provider, opened };
    }
    return this.#embedder.opened;
  }

  log(level: LogLevel, message: string): void {
    for (const listener of this.#listeners) listener(level, message);
  }

  /** Disposing of what it returns ends it. */
  onLog(listener: LogListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Waits for the transactions that were asked for before. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async #openStore(mode: 'create' | 'existing'): Promise<Store> {
    const { openStore } = await import('../store/open.ts');
    if (mode === 'create') makeHome(this.home);
    const busyTimeoutMs = this.config().store_busy_timeout * 1000;
    try {
      return await openStore({ path: this.home.store, create: mode === 'create', busyTimeoutMs });
    } catch (error) {
      const { code, message } = toMemportError(error);
      if (code !== 'not_found') throw error;
      throw new MemportError(code, message, {
        hint: 'Nothing is stored here yet: store_memory and import_memories make the store. If the user expected memories, the server was started with another home.',
        cause: error,
      });
    }
  }
}
