import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGitState, withoutSecrets } from '../../src/code-index/git.ts';
import { place, tree } from './tree.ts';

const COMMIT = 'a1'.repeat(20);
const CONFIG =
  '[core]\n\tbare = false\n[remote "fork"]\n\turl = https://x.example/fork.git\n[remote "origin"]\n\turl = https://me:token@x.example/shop.git\n';

describe('the state of a git tree', () => {
  it('is read from its files, also from a folder inside', () => {
    const root = tree({
      '.git/HEAD': 'ref: refs/heads/feature/x\n',
      '.git/config': CONFIG,
      '.git/refs/heads/feature/x': `${COMMIT}\n`,
      'sub/a.py': '',
    });
    const state = { remote: 'https://x.example/shop.git', commit: COMMIT, branch: 'feature/x' };
    expect(readGitState(root)).toEqual(state);
    expect(readGitState(join(root, 'sub'))).toEqual(state);
  });

  it('finds packed refs and detached heads', () => {
    const root = tree({
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.git/packed-refs': `# pack-refs with: peeled\n${'b2'.repeat(20)} refs/heads/main2\n${COMMIT} refs/heads/main\n`,
    });
    expect(readGitState(root)).toEqual({ remote: null, commit: COMMIT, branch: 'main' });
    place(root, '.git/HEAD', `${COMMIT}\n`);
    expect(readGitState(root)).toEqual({ remote: null, commit: COMMIT, branch: null });
  });

  it('follows the file of an added work tree to the common folder', () => {
    const root = tree({
      'main/.git/HEAD': 'ref: refs/heads/main',
      'main/.git/config': CONFIG,
      'main/.git/refs/heads/topic': COMMIT,
      'main/.git/worktrees/wt/HEAD': 'ref: refs/heads/topic\n',
      'main/.git/worktrees/wt/commondir': '../..\n',
      'wt/.git': 'gitdir: ../main/.git/worktrees/wt\n',
    });
    expect(readGitState(join(root, 'wt'))).toEqual({
      remote: 'https://x.example/shop.git',
      commit: COMMIT,
      branch: 'topic',
    });
  });

  it('has nothing where the files say nothing', () => {
    const nothing = { remote: null, commit: null, branch: null };
    expect(readGitState(tree({ '.git/HEAD': '' }))).toEqual(nothing);
    expect(readGitState(tree({ '.git/HEAD': 'ref: refs/../../x' }))).toEqual(nothing);
    expect(readGitState(tree({ '.git/HEAD': 'ref: refs/heads/new' }))).toEqual({ ...nothing, branch: 'new' });
    const only = tree({ '.git/HEAD': 'x', '.git/config': '[remote "up"]\nurl = "/srv/x.git"\n' });
    expect(readGitState(only)).toEqual({ ...nothing, remote: '/srv/x.git' });
  });
});

it.each([
  ['https://user:pass@host/x.git', 'https://host/x.git'],
  ['https://token@host/x.git', 'https://host/x.git'],
  ['https://host/x.git?access_token=1#y', 'https://host/x.git'],
  ['ssh://git@host:22/x.git', 'ssh://host:22/x.git'],
  ['git@github.com:me/x.git', 'git@github.com:me/x.git'],
  ['me:pass@host:x.git', 'host:x.git'],
  ['/srv/a@b.git', '/srv/a@b.git'],
  ['https://user:p@ss@host/x.git', 'https://host/x.git'],
  ['hg::https://user:pass@host/x', 'hg::https://host/x'],
  ['git-remote-x::a::ssh://user:pass@host/x', 'git-remote-x::a::ssh://host/x'],
  ['ext::user:pass@host:x', 'ext::host:x'],
  ['//user:pass@host/x.git', '//host/x.git'],
  ['https://user:pa/ss@host/x.git', 'https://host/x.git'],
  ['https://host:8443/@scope/x.git', 'https://host:8443/@scope/x.git'],
  ['https://host/a@b:c/x@y.git', 'https://host/a@b:c/x@y.git'],
  ['ssh://[::1]:22/a@b', 'ssh://[::1]:22/a@b'],
  ['codecommit::eu-west-1://profile@repo', 'codecommit::eu-west-1://repo'],
])('the remote %s is kept as %s', (url, kept) => {
  expect(withoutSecrets(url)).toBe(kept);
});
