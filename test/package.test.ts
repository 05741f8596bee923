import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveInstalled } from './registry.ts';
import { writeTinyModel } from './support/tiny-model.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const oldNode = findOldNode();

function findOldNode(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/bin', '/usr/bin'];
  return folders
    .map(folder => join(folder, 'node'))
    .filter(path => existsSync(path))
    .find(
      path => Number.parseInt(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.slice(1), 10) < 24,
    );
}

/** What a user's install gets, by the lock: the dependencies, with theirs. */
function runtimePackages(): readonly string[] {
  return Object.entries<{ dev?: boolean }>(lock.packages)
    .filter(([path, entry]) => path.startsWith('node_modules/') && !entry.dev && existsSync(join(root, path)))
    .map(([path]) => path.slice('node_modules/'.length));
}

describe('the package', () => {
  let scratch = '';
  let tarball: string;
  let names: readonly string[];

  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'memport-package-'));
    if (!existsSync(join(root, 'dist/index.js')))
      throw new Error('dist/ is missing: run `npm run build` first');
    // Without scripts, so that dist/ is not built anew under the other tests.
    const args = ['pack', '--ignore-scripts', '--pack-destination', scratch];
    const output = execFileSync('npm', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    tarball = join(scratch, output.trim());
    names = execFileSync('tar', ['tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
  });

  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('holds the program, its types and its papers, and nothing else', () => {
    for (const name of [
      'package.json',
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'bin/memport.js',
      'dist/index.js',
    ]) {
      expect(names).toContain(`package/${name}`);
    }
    const others = names.filter(name => !/^package\/(bin|dist|docs)\/|^package\/[^/]+$/.test(name));
    expect(others).toEqual([]);
    const strays = names.filter(name => /node_modules|\.test\.|(?<!\.d)\.ts$|\.map$|\.db$/.test(name));
    expect(strays).toEqual([]);
  });

  it('exports what its manifest names', () => {
    const { types, default: entry } = manifest.exports['.'];
    expect(names).toContain(`package/${types.slice(2)}`);
    expect(names).toContain(`package/${entry.slice(2)}`);
    expect(manifest.bin).toEqual({ memport: 'bin/memport.js' });
  });

  it('runs when it is installed elsewhere, with no network', async () => {
    const prefix = join(scratch, 'prefix');
    await using registry = await serveInstalled(join(root, 'node_modules'), runtimePackages());
    const env = {
      ...process.env,
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
      npm_config_cache: join(scratch, 'cache'),
      npm_config_registry: registry.url,
      npm_config_prefix: prefix,
      MEMPORT_HOME: join(scratch, 'home'),
    };
    await run('npm', ['install', '-g', tarball, '--no-audit', '--no-fund'], { env, cwd: scratch });
    // Builds for other machines are optional and not here; nothing else may have been asked for.
    expect(registry.missing.filter(path => !/^sqlite-vec-/.test(path))).toEqual([]);

    const memport = join(prefix, 'bin/memport');
    const version = await run(memport, ['--version'], { env, cwd: scratch });
    expect(version.stdout.trim()).toBe(manifest.version);
    await run(memport, ['add', 'The package works when it is installed', '--json'], { env, cwd: scratch });
    const found = await run(memport, ['search', 'package installed', '--json'], { env, cwd: scratch });
    expect(found.stdout).toContain('The package works when it is installed');

    // An optional package that is installed beside it, as `npm install --global` puts it there.
    const folder = join(scratch, 'tiny');
    writeTinyModel(folder);
    const model = { ...env, MEMPORT_EMBEDDING_PROVIDER: 'transformers', MEMPORT_EMBEDDING_MODEL: folder };
    const without = await run(memport, ['add', 'the cat sat'], { env: model, cwd: scratch });
    expect(without.stderr).toContain('npm install --global @huggingface/transformers');
    const peer = join(root, 'node_modules/@huggingface/transformers');
    mkdirSync(join(prefix, 'lib/node_modules/@huggingface'));
    symlinkSync(peer, join(prefix, 'lib/node_modules/@huggingface/transformers'));
    const engine = pathToFileURL(join(root, 'test/support/wasm-engine.js')).href;
    const beside = { env: { ...model, NODE_OPTIONS: `--import ${engine}` }, cwd: scratch };
    expect((await run(memport, ['add', 'the dog ran'], beside)).stderr).not.toContain('vectors');
    expect((await run(memport, ['status'], beside)).stdout).toMatch(/1 of tiny@[0-9a-f]{8} \(4\)/);

    const library = join(prefix, 'lib/node_modules/memport/dist/index.js');
    const script = `console.log(Object.keys(await import(${JSON.stringify(library)})).length > 0)`;
    const exported = await run(process.execPath, ['--input-type=module', '-e', script], {
      env,
      cwd: scratch,
    });
    expect(exported.stdout.trim()).toBe('true');
  });
});

describe('an older Node', () => {
  it.skipIf(!oldNode)('gets one clear line and exit code 1', () => {
    const { status, stdout, stderr } = spawnSync(oldNode ?? '', [join(root, 'bin/memport.js'), '--version'], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^memport: needs Node 24 or newer, this is v\d+\.\d+\.\d+\. Install a newer Node from https:\/\/nodejs\.org\n$/,
    );
  });
});

describe('the lock', () => {
  // npm 10 takes a package with a binding.gyp for one to compile unless its lock says no; `npm install` drops that line: put it back.
  it('says that better-sqlite3 comes built', () => {
    expect(lock.packages['node_modules/better-sqlite3'].gypfile).toBe(false);
  });

  // protobufjs compares version numbers and prints a warning, and comes with what is for tests alone.
  it('lets no dependency run scripts but the one that fetches Node', () => {
    const scripted = Object.entries<{ hasInstallScript?: boolean; dev?: boolean }>(lock.packages).filter(
      ([, entry]) => entry.hasInstallScript,
    );
    expect(scripted.map(([path]) => path)).toEqual(['node_modules/node', 'node_modules/protobufjs']);
    expect(scripted.every(([, entry]) => entry.dev)).toBe(true);
  });
});
