import { createHash, type Hash } from 'node:crypto';
import { MAX_MANIFEST_BYTES, MAX_RECORD_BYTES } from '../../../model/limits.ts';
import { recordIndent } from '../../json/record-indent.ts';
import { type Fragment, RecordSplitter } from '../../json/record-splitter.ts';
import { printable } from '../../printable.ts';
import { damaged } from '../damage.ts';
import {
  CODE_UNIT_VECTORS,
  CODE_UNITS,
  MANIFEST,
  MEMBERS,
  MEMORIES,
  MEMORY_VECTORS,
  PROJECTS,
} from '../layout.ts';
import type { SalvageContainer } from './salvage-container.ts';
import { type SalvagedPiece, SalvageMembers } from './salvage-members.ts';
import type { NpzPlace } from './vector-rows.ts';

/** Of the original's flat archives. */
const FLAT = ['memories.json', 'embeddings.npz', 'checksums.sha256'] as const;
type KnownName = (typeof MEMBERS)[number] | (typeof FLAT)[number];
const IS_FLAT: ReadonlySet<KnownName> = new Set(FLAT);
const TEXTS: ReadonlySet<KnownName | null> = new Set([MEMORIES, PROJECTS, CODE_UNITS, 'memories.json']);

/** What a scan learned beside the records. */
export class SalvageNotes {
  readonly npz = new Map<string, NpzPlace>();
  readonly sums = new Map<string, string>();
  manifest: Buffer | null = null;
  readonly around: Buffer[] = [];
  isFlat = false;
  hasMembers = false;
  gaps = 0;
  strangers = 0;
}

export interface SalvagedFragment {
  readonly fragment: Fragment;
  /** null where no header says so. */
  readonly member: KnownName | null;
}

/** Goes through an archive of which parts are missing, for the fragments of its files of records. */
export async function* scanFragments(
  container: SalvageContainer,
  notes: SalvageNotes,
  signal?: AbortSignal,
): AsyncGenerator<readonly SalvagedFragment[]> {
  const scan = new Scan(notes);
  const members = new SalvageMembers();
  for await (const chunk of container.chunks(signal)) {
    const found = members.push(chunk).flatMap(piece => scan.piece(piece));
    if (found.length > 0) yield found;
  }
  const found = [...members.end().flatMap(piece => scan.piece(piece)), ...scan.end()];
  if (found.length > 0) yield found;
}

class Scan {
  readonly #notes: SalvageNotes;
  #member: KnownName | null = null;
  #splitter: RecordSplitter | null = null;
  #hash: Hash | null = null;
  #document: Buffer[] | null = null;
  #documentSize = 0;

  constructor(notes: SalvageNotes) {
    this.#notes = notes;
  }

  piece(piece: SalvagedPiece): readonly SalvagedFragment[] {
    const done = piece.begins ? [...this.end(), ...this.#begin(piece)] : [];
    const { data } = piece;
    if (data === null) {
      this.#notes.gaps += 1;
      this.#hash = null;
      this.#document = null;
      return [...done, ...this.#placed(this.#splitter?.push(null) ?? [])];
    }
    this.#hash?.update(data);
    this.#keepDocument(data);
    if (piece.ends) this.#ended();
    if (this.#splitter === null && (piece.name === null || TEXTS.has(this.#member)))
      this.#splitter = this.#newSplitter(piece, data);
    return [...done, ...this.#placed(this.#splitter?.push(data) ?? [])];
  }

  end(): readonly SalvagedFragment[] {
    const fragments = this.#placed(this.#splitter?.end() ?? []);
    if (this.#splitter !== null) this.#notes.around.push(...this.#splitter.around);
    this.#splitter = null;
    this.#member = null;
    this.#hash = null;
    this.#document = null;
    return fragments;
  }

  #begin({ name, size, start }: SalvagedPiece): readonly SalvagedFragment[] {
    if (name === null) return [];
    const member = knownName(name);
    this.#member = member;
    this.#notes.hasMembers = true;
    this.#hash = createHash('sha256');
    // What was taken for flat by its indent may have been the manifest of another, whose header is lost.
    if (member !== MANIFEST) this.#notes.isFlat = IS_FLAT.has(member);
    if (member === MEMORY_VECTORS || member === CODE_UNIT_VECTORS)
      this.#notes.npz.set(member, { name: member, size, start });
    if (member === MANIFEST && size <= MAX_MANIFEST_BYTES) {
      this.#document = [];
      this.#documentSize = size;
    }
    return [];
  }

  #newSplitter(piece: SalvagedPiece, data: Buffer): RecordSplitter {
    const isOurs = piece.name !== null && this.#member !== 'memories.json';
    const indent = isOurs ? '' : (recordIndent(data.toString('latin1')) ?? '');
    if (indent !== '' && !this.#notes.hasMembers) this.#notes.isFlat = true;
    return new RecordSplitter(indent, MAX_RECORD_BYTES, piece.name === null ? 'gap' : 'head');
  }

  #keepDocument(data: Buffer): void {
    if (this.#document === null) return;
    this.#document.push(data);
  }

  #ended(): void {
    if (this.#member !== null && this.#hash !== null)
      this.#notes.sums.set(this.#member, this.#hash.digest('hex'));
    this.#hash = null;
    const document = this.#document === null ? null : Buffer.concat(this.#document);
    if (document !== null && document.length === this.#documentSize) this.#notes.manifest = document;
    this.#document = null;
  }

  #placed(fragments: readonly Fragment[]): readonly SalvagedFragment[] {
    return fragments.map(fragment => ({ fragment, member: this.#member }));
  }
}

/** Throws `integrity` for what belongs in no archive of memories. */
function knownName(name: string): KnownName {
  const known = MEMBERS.find(member => member === name || name.endsWith(`/${member}`));
  const flat = FLAT.find(member => member === name || name.endsWith(`/${member}`));
  const found = known ?? flat;
  if (found === undefined || name.slice(0, -found.length).split('/').length > 2)
    throw damaged(`The archive holds ${printable(name)}, which does not belong to it.`);
  return found;
}
