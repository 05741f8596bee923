import { mkdirSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OutsideError, type PathRules, readablePath, writablePath } from '../../src/mcp/paths.ts';
import { scratch } from '../support/cli.ts';

function place(folders: readonly string[] = []): { rules: PathRules; home: string } {
  const home = realpathSync(scratch());
  mkdirSync(join(home, 'backups'));
  const rules = {
    home: { path: home, exports: join(home, 'exports'), backups: join(home, 'backups') },
    folders,
  };
  return { rules, home };
}

// What is refused is told in test/e2e/mcp-paths.test.ts; here is how the rules fit together.
describe('the rules of paths', () => {
  test('a name is one in the exports, which are made for the first file', async () => {
    const { rules, home } = place();
    expect(await writablePath('a.json', rules)).toBe(join(home, 'exports', 'a.json'));
    expect(statSync(join(home, 'exports')).mode & 0o777).toBe(0o700);
    writeFileSync(join(home, 'exports', 'a.json'), '');
    expect(await readablePath('a.json', rules)).toBe(join(home, 'exports', 'a.json'));
    await expect(writablePath('a.json', rules)).rejects.toThrow(/never replaced/);
  });

  test('a folder may be reached by a link as long as it is allowed where it is', async () => {
    const outside = realpathSync(scratch());
    const { rules, home } = place([outside]);
    symlinkSync(outside, join(home, 'backups', 'link'));
    expect(await writablePath(join(home, 'backups', 'link', 'x.json'), rules)).toBe(join(outside, 'x.json'));
    expect(await readablePath(outside, rules)).toBe(outside);
  });

  test('a folder whose name only begins like an allowed one is another one', async () => {
    const outside = realpathSync(scratch());
    const { rules } = place([join(outside, 'good')]);
    for (const name of ['good', 'good-not']) mkdirSync(join(outside, name));
    expect(await writablePath(join(outside, 'good', 'x'), rules)).toBe(join(outside, 'good', 'x'));
    await expect(writablePath(join(outside, 'good-not', 'x'), rules)).rejects.toThrow(OutsideError);
  });

  test('the root of the file system allows all but what the home keeps for itself', async () => {
    const outside = realpathSync(scratch());
    const { rules, home } = place(['/']);
    expect(await writablePath(join(outside, 'x'), rules)).toBe(join(outside, 'x'));
    for (const path of ['memport.db', 'keys/mcp-token', 'new'])
      await expect(readablePath(join(home, path), rules)).rejects.toThrow(OutsideError);
  });

  test('a tilde is the home of the user, in a path and in a setting', async () => {
    const { rules } = place(['~/no-such-folder-of-memport']);
    const told = await readablePath('~/x', rules).catch((error: Error) => error);
    expect(told).toBeInstanceOf(OutsideError);
    expect(told).toMatchObject({
      hint: expect.stringContaining(join(homedir(), 'no-such-folder-of-memport')),
    });
  });

  test('what is allowed and not there is said to be so', async () => {
    const { rules } = place();
    await expect(readablePath('x.json', rules)).rejects.toMatchObject({ code: 'not_found' });
    await expect(writablePath('no/x.json', rules)).rejects.toMatchObject({
      code: 'usage',
      message: /does not exist/,
    });
    writeFileSync(join(rules.home.backups, 'file'), '');
    await expect(readablePath(join(rules.home.backups, 'file', 'x'), rules)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('what is neither a file nor a folder is refused', async () => {
    const { rules } = place(['/dev']);
    await expect(readablePath('/dev/null', rules)).rejects.toThrow(/neither/);
  });
});
