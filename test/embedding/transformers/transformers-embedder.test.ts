import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findModel } from '../../../src/embedding/transformers/model-place.ts';
import {
  TransformersEmbedder,
  type TransformersOptions,
} from '../../../src/embedding/transformers/transformers-embedder.ts';
import type { Progress } from '../../../src/model/progress.ts';
import { scratch } from '../../support/cli.ts';
import { Hub } from '../../support/hub.ts';
import { TINY_LENGTH, TINY_WORDS, tinyFiles, tinyVector, writeTinyModel } from '../../support/tiny-model.ts';
import '../../support/wasm-engine.js';

function tinyFolder(file?: string): string {
  const folder = join(scratch(), 'tiny');
  writeTinyModel(folder, file);
  return folder;
}

async function embedderOf(
  model: string,
  options: Partial<TransformersOptions> = {},
): Promise<TransformersEmbedder> {
  return new TransformersEmbedder({
    place: await findModel(model),
    cache: join(scratch(), 'models'),
    offline: false,
    ...options,
  });
}

function expectVectors(vectors: readonly Float32Array[], texts: readonly string[]): void {
  expect(vectors).toHaveLength(texts.length);
  for (const [i, text] of texts.entries())
    for (const [j, value] of tinyVector(text).entries()) expect(vectors[i]?.[j]).toBeCloseTo(value, 6);
}

describe('a model in a folder', () => {
  test('gives the mean over the tokens, of length 1, whatever else is in the batch', async () => {
    const embedder = await embedderOf(tinyFolder(), { offline: true });
    expect(embedder.model).toMatch(/^tiny@[0-9a-f]{8}$/);
    expect(embedder.dimensions).toBeNull();
    const texts = ['the cat sat', 'dog', 'The DOG ran home', 'a word it does not know', 'home '];
    const together = await embedder.embed(texts);
    expectVectors(together, texts);
    expect(embedder.dimensions).toBe(4);
    for (const [i, text] of texts.entries()) expectVectors(await embedder.embed([text]), [texts[i] ?? '']);
    expect(await embedder.embed([])).toEqual([]);
  });

  test('a text that is too long loses its end and keeps its separator', async () => {
    const embedder = await embedderOf(tinyFolder());
    const long = Array.from({ length: 5000 }, (_, n) => TINY_WORDS[4 + (n % 6)]).join(' ');
    const exact = Array.from({ length: TINY_LENGTH - 2 }, () => 'cat').join(' ');
    expectVectors(await embedder.embed([long, 'cat', exact]), [long, 'cat', exact]);
  });

  test('many texts go through in order', async () => {
    const embedder = await embedderOf(tinyFolder());
    const texts = Array.from(
      { length: 50 },
      (_, n) => `${TINY_WORDS[4 + (n % 6)]} ${TINY_WORDS[4 + (n % 5)]}`,
    );
    expectVectors(await embedder.embed(texts), texts);
  });

  test('the network may lie in the folder itself, or be a quantised one', async () => {
    for (const file of ['model.onnx', 'onnx/model_quantized.onnx', 'model_quantized.onnx'])
      expectVectors(await (await embedderOf(tinyFolder(file))).embed(['the cat']), ['the cat']);
  });

  test('token vectors may have the other name that exports give them; a network without any is no model for this', async () => {
    const folder = join(scratch(), 'tiny');
    writeTinyModel(folder, 'onnx/model.onnx', 'token_embeddings');
    expectVectors(await (await embedderOf(folder)).embed(['the cat']), ['the cat']);
    writeTinyModel(folder, 'onnx/model.onnx', 'odd');
    await expect((await embedderOf(folder)).embed(['the cat'])).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('gives no vectors of tokens'),
    });
  });

  test('what sentence-transformers keeps beside a model is followed', async () => {
    const folder = tinyFolder();
    writeFileSync(join(folder, 'sentence_bert_config.json'), '{"max_seq_length": 4, "do_lower_case": false}');
    const short = await embedderOf(folder);
    expectVectors(await short.embed(['the cat sat home']), ['the cat']);
    mkdirSync(join(folder, '1_Pooling'));
    writeFileSync(join(folder, '1_Pooling/config.json'), '{"pooling_mode_cls_token": true}');
    const [first, second] = await (await embedderOf(folder)).embed(['the cat', 'dog ran']);
    // Every text begins with the same token, and this network does not mix tokens.
    expect(first).toEqual(second);
  });

  test.each([
    ['config.json', 'not_found'],
    ['tokenizer.json', 'not_found'],
    ['onnx/model.onnx', 'not_found'],
  ])('without %s is none', async (name, code) => {
    const folder = tinyFolder();
    rmSync(join(folder, name));
    await expect(findModel(folder)).rejects.toMatchObject({
      code,
      message: `${folder} holds no model: ${name} is missing`,
      hint: expect.stringContaining('onnx/model.onnx'),
    });
  });

  test('that is no folder is none', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'file'), '');
    await expect(findModel(join(folder, 'file'))).rejects.toThrow(/it is no folder/);
    await expect(findModel(join(folder, 'gone'))).rejects.toThrow(/there is no such folder/);
  });

  test('that is damaged says so, and is read again the next time', async () => {
    const folder = tinyFolder();
    const place = await findModel(folder);
    writeFileSync(join(folder, 'onnx/model.onnx'), 'no network');
    const embedder = new TransformersEmbedder({ place, cache: scratch(), offline: false });
    await expect(embedder.embed(['cat'])).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining(`the model in ${folder} can't be loaded`),
    });
    writeTinyModel(folder);
    expectVectors(await embedder.embed(['cat']), ['cat']);
  });

  test('an abort ends the work between batches', async () => {
    const embedder = await embedderOf(tinyFolder());
    await expect(embedder.embed(['cat'], AbortSignal.abort())).rejects.toThrow(/abort/i);
    const controller = new AbortController();
    const embedding = embedder.embed(
      Array.from({ length: 2000 }, () => 'cat'),
      controller.signal,
    );
    controller.abort();
    await expect(embedding).rejects.toThrow(/abort/i);
  });
});

describe('a model of the hub', () => {
  const NAME = 'owner/tiny-model';

  test('is downloaded once, with progress, and then works offline', async () => {
    const cache = join(scratch(), 'models');
    const steps: Progress[] = [];
    await using hub = await Hub.start(NAME, tinyFiles());
    const options = { cache, hub: hub.url, onProgress: (progress: Progress) => void steps.push(progress) };
    const embedder = await embedderOf(NAME, options);
    expect(embedder.model).toBe(NAME);
    expectVectors(await embedder.embed(['the cat']), ['the cat']);
    expect(steps.at(-1)).toMatchObject({ phase: 'downloading the model', unit: 'bytes' });
    expect(steps.at(-1)?.done).toBe(steps.at(-1)?.total);
    expect(readdirSync(cache)).toEqual(['owner']);
    const before = hub.asked.length;
    steps.length = 0;
    for (const offline of [false, true])
      expectVectors(await (await embedderOf(NAME, { ...options, offline })).embed(['dog']), ['dog']);
    expect(hub.asked.slice(before)).toEqual([]);
    expect(steps).toEqual([]);
  });

  test('that was damaged in the cache is named with its folder', async () => {
    const cache = join(scratch(), 'models');
    for (const [name, content] of tinyFiles()) {
      mkdirSync(join(cache, NAME, 'onnx'), { recursive: true });
      writeFileSync(join(cache, NAME, name), name.endsWith('.onnx') ? 'half' : content);
    }
    const embedder = await embedderOf(NAME, { cache, offline: true });
    await expect(embedder.embed(['cat'])).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining(join(cache, NAME)),
      hint: expect.stringContaining('remove that folder'),
    });
  });

  test('that is on a hub that is away says why', async () => {
    const hub = await Hub.start(NAME, tinyFiles());
    const embedder = await embedderOf('owner/away-model', { hub: hub.url });
    await hub[Symbol.asyncDispose]();
    await expect(embedder.embed(['cat'])).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('that can’t be had says what to do, and nothing half is left to be taken for it', async () => {
    const cache = join(scratch(), 'models');
    await using hub = await Hub.start('owner/other', tinyFiles());
    const embedder = await embedderOf('owner/missing-model', { cache, hub: hub.url });
    await expect(embedder.embed(['cat'])).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining("owner/missing-model can't be downloaded"),
      hint: expect.stringContaining('embedding_model'),
    });
    const offline = await embedderOf('owner/missing-model', { cache, offline: true });
    await expect(offline.embed(['cat'])).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('has not been downloaded yet'),
    });
  });

  test('an abort ends a download', async () => {
    const controller = new AbortController();
    const cache = join(scratch(), 'models');
    await using hub = await Hub.start('owner/slow-model', tinyFiles());
    const embedder = await embedderOf('owner/slow-model', {
      cache,
      hub: hub.url,
      onProgress: () => controller.abort(),
    });
    await expect(embedder.embed(['cat'], controller.signal)).rejects.toThrow(/abort/i);
  });
});

describe('the package', () => {
  test('that is not installed is named with the command', async () => {
    const missing = Object.assign(
      new Error("Cannot find package '@huggingface/transformers' imported from /x"),
      {
        code: 'ERR_MODULE_NOT_FOUND',
      },
    );
    const embedder = await embedderOf(tinyFolder(), { load: () => Promise.reject(missing) });
    await expect(embedder.embed(['cat'])).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('is not installed'),
      hint: expect.stringContaining('npm install --global @huggingface/transformers'),
    });
  });

  test.each([new Error('its engine is missing'), 'odd'])('that is broken says why: %s', async error => {
    const embedder = await embedderOf(tinyFolder(), { load: () => Promise.reject(error) });
    await expect(embedder.embed(['cat'])).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining(error instanceof Error ? error.message : error),
    });
  });
});

const REAL = process.env.MEMPORT_TEST_MODEL;
test.skipIf(!REAL)(
  `a real model, in the folder MEMPORT_TEST_MODEL (${REAL ?? 'not set: skipped'})`,
  async () => {
    const embedder = await embedderOf(REAL ?? '', { offline: true });
    const [query, near, far] = await embedder.embed([
      'How much does the product cost?',
      'The price is nine dollars.',
      'Vents open at 27 degrees.',
    ]);
    const cosine = (a: Float32Array | undefined, b: Float32Array | undefined): number =>
      [...(a ?? [])].reduce((sum, x, i) => sum + x * (b?.[i] ?? 0), 0);
    expect(cosine(query, query)).toBeCloseTo(1, 4);
    expect(cosine(query, near)).toBeGreaterThan(cosine(query, far) + 0.1);
  },
);
