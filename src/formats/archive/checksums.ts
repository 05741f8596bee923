import { damaged } from './damage.ts';

/** A file as `sha256sum` writes it: hexadecimal digest, two spaces, name, newline. */
export function checksumsText(sums: ReadonlyMap<string, string>): string {
  return [...sums].map(([name, sha256]) => `${sha256}  ${name}\n`).join('');
}

/**
 * Proves that a checksum list names exactly the members of `sums`, each with its sum. Throws `integrity` for a missing
 * or additional line, a name that stands twice, a wrong sum and a line that is not one.
 */
export function checkChecksums(text: string, sums: ReadonlyMap<string, string>): void {
  const listed = new Map<string, string>();
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const found = /^([0-9a-f]{64}) [ *](?:\.\/)?(.+)$/.exec(line);
    const [, sha256 = '', name = ''] = found ?? [];
    if (!found || listed.has(name)) throw damaged('The checksum list of the archive can not be read.');
    listed.set(name, sha256);
  }
  for (const [name, sha256] of sums) {
    const expected = listed.get(name);
    if (expected === undefined) throw damaged(`The checksum list of the archive lacks ${name}.`);
    if (expected !== sha256) throw damaged(`${name} does not match its checksum: the archive is damaged.`);
  }
  if (listed.size > sums.size)
    throw damaged('The checksum list of the archive names files that are not there.');
}
