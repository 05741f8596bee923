import type { LogLevel } from '../backup/automatic.ts';
import { backupFolders, configuredDestination, type Destination } from '../backup/destination.ts';
import { type Config, loadConfig, portableConfig } from '../config.ts';
import type { Embedder } from '../embedding/embedder.ts';
import { MemportError, toMemportError } from '../errors.ts';
import { type Home, makeHome } from '../home.ts';
import type { Store } from '../store/store.ts';
import type { Keys, Lock } from '../transfer/keys/keyring.ts';
import { packageVersion } from '../version.ts';
import { OpenedStore } from './opened-store.ts';
import { Plans } from './plans.ts';

export interface HostOptions {
  readonly home: Home;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
}

/** Told what happens in the server, besides the answer to a call. */
export type LogListener = (level: LogLevel, message: string) => void;

/** What all connections of one server process share: the home, its store, the plans that clients were shown. */
export class McpHost implements AsyncDisposable {
  readonly home: Home;
  readonly plans: Plans;
  readonly now: () => number;
  readonly env: HostOptions['env'];
  readonly #store: OpenedStore;
  readonly #listeners = new Set<LogListener>();
  #embedder: { readonly settings: string; readonly opened: Promise<Embedder | null> } | null = null;

  constructor({ home, env, now }: HostOptions) {
    this.home = home;
    this.now = now;
    this.plans = new Plans(now);
    this.env = env;
    this.#store = new OpenedStore(home.store, mode => this.#openStore(mode));
  }

  /** `memport x.y.z` */
  get generator(): string {
    return `memport ${packageVersion()}`;
  }

  /** The settings as they are now: a change of the file holds from the next call on. */
  config(): Config {
    return loadConfig(this.home.config, this.env).values;
  }

  /** The settings as an export carries them. */
  portableConfig(): Partial<Config> {
    return portableConfig(this.config());
  }

  /** Where backups go. */
  destination(): Destination {
    return configuredDestination(this.home, this.config().backup_destination, this.env);
  }

  /** Where backups are looked for. */
  backupFolders(): readonly Destination[] {
    return backupFolders(this.home, this.destination());
  }

  /** What backups are encrypted to; undefined where the settings don't want it. Nobody is asked. */
  async backupLock(signal?: AbortSignal): Promise<Lock | undefined> {
    const { lockOfSettings } = await import('../backup/lock-of-settings.ts');
    return lockOfSettings(this.config(), this.#keySources(signal));
  }

  /** Runs `work` on the store, which stays open. */
  withStore<T>(mode: 'create' | 'existing', work: (store: Store) => Promise<T>): Promise<T> {
    return this.#store.use(mode, work);
  }

  /** The configured embedder, opened once for the same settings. A configuration that gives none is told to the log. */
  async embedder(): Promise<Embedder | null> {
    const config = this.config();
    const settings = JSON.stringify(Object.entries(config).filter(([name]) => name.startsWith('embedding_')));
    if (this.#embedder?.settings !== settings) {
      const opened = import('../embedding/open.ts').then(({ openEmbedder }) =>
        openEmbedder(config, this.#surroundings()),
      );
      this.#embedder = { settings, opened };
    }
    try {
      return await this.#embedder.opened;
    } catch (error) {
      this.#embedder = null;
      this.log('warning', `no vectors can be made: ${toMemportError(error).message}`);
      return null;
    }
  }

  /** The embedder that made vectors of this label; null where there is none any more. */
  async embedderOf(label: string): Promise<Embedder | null> {
    const { openByLabel } = await import('../embedding/open.ts');
    return openByLabel(label, this.config(), this.#surroundings());
  }

  /** What may open encrypted files: the keys of the home and of the environment; nobody is asked. */
  async keys(signal?: AbortSignal): Promise<Keys> {
    const { openKeyring } = await import('../transfer/keys/keyring.ts');
    return openKeyring({ ...this.#keySources(signal), ask: async () => null });
  }

  #keySources(signal?: AbortSignal) {
    return { env: this.env, cwd: this.home.path, signal, keysFolder: this.home.keys };
  }

  #surroundings() {
    return { env: this.env, models: this.home.models };
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

  /** Opens the store once more, for who works beside the calls and closes it. */
  openStore(): Promise<Store> {
    return this.#openStore('existing');
  }

  async #openStore(mode: 'create' | 'existing'): Promise<Store> {
    const { openStore } = await import('../store/open.ts');
    if (mode === 'create') await makeHome(this.home);
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
