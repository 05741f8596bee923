import { damaged } from '../archive/damage.ts';
import type { MemberReader } from '../archive/tar/member-reader.ts';
import type { TarReader } from '../archive/tar/tar-reader.ts';
import { printable } from '../printable.ts';

export const FLAT_MEMBERS = ['memories.json', 'embeddings.npz', 'manifest.json', 'checksums.sha256'] as const;
export type FlatName = (typeof FLAT_MEMBERS)[number];

export interface FlatMember {
  readonly name: FlatName;
  readonly data: MemberReader;
}

/** The members of the original's archive in any order, each at most once, at the root or in one top folder. */
export async function* flatMembers(tar: TarReader): AsyncGenerator<FlatMember> {
  const seen = new Set<FlatName>();
  let folder: string | null = null;
  for (;;) {
    const data = await tar.next();
    if (data === null) return;
    const [, above = '', base = ''] = /^(?:\.\/)*((?:[^/]+\/)?)([^/]+)$/.exec(data.name) ?? [];
    const name = FLAT_MEMBERS.find(known => known === base);
    folder ??= above;
    if (name === undefined || above !== folder)
      throw damaged(`The archive holds ${printable(data.name)}, which does not belong to it.`);
    if (seen.has(name)) throw damaged(`The archive holds ${name} twice.`);
    seen.add(name);
    yield { name, data };
  }
}
