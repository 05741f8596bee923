import { readFileSync } from 'node:fs';

/** The version in package.json, which lies one folder up both in the sources and in the package. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const found: unknown = JSON.parse(text);
  if (typeof found === 'object' && found !== null && 'version' in found) return String(found.version);
  throw new Error('package.json has no version');
}
