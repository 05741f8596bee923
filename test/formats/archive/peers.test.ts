import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { isMissing, PYTHON } from '../../support/programs.ts';
import { archiveOf, headerOf, readBytes, smallSample, temporaryFolder, vectorsOf } from './samples.ts';

let folder: string;
let path: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  path = join(folder, 'archive.tar.gz');
  await writeFile(path, await archiveOf(smallSample()));
});

/** Runs a program that must say nothing on standard error. */
function run(program: string, args: readonly string[], cwd = folder): string {
  const ended = spawnSync(program, args, { cwd, encoding: 'utf8' });
  expect(ended.stderr).toBe('');
  expect(ended.status).toBe(0);
  return ended.stdout;
}

describe('other programs read an archive', () => {
  test('gzip, GNU tar and sha256sum', () => {
    run('gzip', ['-t', path]);
    const listed = run('tar', ['--full-time', '-tvzf', path]);
    expect(listed.split('\n')).toHaveLength(10);
    expect(listed).toMatch(/^-rw------- 0\/0 +\d+ 2026-03-04 05:06:07 portable_backup\/manifest.json$/m);
    run('tar', ['-xzf', path]);
    const checked = run(
      'sha256sum',
      ['--strict', '-c', 'metadata/checksums.sha256'],
      join(folder, 'portable_backup'),
    );
    expect(checked.match(/: OK$/gm)).toHaveLength(7);
  });

  test.skipIf(isMissing('bsdtar'))('bsdtar, which also finds nothing odd in the npz', () => {
    expect(run('bsdtar', ['-tf', path]).split('\n')).toHaveLength(10);
    run('bsdtar', ['-xf', path]);
    const npz = join(folder, 'portable_backup/memories/embeddings.npz');
    expect(run('bsdtar', ['-tf', npz]).trim().split('\n')).toEqual([
      'ids.npy',
      'embeddings.npy',
      'ids.1.npy',
      'embeddings.1.npy',
    ]);
  });

  test.skipIf(isMissing('bsdtar'))(
    'and what tar and bsdtar pack again is read, members in the old order',
    async () => {
      run('tar', ['-xzf', path]);
      const members = run('tar', ['-tzf', path]).trim().split('\n');
      for (const [program, ...args] of [
        ['tar', '--format=gnu'],
        ['tar', '--format=pax'],
        ['tar', '--format=ustar'],
        ['bsdtar', '--format=pax'],
        ['bsdtar', '--format=gnutar'],
      ] as const) {
        const again = join(folder, 'again.tar.gz');
        run(program, [...args, '-czf', again, ...members]);
        expect((await readBytes(await readFile(again))).items, args.join()).toHaveLength(19);
      }
    },
  );

  test.skipIf(isMissing('python3'))("Python's tarfile", () => {
    const script = `import tarfile,sys; t=tarfile.open(sys.argv[1]); print([(m.name, m.mode, m.uid, m.uname) for m in t][0])`;
    expect(run('python3', ['-W', 'error', '-c', script, path])).toBe(
      "('portable_backup/manifest.json', 384, 0, '')\n",
    );
  });

  test.skipIf(isMissing(PYTHON, ['-c', 'import numpy']))('numpy without pickle, vectors bit for bit', () => {
    run('tar', ['-xzf', path]);
    const script = `
import numpy, sys, json
z = numpy.load(sys.argv[1], allow_pickle=False)
print(json.dumps({k: [str(z[k].dtype), z[k].shape, z[k].tobytes().hex()] for k in z.files}))`;
    const npz = 'portable_backup/memories/embeddings.npz';
    const found = JSON.parse(run(PYTHON, ['-W', 'error', '-c', script, npz]));
    const sample = smallSample();
    for (const [index, group] of headerOf(sample).memoryVectors.entries()) {
      const suffix = index === 0 ? '' : `.${index}`;
      const vectors = vectorsOf(sample, 'memory', group);
      const ids = Buffer.from(vectors.map(({ id }) => id).join('')).toString('hex');
      const data = Buffer.concat(vectors.map(({ bytes }) => bytes)).toString('hex');
      expect(found[`ids${suffix}`]).toEqual(['|S36', [4], ids]);
      expect(found[`embeddings${suffix}`]).toEqual(['float32', [4, group.dimensions], data]);
    }
  });
});
