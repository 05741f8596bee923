import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { openSource } from '../../formats/detect.ts';
import type { Io } from '../io.ts';
import { DEMO_MEMORIES } from './memories.ts';
import { backUp, indexCode, writeMarkdown } from './safety.ts';
import { Stage } from './stage.ts';
import { count, digest } from './store-facts.ts';

/** Plays everything once in a folder of its own. Resolves to whether every proof held. */
export async function runDemo(io: Io, keep: boolean): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'memport-demo-'));
  try {
    const stage = new Stage(io, folder);
    await stage.say(
      `Everything happens in ${folder}, with a home for each of three machines: desk, laptop, server.`,
    );
    await remember(stage);
    await exportBoth(stage, folder);
    await importBoth(stage);
    await changeBothSides(stage);
    await mergeBack(stage);
    await indexCode(stage, folder);
    await backUp(stage);
    await writeMarkdown(stage, folder);
    await stage.heading(stage.proven ? 'All proofs held.' : 'A proof FAILED: please report this.');
    if (keep) await stage.say(`Left for you to look around: memport list --home ${join(folder, 'desk')}`);
    return stage.proven;
  } finally {
    if (!keep) await rm(folder, { recursive: true, force: true });
  }
}

async function remember(stage: Stage): Promise<void> {
  await stage.heading('1. Remember: thirty memories in three projects');
  const codes: number[] = [];
  for (const [i, args] of DEMO_MEMORIES.entries()) {
    codes.push((await stage.type('desk', ['add', ...args], i < 3 ? 'all' : 'nothing')).code);
  }
  await stage.say(`… and ${DEMO_MEMORIES.length - 3} more`);
  await stage.type('desk', ['projects']);
  await stage.type('desk', ['search', 'database replication', '--limit', '3']);
  await stage.prove(
    'all thirty were stored',
    codes.every(code => code === 0) && (await count(stage, 'desk')) === 30,
  );
}

async function exportBoth(stage: Stage, folder: string): Promise<void> {
  await stage.heading('2. Export: an archive with everything, and JSON');
  await stage.type('desk', ['export', 'memories.tar.gz']);
  await stage.type('desk', ['export', 'memories.json']);
  await stage.say(
    'The first member of the archive says what is in it: tar xzOf memories.tar.gz portable_backup/manifest.json',
  );
  await using source = await openSource(join(folder, 'memories.tar.gz'));
  await stage.say(JSON.stringify(source.header, null, 2));
  await stage.prove(
    'the archive declares the digest of the store',
    source.header.content_digest === (await digest(stage, 'desk')),
  );
}

async function importBoth(stage: Stage): Promise<void> {
  await stage.heading('3. Move: the archive into one empty store, the JSON into another');
  await stage.type('laptop', ['import', 'memories.tar.gz']);
  await stage.type('server', ['import', 'memories.json']);
  const [desk, laptop, server] = [
    await digest(stage, 'desk'),
    await digest(stage, 'laptop'),
    await digest(stage, 'server'),
  ];
  await stage.type('desk', ['status', '--digest'], 'command');
  await stage.say(desk);
  await stage.prove(
    'the laptop, from the archive, has the same content digest',
    laptop === desk && desk !== '',
  );
  await stage.prove('the server, from JSON, has the same content digest', server === desk);
  await stage.type('laptop', ['import', 'memories.json']);
  await stage.prove('importing again changes nothing', (await digest(stage, 'laptop')) === desk);
}

async function changeBothSides(stage: Stage): Promise<void> {
  await stage.heading('4. Both sides go on: edits here and there, some of the same memory');
  const [price, vents, due] = [
    await find(stage, 'Prices'),
    await find(stage, 'Vents'),
    await find(stage, 'thesis is due'),
  ];
  await stage.type('laptop', ['update', price, '--content', 'Prices are stored in cents, as bigint.']);
  await stage.type('laptop', [
    'update',
    due,
    '--content',
    'The thesis is due on 2027-04-30; they gave us a month.',
  ]);
  await stage.type('laptop', ['add', 'Written on the laptop only.', '--project', 'thesis']);
  await stage.type('desk', ['update', due, '--importance', '0.2']);
  await stage.type('desk', ['update', vents, '--tag', 'climate']);
  await stage.type('desk', ['delete', await find(stage, 'Black Friday')]);
  await stage.type('laptop', ['export', 'laptop.tar.gz', '--json'], 'command');
}

async function mergeBack(stage: Stage): Promise<void> {
  await stage.heading('5. Merge: what the laptop knows comes back to the desk');
  await stage.say('First only to see what would happen; the counts are those of the real run.');
  const before = await digest(stage, 'desk');
  const tried = await stage.type('desk', ['import', 'laptop.tar.gz', '--dry-run']);
  await stage.prove('a dry run changes nothing', before === (await digest(stage, 'desk')));
  const real = await stage.type('desk', ['import', 'laptop.tar.gz']);
  const counts = (text: string): string => text.slice(text.lastIndexOf(': ')).trim();
  await stage.prove(
    'the real run did exactly what the dry run said',
    counts(tried.stdout) === counts(real.stdout),
  );
  const contents = (await stage.type('desk', ['list', '--all', '--json'], 'nothing')).stdout;
  await stage.prove("the laptop's newer text replaced the older one", contents.includes('as bigint'));
  await stage.prove(
    "the desk's newer edit was not overwritten",
    contents.includes('"importance":0.2') && !contents.includes('they gave us'),
  );
  await stage.prove(
    'what was only here and only there is here now',
    contents.includes('"climate"') && contents.includes('laptop only'),
  );
  await stage.prove(
    'no digit of 9007199254740993 or 2.50 was lost',
    contents.includes('"order":9007199254740993') && contents.includes('2.50'),
  );
}

async function find(stage: Stage, words: string): Promise<string> {
  const { stdout } = await stage.type('desk', ['search', words, '--limit', '1', '--json'], 'nothing');
  return z.object({ memory: z.object({ id: z.string() }) }).parse(JSON.parse(stdout)).memory.id;
}
