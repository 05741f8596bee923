import { readFileSync } from 'node:fs';

/** One folder up both in the sources and in the package. */
const MANIFEST = new URL('../package.json', import.meta.url);

/** The version in package.json. */
export function packageVersion(manifest: URL = MANIFEST): string {
  const found: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  if (typeof found === 'object' && found !== null && 'version' in found) return String(found.version);
  throw new Error('package.json has no version');
}
