import type { Entry } from '../formats/archive/craft.ts';
import { archives, containers } from './crafted/archives.ts';
import type { Crafted } from './crafted/crafted.ts';
import { databases } from './crafted/databases.ts';
import { encrypted } from './crafted/encrypted.ts';
import { json } from './crafted/json.ts';
import { markdown } from './crafted/markdown.ts';
import { vectors } from './crafted/vectors.ts';

export interface Ingredients {
  /** Of a whole archive of `smallSample`. */
  readonly entries: Entry[];
  /** Opens with an identity of the home. */
  readonly recipient: string;
  /** A file that hostile ones may try to get at. */
  readonly canary: string;
}

export function craftedFiles({ entries, recipient, canary }: Ingredients): readonly Crafted[] {
  return [
    ...archives(entries),
    ...containers(entries),
    ...vectors(entries),
    ...encrypted(entries, recipient),
    ...databases(canary),
    ...json(),
    ...markdown(),
  ];
}
