import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';

function complete(script: string, words: readonly string[]): string[] {
  const program = `${script}\nCOMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _memport; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return spawnSync('bash', ['-c', program], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
}

test('bash completes commands, sub-commands and options', async () => {
  const script = await ok(['completion', 'bash'], { home: scratch() });
  expect(complete(script, ['memport', 'ex'])).toEqual(['export']);
  expect(complete(script, ['memport', 'config', 'u'])).toEqual(['unset']);
  expect(complete(script, ['memport', '--json', 'import', '--merge'])).toEqual(['--merge-strategy']);
  expect(complete(script, ['memport', 'export', '--no-em'])).toEqual(['--no-embeddings']);
});

test('zsh and fish get a script of their own', async () => {
  expect(await ok(['completion', 'zsh'], { home: scratch() })).toMatch(/^autoload -U \+X bashcompinit/);
  const fish = await ok(['completion', 'fish'], { home: scratch() });
  expect(fish).toContain("complete -c memport -n '__fish_seen_subcommand_from export' -l format");
  expect(fish).toContain('-a import');
  expect((await memport(['completion', 'tcsh'], { home: scratch() })).code).toBe(2);
});
