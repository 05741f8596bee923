import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';
import { EmbeddingServer, problem } from '../../support/embedding-server.ts';
import { Hub } from '../../support/hub.ts';
import { tinyFiles, writeTinyModel } from '../../support/tiny-model.ts';
import '../../support/wasm-engine.js';

interface StatusJson {
  readonly vectors: readonly {
    readonly model: string;
    readonly dimensions: number;
    readonly count: number;
  }[];
  readonly embedding_model: string | null;
  readonly pending_vectors: number;
  readonly mixed_vectors: number;
}

const status = async (home: string): Promise<StatusJson> =>
  JSON.parse(await ok(['status', '--json'], { home })) as StatusJson;
const settle = async (home: string, settings: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, value] of Object.entries(settings)) await ok(['config', 'set', name, value], { home });
};
const search = async (home: string, query: string) => {
  const { code, stdout, stderr } = await memport(['search', query, '--json'], { home });
  const lines = stdout.split('\n').filter(Boolean);
  const contents = lines.map(line => (JSON.parse(line) as { memory: { content: string } }).memory.content);
  return { code, contents, stderr };
};

/** A home with memories by the built-in model, and a server for another one. */
async function homeOf() {
  let isDown = false;
  const server = await EmbeddingServer.start({
    trouble: () => (isDown ? problem(400, 'out of order') : null),
  });
  const home = scratch();
  for (const text of ['Prices are in cents.', 'Vents open at 27 degrees.', 'The thesis is due in April.'])
    await ok(['add', text], { home });
  await settle(home, { embedding_provider: 'http', embedding_url: server.url, embedding_model: 'one' });
  const setDown = (down: boolean) => {
    isDown = down;
  };
  return { home, server, setDown, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test('until the swap the old vectors stay and are searched by their own model', async () => {
  await using it = await homeOf();
  expect(await status(it.home)).toMatchObject({
    vectors: [{ model: 'memport-hash-384-v1', dimensions: 384, count: 3 }],
    embedding_model: 'one',
    pending_vectors: 3,
    mixed_vectors: 3,
  });
  // No word in common: only the likeness of the built-in model can find it.
  const found = await search(it.home, 'pricing');
  expect(found).toMatchObject({ code: 0, stderr: '' });
  expect(found.contents[0]).toBe('Prices are in cents.');
  await ok(['add', 'Pricing is reviewed yearly.'], { home: it.home });
  const both = (await search(it.home, 'pricing')).contents;
  expect(both.slice(0, 2).toSorted()).toEqual(['Prices are in cents.', 'Pricing is reviewed yearly.']);
});

test('embed --all swaps them at once, and a failure leaves the old ones', async () => {
  await using it = await homeOf();
  const before = await status(it.home);
  it.setDown(true);
  expect(await memport(['embed', '--all'], { home: it.home })).toMatchObject({
    code: 26,
    stderr: expect.stringContaining('out of order'),
  });
  expect(await status(it.home)).toEqual(before);
  it.setDown(false);
  expect(await ok(['embed', '--all'], { home: it.home })).toBe('3 embedded, 0 unchanged, 0 pending');
  expect(await status(it.home)).toMatchObject({
    vectors: [{ model: 'one', dimensions: 3, count: 3 }],
    pending_vectors: 0,
    mixed_vectors: 0,
  });
});

test('embed --model is kept in the settings once it is done, not before', async () => {
  await using it = await homeOf();
  await ok(['embed', '--all'], { home: it.home });
  const model = () => ok(['config', 'get', 'embedding_model'], { home: it.home });
  it.setDown(true);
  expect((await memport(['embed', '--all', '--model', 'two'], { home: it.home })).code).toBe(26);
  expect(await model()).toBe('one');
  it.setDown(false);
  const { code, stderr } = await memport(['embed', '--all', '--model', 'two'], {
    home: it.home,
    env: { MEMPORT_EMBEDDING_MODEL: 'one' },
  });
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(/embedding_model is two\n.*MEMPORT_EMBEDDING_MODEL/s),
  ]);
  expect(await model()).toBe('two');
  expect(await ok(['embed', '--model', 'two'], { home: it.home })).toBe('0 embedded, 3 unchanged, 0 pending');
  expect(it.server.asked.at(-1)?.request.model).toBe('two');
});

test.each([
  [['--model', 'other'], {}, /the provider hashing has no model "other"/],
  [['--model', './folder'], { MEMPORT_EMBEDDING_PROVIDER: 'transformers' }, /whole path/],
  [['--model', '/nowhere'], { MEMPORT_EMBEDDING_PROVIDER: 'transformers' }, /no such folder/],
])('embed %j is refused before anything is made', async (args, env, message) => {
  const home = scratch();
  await ok(['add', 'x'], { home });
  const { code, stderr } = await memport(['embed', '--all', ...args], { home, env });
  expect(code).not.toBe(0);
  expect(stderr).toMatch(message);
  expect(await status(home)).toMatchObject({ vectors: [{ model: 'memport-hash-384-v1' }] });
});

test('vectors that nobody can search by any more are named; text still finds the memory', async () => {
  const home = scratch();
  const folder = join(scratch(), 'tiny');
  writeTinyModel(folder);
  await settle(home, { embedding_provider: 'transformers', embedding_model: folder });
  await ok(['add', 'the cat sat home'], { home });
  const [{ model } = { model: '' }] = (await status(home)).vectors;
  expect(model).toMatch(/^tiny@/);
  expect((await search(home, 'cat')).stderr).toBe('');
  await settle(home, { embedding_provider: 'hashing' });
  const found = await search(home, 'cat');
  expect(found.contents).toEqual(['the cat sat home']);
  expect(found.stderr).toContain(`the vectors of ${model} can't be searched by`);
  expect(found.stderr).toContain('memport embed --all');
  await ok(['embed', '--all'], { home });
  expect((await search(home, 'cat')).stderr).toBe('');
});

test('a model of the hub is downloaded with progress, by the first memory', async () => {
  await using hub = await Hub.start('owner/fresh-model', tinyFiles());
  const home = scratch();
  await settle(home, { embedding_provider: 'transformers', embedding_model: 'owner/fresh-model' });
  let time = 0;
  // A clock on which everything takes long, so that progress is shown.
  const now = () => {
    time += 10_000;
    return time;
  };
  const { code, stderr } = await memport(['add', 'the cat'], { home, now, env: { HF_ENDPOINT: hub.url } });
  expect([code, stderr]).toEqual([0, expect.stringContaining('downloading the model')]);
  expect(await status(home)).toMatchObject({
    vectors: [{ model: 'owner/fresh-model', dimensions: 4, count: 1 }],
  });
});

test('an embedder that is down costs the search its vectors, not its answer', async () => {
  await using it = await homeOf();
  await ok(['embed', '--all'], { home: it.home });
  it.setDown(true);
  const found = await search(it.home, 'cents');
  expect(found).toMatchObject({ code: 0, contents: ['Prices are in cents.'] });
  expect(found.stderr).toMatch(/vectors of one can't be searched by: .*out of order/);
});
