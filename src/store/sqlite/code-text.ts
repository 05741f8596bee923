import type { CodeUnit } from '../../model/code-unit.ts';
import type { Connection } from './connection.ts';
import { separateDense } from './dense-text.ts';

/** What of a code unit is searched by words, in the order of the columns of `code_unit_text`. */
export type CodeText = readonly [name: string, doc: string, path: string, content: string];

type CodeWords = Pick<CodeUnit, 'name' | 'signature' | 'doc' | 'filePath' | 'content'>;

export function codeText({ name, signature, doc, filePath, content }: CodeWords): CodeText {
  return [name, [doc, signature].filter(Boolean).join('\n'), filePath, content];
}

/** That of a stored line. */
export function storedCodeText(line: string): CodeText {
  const record: unknown = JSON.parse(line);
  const text = (field: string): string => {
    const value: unknown = record !== null && typeof record === 'object' ? Reflect.get(record, field) : null;
    return typeof value === 'string' ? value : '';
  };
  return codeText({
    name: text('name'),
    signature: text('signature'),
    doc: text('doc'),
    filePath: text('file_path'),
    content: text('content'),
  });
}

export function sameCodeText(a: CodeText, b: CodeText): boolean {
  return a.every((text, n) => text === b[n]);
}

export function insertCodeText(connection: Connection, seq: number | bigint, text: CodeText): void {
  if (!connection.keepsText) return;
  const sql = 'INSERT INTO code_unit_text (rowid, name, doc, path, content) VALUES (?, ?, ?, ?, ?)';
  // FTS5 takes no REAL for a rowid, and a JavaScript number is bound as one.
  connection.run(sql, [BigInt(seq), ...text.map(part => withParts(separateDense(part)))]);
}

export function removeCodeText(connection: Connection, seq: number): void {
  connection.run('DELETE FROM code_unit_text WHERE rowid = ?', [BigInt(seq)]);
}

const NAME = /[A-Za-z\d]+/g;
/** Longer ones are data. */
const MAX_NAME = 200;
const BOUNDARY = /(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;

/**
 * A text whose names in camel case have their parts beside them: `parseHTTPHeader parse HTTP Header`. The tokenizer
 * divides all other names by itself, at underscores, dashes and dots.
 */
export function withParts(text: string): string {
  return text.replaceAll(NAME, name => {
    if (name.length > MAX_NAME) return name;
    const parts = name.split(BOUNDARY);
    return parts.length === 1 ? name : `${name} ${parts.join(' ')}`;
  });
}
