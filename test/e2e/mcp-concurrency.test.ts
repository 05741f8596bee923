import { expect, test } from 'vitest';
import { startBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { type Connected, connectBinary } from '../support/mcp.ts';
import { linesOf } from '../support/stores.ts';

/** By hand with 2000; here so many that it does not take long. */
const CALLS = Number(process.env.MEMPORT_TEST_CALLS ?? 240);
const FROM_CLI = 10;

test('two servers and a command line on one store: nothing is lost, and nobody hears of a lock', async () => {
  const home = scratch();
  const servers = [await connectBinary(home), await connectBinary(home)];
  const kept = new Map<string, string>();
  const texts: string[] = [];
  const store = async (server: Connected, content: string): Promise<string> => {
    const { data, text } = await server.call('store_memory', { content });
    texts.push(text);
    return (data.memory as { id: string }).id;
  };
  /** Stores, finds, changes and now and then deletes, with several calls under way at once. */
  const work = async (server: Connected, name: string, calls: number): Promise<void> => {
    for (let n = 0; n < calls; n += 5) {
      const content = `${name} ${n}`;
      const id = await store(server, content);
      const changed = `${content} changed`;
      const [update, search, list] = await Promise.all([
        server.call('update_memory', { id, content: changed }),
        server.call('search_memories', { query: content, limit: 3 }),
        server.call('list_memories', { limit: 3 }),
      ]);
      texts.push(update.text, search.text, list.text);
      expect({ id, failed: [update, search, list].filter(({ isError }) => isError) }).toEqual({
        id,
        failed: [],
      });
      if (n % 4 === 3) texts.push((await server.call('delete_memory', { id })).text);
      else kept.set(id, changed);
    }
  };
  const commands = async (): Promise<void> => {
    for (let n = 0; n < FROM_CLI; n++) {
      const { code, stdout, stderr } = await startBinary(['add', `command ${n}`], home).ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: 'remembered\n' });
      kept.set(stdout.toString().trim(), `command ${n}`);
    }
  };
  await Promise.all([
    ...servers.flatMap((server, s) => [0, 1].map(w => work(server, `server ${s} worker ${w}`, CALLS / 4))),
    commands(),
  ]);
  expect(texts.filter(text => /locked/.test(text))).toEqual([]);
  const found = (await linesOf(home)).map(line => JSON.parse(line) as { id: string; content: string });
  expect(new Map(found.map(({ id, content }) => [id, content]))).toEqual(kept);
  for (const server of servers)
    expect(await server.ok('list_memories', { limit: 1 })).toMatchObject({ total: kept.size });
}, 600_000);
