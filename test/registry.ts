import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

export interface Registry extends AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for and are not there. */
  readonly missing: readonly string[];
}

interface Served {
  readonly name: string;
  readonly version: string;
  readonly manifest: object;
  readonly tarball: Buffer;
}

/**
 * A package registry on loopback with what lies in a node_modules folder, so that an install needs no network.
 * `paths` are below that folder; a package that lies there in two versions is served in both.
 */
export async function serveInstalled(nodeModules: string, paths: readonly string[]): Promise<Registry> {
  const packages = Map.groupBy(
    paths.map(path => packInstalled(join(nodeModules, path))),
    packed => packed.name,
  );
  const missing: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const [, name, version] = /^tarball\/(.+)\/([^/]+)$/.exec(path) ?? [];
    const tarball = packages.get(name ?? '')?.find(packed => packed.version === version)?.tarball;
    const found = packages.get(path);
    if (found) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(packument(found, `http://${request.headers.host}/tarball`)));
    } else if (tarball) {
      response.end(tarball);
    } else {
      missing.push(path);
      response.statusCode = 404;
      response.end('{"error":"not found"}');
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    missing,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

/** Not by `npm pack`: a published package may hold files that its own manifest would leave out. */
function packInstalled(folder: string): Served {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const parts = ['-C', dirname(folder), folder.slice(dirname(folder).length + 1)];
  const tarball = execFileSync('tar', ['-cz', '--exclude', 'node_modules', ...parts], { maxBuffer: 2 ** 28 });
  return { name: manifest.name, version: manifest.version, manifest, tarball };
}

function packument(versions: readonly Served[], tarballs: string): object {
  return {
    name: versions[0]?.name,
    'dist-tags': { latest: versions[0]?.version },
    versions: Object.fromEntries(
      versions.map(({ name, version, manifest, tarball }) => [
        version,
        {
          ...manifest,
          dist: {
            tarball: `${tarballs}/${name}/${version}`,
            integrity: `sha512-${hash('sha512', tarball, 'base64')}`,
          },
        },
      ]),
    ),
  };
}
