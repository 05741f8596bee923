import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SealedSpool } from '../src/sealed-spool.ts';

async function contentOf(spool: SealedSpool): Promise<Buffer> {
  const pages: Buffer[] = [];
  for await (const page of spool.pages()) pages.push(Buffer.from(page));
  return Buffer.concat(pages);
}

it('gives back what was written at any place, in any order', async () => {
  const write = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), size: fc.nat(150_000) });
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 12 }), async writes => {
      await using spool = await SealedSpool.open();
      let expected = Buffer.alloc(0);
      for (const { at, size } of writes) {
        const position = Math.floor(at * expected.length);
        const [one, two] = [randomBytes(size), randomBytes(size % 7)];
        await spool.writev([one, two], position);
        const grown = Buffer.alloc(Math.max(expected.length, position + size + two.length));
        expected.copy(grown);
        one.copy(grown, position);
        two.copy(grown, position + size);
        expected = grown;
      }
      expect(spool.size).toBe(expected.length);
      expect((await contentOf(spool)).equals(expected)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

it('appends, and refuses gaps', async () => {
  await using spool = await SealedSpool.open();
  await spool.appendFile(Buffer.from('one '));
  await spool.appendFile(Buffer.from('two'));
  await expect(spool.write(Buffer.from('x'), 0, 1, 100)).rejects.toThrow(RangeError);
  expect((await contentOf(spool)).toString()).toBe('one two');
});

/** The descriptors of this process that lead to memport's temporary files. */
function spoolDescriptors(): readonly string[] {
  return readdirSync('/proc/self/fd')
    .map(fd => `/proc/self/fd/${fd}`)
    .filter(path => {
      try {
        return readlinkSync(path).includes('/memport-');
      } catch {
        return false;
      }
    });
}

it.skipIf(process.platform !== 'linux')('has no name and nothing readable on the disk', async () => {
  const secret = 'the sentinel of the spool '.repeat(10_000);
  const before = new Set(spoolDescriptors());
  await using spool = await SealedSpool.open();
  await spool.appendFile(Buffer.from(secret));
  expect((await contentOf(spool)).toString()).toBe(secret);
  const [path = ''] = spoolDescriptors().filter(descriptor => !before.has(descriptor));
  expect(readlinkSync(path)).toContain('(deleted)');
  const onDisk = readFileSync(path);
  expect(onDisk.length).toBeGreaterThan(secret.length);
  expect(onDisk.includes('sentinel')).toBe(false);
});
