import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from './stage.ts';
import { count, digest } from './store-facts.ts';

const CODE = `/** Money as whole cents. */
export function parsePrice(text: string): bigint {
  return BigInt(text.replace('.', ''));
}
`;

export async function indexCode(stage: Stage, folder: string): Promise<void> {
  await stage.heading('6. Code: an index of it, carried along with the memories');
  await mkdir(join(folder, 'shop'));
  await writeFile(join(folder, 'shop', 'price.ts'), CODE);
  await stage.type('desk', ['index', 'shop']);
  const found = await stage.type('desk', ['search-code', 'parse price']);
  await stage.prove('a function is found by the parts of its name', found.stdout.includes('parsePrice'));
}

export async function backUp(stage: Stage): Promise<void> {
  await stage.heading('7. Backups: encrypted, proven, and damage is noticed');
  const before = await digest(stage, 'desk');
  await stage.type('desk', ['key', 'generate']);
  const first = (await stage.type('desk', ['backup', 'create', '--encrypt'])).stdout.trim();
  await stage.type('desk', ['add', 'Something that is not in the first backup.']);
  const second = (await stage.type('desk', ['backup', 'create', '--encrypt'])).stdout.trim();
  const bytes = await readFile(second);
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(second, bytes);
  await stage.say('One bit of the second backup is flipped:');
  const checked = await stage.type('desk', ['backup', 'verify', '--all']);
  await stage.prove('the damage is found: exit code 20', checked.code === 20);
  const restored = await stage.type('desk', ['restore', 'latest', '--yes']);
  await stage.prove(
    'the newest whole one is restored, the damaged one passed over',
    restored.code === 0 && (await digest(stage, 'desk')) === before,
  );
  await stage.type('desk', ['undo']);
  await stage.prove('and undo takes even that back', (await count(stage, 'desk')) === 32);
  await stage.say(
    `Without memport: age --decrypt -i desk/keys/identity.txt ${first.split('/').at(-1)} | tar xz`,
  );
}

export async function writeMarkdown(stage: Stage, folder: string): Promise<void> {
  await stage.heading('8. Markdown: to read, to edit, and back');
  await stage.type('desk', ['export', 'notes', '--format', 'markdown']);
  const page = join(folder, 'notes', 'thesis', 'workflow.md');
  const text = await readFile(page, 'utf8');
  await writeFile(page, text.replaceAll('never by hand', 'never, ever by hand'));
  await stage.say('Two words are written into notes/thesis/workflow.md, as in any editor.');
  const back = await stage.type('desk', ['import', 'notes']);
  const contents = (await stage.type('desk', ['list', '--all', '--json'], 'nothing')).stdout;
  await stage.prove(
    'the edit came in, and nothing else changed',
    back.code === 0 && contents.includes('never, ever by hand') && back.stdout.includes('1 updated'),
  );
}
