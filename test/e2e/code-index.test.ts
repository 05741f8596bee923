import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { place, tree } from '../code-index/tree.ts';
import { runBinary, startBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { summaryOf } from '../support/stores.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/code', import.meta.url));

it('indexes sources of every language, nothing twice, and finds them', () => {
  const home = scratch();
  const first = runBinary(['index', FIXTURES, '--project', 'fixtures', '--json'], home);
  expect(first.code).toBe(0);
  const summary = summaryOf(first.stdout.toString());
  expect(summary).toMatchObject({
    unchanged: 0,
    skipped: {},
    unreadable: [],
    broken: ['broken.py'],
    pending_vectors: 0,
  });
  expect(Object.keys(summary.languages as object)).toEqual(
    'bash c cpp csharp go java javascript markdown php python ruby rust tsx typescript'.split(' '),
  );
  const second = runBinary(['index', FIXTURES, '--project', 'fixtures', '--json'], home);
  expect(summaryOf(second.stdout.toString())).toMatchObject({
    parsed: 0,
    unchanged: summary.files,
    units_changed: 0,
  });
  const found = runBinary(['search-code', 'ring', 'new', '--language', 'c'], home);
  expect(found.stdout.toString().split('\n')[0]).toBe('ring.c:21  ring_new  function · fixtures');
});

it('leaves a whole store when it is killed, and goes on from there', async () => {
  const home = scratch();
  const root = tree({});
  for (let n = 0; n < 60; n++) {
    const functions = Array.from({ length: 100 }, (_, m) => `def f${n}_${m}(): return ${m}\n`);
    place(root, `f${n}.py`, functions.join(''));
  }
  const { child, ended } = startBinary(['index', root, '--project', 'p'], home);
  const isKilled = new Promise<void>(resolve => {
    const look = (): void => {
      const { stdout } = runBinary(['status', '--json'], home);
      const units = stdout.length > 0 ? (summaryOf(stdout.toString()).code_units as number) : 0;
      if (units > 0 || child.exitCode !== null) {
        child.kill('SIGKILL');
        resolve();
      } else setTimeout(look, 1);
    };
    look();
  });
  await isKilled;
  await ended;
  const { code, stdout } = runBinary(['index', root, '--project', 'p', '--json'], home);
  expect(code).toBe(0);
  expect(summaryOf(stdout.toString())).toMatchObject({ files: 60, units: 6000 });
});

it('ends a watch on Ctrl-C with 130', async () => {
  const home = scratch();
  const { child, ended } = startBinary(['index', tree({ 'a.py': 'def a(): pass\n' }), '--watch'], home);
  child.stderr?.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('watching')) child.kill('SIGINT');
  });
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  expect(stdout.toString()).toContain('1 files, 1 units');
});
