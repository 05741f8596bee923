import type { CodeUnit } from '../model/code-unit.ts';
import { derivedId } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { ParsedFile, PlacedUnit } from './parse-file.ts';

export interface FileFacts {
  readonly project: string;
  /** Relative with `/`. */
  readonly path: string;
  readonly hash: string;
  readonly indexedAt: Instant;
}

/** The records of a file's units, without vectors. */
export function codeUnits(file: ParsedFile, facts: FileFacts): readonly CodeUnit[] {
  const ordinals = new Map<string, number>();
  return file.units.map(unit => {
    const ordinal = ordinals.get(unit.name) ?? 0;
    ordinals.set(unit.name, ordinal + 1);
    return codeUnit(unit, file, facts, ordinal);
  });
}

function codeUnit(unit: PlacedUnit, file: ParsedFile, facts: FileFacts, ordinal: number): CodeUnit {
  return {
    id: codeUnitId(facts.project, facts.path, unit.name, ordinal),
    projectName: facts.project,
    filePath: facts.path,
    language: file.language,
    unitType: unit.type,
    name: unit.name,
    signature: unit.signature,
    startLine: unit.startLine,
    endLine: unit.endLine,
    startByte: unit.startByte,
    endByte: unit.endByte,
    content: unit.content,
    doc: unit.doc,
    imports: file.imports,
    complexity: unit.complexity,
    fileHash: facts.hash,
    indexedAt: facts.indexedAt,
    embeddingModel: null,
    metadata: file.encoding === 'utf-8' ? {} : { encoding: file.encoding },
    extra: {},
  };
}

/** The same unit gets the same id on every machine and in every run; `ordinal` tells units of one name in a file apart. */
export function codeUnitId(project: string, path: string, qualifiedName: string, ordinal: number): string {
  return derivedId(`code:${JSON.stringify([project, path, qualifiedName, ordinal])}`);
}

/** More says little more about what a unit does, and models read less. */
const MAX_EMBEDDED = 2000;

/** What an embedder reads of a unit: what it is called, what it says of itself, how it begins. */
export function embeddedText({ name, filePath, signature, doc, content }: CodeUnit): string {
  const lines = [name, nameWords(name), filePath, doc?.slice(0, MAX_EMBEDDED / 2), signature, content];
  return lines.filter(Boolean).join('\n').slice(0, MAX_EMBEDDED).toWellFormed();
}

/** `Shop.parseHTTPHeader` as words. */
export function nameWords(name: string): string {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replaceAll(/[._\-/>#]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
