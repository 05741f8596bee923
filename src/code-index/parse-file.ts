import { createHash } from 'node:crypto';
import { basename } from 'node:path/posix';
import { GRAMMARS } from './grammars/index.ts';
import { loadGrammar } from './grammars/load.ts';
import { type Language, languageOf } from './language.ts';
import { parseCode } from './parse-code.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { isGenerated, isKeyFile, type SkipReason } from './screen.ts';
import { readText, type SourceText } from './source-text.ts';
import type { ParsedText, ParsedUnit } from './unit.ts';

/** The units of a file with their places in it. */
export interface ParsedFile {
  readonly language: string;
  readonly units: readonly PlacedUnit[];
  readonly imports: readonly string[];
  readonly isBroken: boolean;
  readonly encoding: SourceText['encoding'];
}

/** Lines count from 1, the last one included; bytes from 0, the last one not. */
export interface PlacedUnit extends ParsedUnit {
  readonly startLine: number;
  readonly endLine: number;
  readonly startByte: number;
  readonly endByte: number;
}

/** sha256 of a file's bytes, hexadecimal. */
export function fileHash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Finds the units of a file, or says why it is not indexed. `path` is relative with `/`. */
export async function parseFile(path: string, bytes: Buffer): Promise<ParsedFile | SkipReason> {
  if (bytes.length === 0) return 'empty';
  const source = readText(bytes);
  if (source === null) return 'binary';
  const { text, encoding } = source;
  if (text.trim() === '') return 'empty';
  if (isKeyFile(text)) return 'secret key';
  const name = basename(path);
  const language = languageOf(name, text.slice(0, 200).split(/\r?\n/, 1)[0] ?? '');
  if (isGenerated(text, language)) return 'generated';
  const { units, imports, isBroken } = await parseText(language, text, name);
  return { language: language.name, units: placed(units, source), imports, isBroken, encoding };
}

async function parseText(language: Language, text: string, name: string): Promise<ParsedText> {
  if (language.name === 'markdown') return parseMarkdown(text, name);
  const grammar = GRAMMARS.get(language.name);
  if (grammar === undefined) return wholeText(text, name, false);
  const loaded = await loadGrammar(grammar);
  try {
    return parseCode(loaded, text, name);
  } catch {
    // A parser that runs out of memory costs the units of this file, which is named as broken, and not the whole run.
    return wholeText(text, name, true);
  }
}

function wholeText(content: string, name: string, isBroken: boolean): ParsedText {
  const unit: ParsedUnit = {
    type: 'file',
    name,
    signature: null,
    doc: null,
    content,
    complexity: null,
    start: 0,
    end: content.length,
  };
  return { units: [unit], imports: [], isBroken };
}

function placed(units: readonly ParsedUnit[], { text, byteOffsets }: SourceText): readonly PlacedUnit[] {
  const places = [...new Set(units.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const offsets = byteOffsets(places).values();
  const bytes = new Map(places.map(place => [place, offsets.next().value]));
  const byteOf = (place: number): number => bytes.get(place) ?? 0;
  const lineOf = lineFinder(text);
  return units.map(unit => ({
    ...unit,
    startLine: lineOf(unit.start),
    endLine: lineOf(Math.max(unit.start, unit.end - 1)),
    startByte: byteOf(unit.start),
    endByte: byteOf(unit.end),
  }));
}

/** The line, from 1, that a place of the text is in. */
function lineFinder(text: string): (place: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return place => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= place) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
