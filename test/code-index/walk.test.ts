import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IgnoreRules } from '../../src/code-index/ignore-rules.ts';
import { type Visit, walk, walkFrom } from '../../src/code-index/walk.ts';
import { place, tree } from './tree.ts';

async function gather(walking: AsyncIterable<Visit>): Promise<readonly Visit[]> {
  const visits: Visit[] = [];
  for await (const visit of walking) visits.push(visit);
  return visits;
}

async function files(root: string): Promise<readonly string[]> {
  const visits = await gather(walk(root, new IgnoreRules(root)));
  return visits.map(visit => (visit.type === 'file' ? visit.path : `${visit.path} (${visit.type})`));
}

describe('what a walk finds', () => {
  it('are files in the order of names, hidden ones too', async () => {
    const root = tree({ 'b/c.py': '', 'b/a.py': '', 'a.py': '', '.github/x.yml': '', 'b.py': '' });
    expect(await files(root)).toEqual(['a.py', 'b.py', '.github/x.yml', 'b/a.py', 'b/c.py']);
  });

  it('is nothing of version control, of others and of secrets', async () => {
    const root = tree({
      '.git/HEAD': '',
      'sub/.git/config': '',
      '.hg/x': '',
      'node_modules/a/index.js': '',
      'x/node_modules/a.js': '',
      '.env': '',
      '.env.example': '',
      'keys/id_ed25519': '',
      'a.pem': '',
      'a.py': '',
    });
    expect(await files(root)).toEqual(['.env.example', 'a.py']);
    place(root, '.memportignore', '!node_modules/\n!.env\n');
    expect(await files(root)).toEqual([
      '.env',
      '.env.example',
      '.memportignore',
      'a.py',
      'node_modules/a/index.js',
      'x/node_modules/a.js',
    ]);
  });

  it('is what is asked for, also inside of what would be left out', async () => {
    const root = tree({
      '.git/HEAD': 'ref: refs/heads/x',
      '.gitignore': 'out/',
      'node_modules/a/b.js': '',
      'out/c.js': '',
    });
    expect(await files(join(root, 'node_modules', 'a'))).toEqual(['b.js']);
    expect(await files(join(root, 'out'))).toEqual(['c.js']);
  });

  it('obeys rules of each folder, the deeper and the later ones before', async () => {
    const root = tree({
      '.gitignore': '*.log\n/top.py\nbuild/\n*.tmp\n',
      '.memportignore': '!keep.log\n',
      'a.log': '',
      'keep.log': '',
      'top.py': '',
      'sub/top.py': '',
      'sub/.gitignore': '!a.tmp\n/local.py\n',
      'sub/a.tmp': '',
      'sub/b.tmp': '',
      'sub/local.py': '',
      'sub/deep/local.py': '',
      'build/.gitignore': '!x.py',
      'build/x.py': '',
      'lib/build/y.py': '',
      'back/.gitignore': '!build/\n',
      'back/build/z.py': '',
    });
    expect(await files(root)).toEqual([
      '.gitignore',
      '.memportignore',
      'keep.log',
      'back/.gitignore',
      'back/build/z.py',
      'sub/.gitignore',
      'sub/a.tmp',
      'sub/top.py',
      'sub/deep/local.py',
    ]);
  });

  it('obeys the rules of the git tree around the folder', async () => {
    const root = tree({
      '.git/HEAD': 'ref: refs/heads/main',
      '.git/info/exclude': 'private.py\n',
      '.gitignore': '/packages/a/gen/\n*.log\n',
      'packages/.gitignore': 'tmp/\n',
      'packages/a/gen/x.py': '',
      'packages/a/tmp/x.py': '',
      'packages/a/private.py': '',
      'packages/a/a.log': '',
      'packages/a/b.py': '',
    });
    expect(await files(join(root, 'packages', 'a'))).toEqual(['b.py']);
  });

  it('are no links, pipes and lists of versions', async () => {
    const root = tree({ 'a.py': '', 'package-lock.json': '{}', 'x.min.js': '' });
    symlinkSync('.', join(root, 'loop'));
    symlinkSync('/etc', join(root, 'out'));
    symlinkSync('a.py', join(root, 'same.py'));
    execFileSync('mkfifo', [join(root, 'pipe.py')]);
    const visits = await gather(walk(root, new IgnoreRules(root)));
    const reasons = visits.map(visit =>
      visit.type === 'skipped' ? `${visit.path}: ${visit.reason}` : visit.path,
    );
    expect(reasons).toEqual([
      'a.py',
      'loop: symbolic link',
      'out: symbolic link',
      'package-lock.json: generated',
      'pipe.py: no regular file',
      'same.py: symbolic link',
      'x.min.js: generated',
    ]);
  });

  it.skipIf(process.getuid?.() === 0)('says which folders it could not read', async () => {
    const root = tree({ 'a.py': '', 'locked/b.py': '' });
    chmodSync(join(root, 'locked'), 0);
    expect(await files(root)).toEqual(['a.py', 'locked (unreadable)']);
    chmodSync(join(root, 'locked'), 0o700);
  });

  it('says that a folder is gone', async () => {
    expect(await files(join(tree({}), 'gone'))).toEqual([' (unreadable)']);
  });

  it('ends when it is told to', async () => {
    const root = tree({ 'a.py': '' });
    await expect(gather(walk(root, new IgnoreRules(root), AbortSignal.abort()))).rejects.toThrow();
  });
});

it('walks from some paths alone', async () => {
  const root = tree({
    '.gitignore': 'out/',
    'a.py': '',
    'b/c.py': '',
    'b/d.py': '',
    'out/e.py': '',
    'f.py': '',
  });
  mkdirSync(join(root, 'empty'));
  const paths = ['b', 'b/c.py', 'a.py', 'gone.py', 'out/e.py', 'out', 'empty'];
  const visits = await gather(walkFrom(root, paths, new IgnoreRules(root)));
  expect(visits.map(({ path }) => path)).toEqual(['b/c.py', 'b/d.py', 'a.py']);
});
