import { expect, it } from 'vitest';
import { parseFile } from '../../src/code-index/parse-file.ts';

const KEY = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;

it('a file of age keys is left out under any name, and code that has one in it is not', async () => {
  for (const text of [KEY, `# created: today\n# public key: age1x\n${KEY}\n`, `${KEY}\r\n\r\n${KEY}\r\n`])
    expect(await parseFile('keys/identity.txt', Buffer.from(text))).toBe('secret key');
  expect(await parseFile('a.py', Buffer.from(`KEY = "${KEY}"\n`))).toMatchObject({ language: 'python' });
  expect(await parseFile('a.md', Buffer.from(`A key:\n\n${KEY}\n`))).toMatchObject({ language: 'markdown' });
});
