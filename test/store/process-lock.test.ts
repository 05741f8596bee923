import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tryProcessLock } from '../../src/store/process-lock.ts';
import { scratch } from '../support/cli.ts';

const MODULE = fileURLToPath(new URL('../../src/store/process-lock.ts', import.meta.url));

test('one owner at a time, also within one process; free again when it is disposed of', () => {
  const path = join(scratch(), 'lock');
  {
    using held = tryProcessLock(path);
    expect(held).not.toBeNull();
    expect(tryProcessLock(path)).toBeNull();
  }
  using again = tryProcessLock(path);
  expect(again).not.toBeNull();
  expect(statSync(path).size).toBe(0);
});

test('dies with its owner', async () => {
  const path = join(scratch(), 'lock');
  const script = `import { tryProcessLock } from ${JSON.stringify(MODULE)};
globalThis.lock = tryProcessLock(${JSON.stringify(path)});
console.log(globalThis.lock === null ? 'busy' : 'held');
setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  expect(line.toString()).toBe('held\n');
  expect(tryProcessLock(path)).toBeNull();
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  using freed = tryProcessLock(path);
  expect(freed).not.toBeNull();
});

test('a folder that is not there is an error, not a lock', () => {
  expect(() => tryProcessLock(join(scratch(), 'missing', 'lock'))).toThrow(/directory|open/);
});
