import type { Config } from '../config.ts';
import { MemportError } from '../errors.ts';
import type { OnProgress } from '../model/progress.ts';
import type { Embedder } from './embedder.ts';
import { HASHING_MODEL, hashingEmbedder } from './hashing.ts';
import { endpointOf, keyFor } from './http/endpoint.ts';
import type { HttpOptions } from './http/http-embedder.ts';
import type { ImportPackage } from './transformers/load-package.ts';

/** The settings that say which embedder there is. */
export type EmbedderSettings = Pick<
  Config,
  | 'embedding_provider'
  | 'embedding_model'
  | 'embedding_url'
  | 'embedding_dimensions'
  | 'embedding_timeout'
  | 'embedding_offline'
>;

/** What an embedder finds around it. */
export interface Surroundings {
  /** Keys, and whether the tools of Hugging Face are to stay offline. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that keeps downloaded models. */
  readonly models: string;
  /** Told of the download of a model. */
  readonly onProgress?: OnProgress | undefined;
  readonly load?: ImportPackage | undefined;
  readonly sleep?: HttpOptions['sleep'];
}

/**
 * The embedder of a configuration; null for `none`. Nothing is loaded, downloaded or asked before the first text. Throws
 * MemportError for a configuration that can't be meant: no address, no model of that name, a folder without a model.
 */
export async function openEmbedder(
  settings: EmbedderSettings,
  surroundings: Surroundings,
): Promise<Embedder | null> {
  const { embedding_provider: provider, embedding_model: model } = settings;
  if (provider === 'none') return null;
  if (provider === 'hashing') return hashingEmbedder();
  if (provider === 'transformers')
    return openTransformers(model, isOffline(settings, surroundings), surroundings);
  if (model === '') {
    throw new MemportError(
      'usage',
      'embedding_model is not set, and a server has no model of its own accord',
      {
        hint: 'memport config set embedding_model <the name that the server gives it>',
      },
    );
  }
  return openHttp(model, settings.embedding_dimensions || null, settings, surroundings);
}

/**
 * An embedder for the vectors that another configuration has made, by the label that they carry: the built-in one, another
 * model of the configured server, or one that has been downloaded before. Nothing is downloaded for it. null where there is none.
 */
export async function openByLabel(
  label: string,
  settings: EmbedderSettings,
  surroundings: Surroundings,
): Promise<Embedder | null> {
  if (label === HASHING_MODEL) return hashingEmbedder();
  if (settings.embedding_provider === 'http') return openHttp(label, null, settings, surroundings);
  const { isFolderName } = await import('./transformers/model-place.ts');
  if (!/^[\w.-]+\/[\w.-]+$/.test(label) || isFolderName(label)) return null;
  return openTransformers(label, true, surroundings);
}

async function openHttp(
  model: string,
  dimensions: number | null,
  settings: EmbedderSettings,
  { env, sleep }: Surroundings,
): Promise<Embedder> {
  const endpoint = endpointOf(settings.embedding_url);
  const { HttpEmbedder } = await import('./http/http-embedder.ts');
  const timeoutMs = settings.embedding_timeout * 1000;
  return new HttpEmbedder({ endpoint, model, key: keyFor(endpoint, env), dimensions, timeoutMs, sleep });
}

async function openTransformers(
  model: string,
  offline: boolean,
  surroundings: Surroundings,
): Promise<Embedder> {
  const { findModel } = await import('./transformers/model-place.ts');
  const { TransformersEmbedder } = await import('./transformers/transformers-embedder.ts');
  const { models: cache, env, onProgress, load } = surroundings;
  return new TransformersEmbedder({
    place: await findModel(model),
    cache,
    offline,
    hub: env.HF_ENDPOINT,
    onProgress,
    load,
  });
}

function isOffline(settings: EmbedderSettings, { env }: Surroundings): boolean {
  const isSet = (text: string | undefined): boolean => /^(1|true|yes|on)$/i.test(text ?? '');
  return settings.embedding_offline || isSet(env.HF_HUB_OFFLINE) || isSet(env.TRANSFORMERS_OFFLINE);
}
