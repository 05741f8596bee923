import { printable } from '../printable.ts';
import { damaged } from './damage.ts';
import { MANIFEST, type MemberName } from './layout.ts';
import type { MemberReader } from './tar/member-reader.ts';
import type { TarReader } from './tar/tar-reader.ts';

export interface ArchiveMember {
  readonly name: MemberName;
  readonly data: MemberReader;
}

/** Walks the members of an archive, which must be exactly the expected ones in order, all below one top folder or none. */
export class ArchiveMembers {
  readonly #tar: TarReader;
  #prefix = '';

  constructor(tar: TarReader) {
    this.#tar = tar;
  }

  /** The manifest's data. It decides what follows, so it must be the first member. */
  async manifest(): Promise<MemberReader> {
    const data = await this.#tar.next();
    const found = /^((?:\.\/)*(?:[^/]+\/)?)manifest\.json$/.exec(data?.name ?? '');
    if (data === null || !found) throw damaged('The archive does not begin with its manifest.');
    this.#prefix = withoutDots(found[1] ?? '');
    return data;
  }

  /** The members after the manifest. */
  async *others(expected: readonly MemberName[]): AsyncGenerator<ArchiveMember> {
    for (const name of expected) {
      if (name === MANIFEST) continue;
      const data = await this.#tar.next();
      if (data === null) throw damaged(`The archive lacks ${name}: it is truncated, or not whole.`);
      if (withoutDots(data.name) !== `${this.#prefix}${name}`)
        throw damaged(`The archive has ${printable(data.name)} where ${name} must be.`);
      yield { name, data };
    }
    const more = await this.#tar.next();
    if (more !== null)
      throw damaged(`The archive holds ${printable(more.name)}, which does not belong to it.`);
  }
}

function withoutDots(name: string): string {
  return name.replace(/^(?:\.\/)+/, '');
}
