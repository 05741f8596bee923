import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { HASHING_MODEL } from '../../src/embedding/hashing.ts';
import { type EmbedderSettings, openByLabel, openEmbedder } from '../../src/embedding/open.ts';
import { scratch } from '../support/cli.ts';
import { EmbeddingServer, serverVector } from '../support/embedding-server.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const DEFAULTS = loadConfig('/nowhere/memport.json', {}).values;
const settings = (parts: Partial<EmbedderSettings>): EmbedderSettings => ({ ...DEFAULTS, ...parts });
const NOTHING = { env: {}, models: '/nowhere/models' };
const HTTP = settings({
  embedding_provider: 'http',
  embedding_url: 'http://localhost:1',
  embedding_model: 'm',
});

describe('openEmbedder', () => {
  it('opens what the configuration names, and asks nobody for it', async () => {
    const model = async (parts: Partial<EmbedderSettings>) =>
      (await openEmbedder(settings(parts), NOTHING))?.model;
    expect(await model({})).toBe(HASHING_MODEL);
    expect(await model({ embedding_provider: 'none' })).toBeUndefined();
    expect(await model(HTTP)).toBe('m');
    expect(await model({ embedding_provider: 'transformers' })).toBe('Xenova/all-MiniLM-L6-v2');
    expect(await model({ embedding_provider: 'transformers', embedding_model: 'a/b' })).toBe('a/b');
  });

  it('asks the configured server with the key and the dimensions', async () => {
    await using server = await EmbeddingServer.start({ key: 'k' });
    const parts = { ...HTTP, embedding_url: server.url, embedding_dimensions: 5 };
    const embedder = await openEmbedder(parts, { ...NOTHING, env: { MEMPORT_EMBEDDING_API_KEY: 'k' } });
    expect(await embedder?.embed(['one'])).toEqual([serverVector('one', 5)]);
  });

  it.each([
    [{ ...HTTP, embedding_url: '' }, 'usage', /embedding_url is not set/],
    [{ ...HTTP, embedding_model: '' }, 'usage', /embedding_model is not set/],
    [
      settings({ embedding_provider: 'transformers', embedding_model: '/nowhere/model' }),
      'not_found',
      /no such folder/,
    ],
    [settings({ embedding_provider: 'transformers', embedding_model: 'a b' }), 'usage', /no name of a model/],
  ])('refuses what can’t be meant: %j', async (parts, code, message) => {
    await expect(openEmbedder(parts, NOTHING)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [{ HF_HUB_OFFLINE: '1' }, false],
    [{ TRANSFORMERS_OFFLINE: 'true' }, false],
    [{}, true],
  ])('stays offline where it is told to: %j', async (env, embedding_offline) => {
    const parts = settings({ embedding_provider: 'transformers', embedding_offline });
    const embedder = await openEmbedder(parts, { env, models: scratch() });
    await expect(embedder?.embed(['one'])).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('stay offline'),
      hint: expect.stringContaining('embedding_offline false'),
    });
  });
});

describe('openByLabel', () => {
  it('finds who made vectors before', async () => {
    expect((await openByLabel(HASHING_MODEL, HTTP, NOTHING))?.model).toBe(HASHING_MODEL);
    expect((await openByLabel('older', HTTP, NOTHING))?.model).toBe('older');
    expect((await openByLabel('a/b', DEFAULTS, NOTHING))?.model).toBe('a/b');
  });

  it('downloads nothing for it', async () => {
    const embedder = await openByLabel('a/b', DEFAULTS, { env: {}, models: scratch() });
    await expect(embedder?.embed(['one'])).rejects.toThrow(/stay offline/);
  });

  it.each(['all-MiniLM-L6-v2', '/etc/passwd', '../x', 'mine@12345678', 'a/b/c', ''])(
    'knows nobody for %j',
    async label => {
      expect(await openByLabel(label, DEFAULTS, NOTHING)).toBeNull();
    },
  );
});

it('a folder is a model by its content, whatever it is called', async () => {
  const [one, two] = [join(scratch(), 'model'), join(scratch(), 'model')];
  writeTinyModel(one);
  writeTinyModel(two, 'onnx/model_quantized.onnx');
  const label = async (folder: string) =>
    (await openEmbedder(settings({ embedding_provider: 'transformers', embedding_model: folder }), NOTHING))
      ?.model;
  expect(await label(one)).toMatch(/^model@[0-9a-f]{8}$/);
  expect(await label(two)).toBe(await label(one));
});
