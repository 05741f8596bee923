import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { MemportError } from '../../errors.ts';
import type { OnProgress } from '../../model/progress.ts';
import type { Embedder } from '../embedder.ts';
import { type ImportPackage, loadPackage, type Transformers } from './load-package.ts';
import { type ModelPlace, PAPERS } from './model-place.ts';
import { loadNetwork, type Network } from './network.ts';

export interface TransformersOptions {
  readonly place: ModelPlace;
  /** The folder that keeps downloaded models. */
  readonly cache: string;
  /** Nothing is downloaded. */
  readonly offline: boolean;
  /** Where models come from, in place of https://huggingface.co. */
  readonly hub?: string | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly load?: ImportPackage | undefined;
}

const TEXTS = 16;

/**
 * An embedder that runs a model on this machine, by `@huggingface/transformers`. Package and model are loaded with the
 * first texts; a model that is not there yet is downloaded then. Throws MemportError: `not_found` for a package or a model
 * that is missing, `network` for a download that failed, `failed` for a model that does not work.
 */
export class TransformersEmbedder implements Embedder {
  readonly #options: TransformersOptions;
  #network: Promise<Network> | null = null;
  #dimensions: number | null = null;

  constructor(options: TransformersOptions) {
    this.#options = options;
  }

  get model(): string {
    return this.#options.place.label;
  }

  get dimensions(): number | null {
    return this.#dimensions;
  }

  async embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    signal?.throwIfAborted();
    if (texts.length === 0) return [];
    const network = await this.#load(signal);
    const vectors: Float32Array[] = [];
    for (let start = 0; start < texts.length; start += TEXTS) {
      await setImmediate();
      signal?.throwIfAborted();
      vectors.push(...(await network(texts.slice(start, start + TEXTS))));
    }
    this.#dimensions = vectors[0]?.length ?? null;
    return vectors;
  }

  /** What failed is tried again the next time. */
  async #load(signal: AbortSignal | undefined): Promise<Network> {
    this.#network ??= this.#open(signal);
    try {
      return await this.#network;
    } catch (error) {
      this.#network = null;
      throw error;
    }
  }

  async #open(signal: AbortSignal | undefined): Promise<Network> {
    const { place, cache, offline, load } = this.#options;
    const isThere = place.isFolder || isCached(cache, place);
    if (offline && !isThere) throw this.#notCached();
    const transformers = await loadPackage(load);
    if (!isThere) await mkdir(cache, { recursive: true, mode: 0o700 });
    configure(transformers, this.#options, signal);
    const received = new Map<string, readonly [number, number]>();
    const onBytes = (file: string, loaded: number, total: number): void => {
      if (isThere) return;
      received.set(file, [loaded, total]);
      this.#report(received);
    };
    try {
      return await loadNetwork(transformers, place, { cache, offline, onBytes });
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof MemportError ? error : this.#loadFailure(error, isThere);
    }
  }

  #report(received: ReadonlyMap<string, readonly [number, number]>): void {
    let [done, total] = [0, 0];
    for (const [loaded, size] of received.values()) {
      done += loaded;
      total += size;
    }
    this.#options.onProgress?.({ phase: 'downloading the model', done, total, unit: 'bytes' });
  }

  #notCached(): MemportError {
    const { label } = this.#options.place;
    return new MemportError(
      'not_found',
      `the model ${label} has not been downloaded yet, and memport is to stay offline`,
      {
        hint: 'memport config set embedding_offline false, then memport embed; or set embedding_model to a folder that holds it',
      },
    );
  }

  #loadFailure(cause: unknown, wasThere: boolean): MemportError {
    const { place, cache } = this.#options;
    const why = messageOf(cause);
    if (!wasThere) {
      return new MemportError('network', `the model ${place.label} can't be downloaded: ${why}`, {
        hint: 'try again later with memport embed; or set embedding_model to a folder that holds it',
        cause,
      });
    }
    const folder = place.isFolder ? place.source : join(cache, place.source);
    return new MemportError('failed', `the model in ${folder} can't be loaded: ${why}`, {
      hint: place.isFolder ? 'get it again' : `remove that folder, and memport embed downloads it again`,
      cause,
    });
  }
}

function isCached(cache: string, { source, subfolder }: ModelPlace): boolean {
  return [...PAPERS, join(subfolder, 'model.onnx')].every(name => existsSync(join(cache, source, name)));
}

/** The package keeps these for the whole process, and asks some of them where it does not look at its options. */
function configure(
  transformers: Transformers,
  options: TransformersOptions,
  signal: AbortSignal | undefined,
): void {
  const { env, LogLevel } = transformers;
  env.logLevel = LogLevel.NONE;
  env.cacheDir = options.cache;
  env.allowRemoteModels = !options.offline;
  if (options.hub) env.remoteHost = options.hub.replace(/\/*$/, '/');
  env.fetch = (input, init) => fetch(input, signal === undefined ? init : { ...init, signal });
}

function messageOf(error: unknown): string {
  const causes = error instanceof Error && error.cause instanceof Error ? [error, error.cause] : [error];
  const texts = causes.map(cause => (cause instanceof Error ? cause.message : String(cause)));
  return texts.join(': ').replace(/\s+/g, ' ').slice(0, 300);
}
