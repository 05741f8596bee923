import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { readElement } from '../../../src/formats/json/element.ts';
import { type JsonHints, openJsonSource } from '../../../src/formats/json/reader.ts';
import { type JsonElement, type JsonEvent, scanJson } from '../../../src/formats/json/scanner.ts';
import type { Source, SourceItem, SourceRecord, SourceReject } from '../../../src/formats/source.ts';
import type { RecordKind } from '../../../src/model/record.ts';

export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/claude-memory-server/${name}`, import.meta.url));
}

/** The path of a file with this content, gone after the test. */
export async function temporaryFile(content: string | Uint8Array): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'memport-json-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'file.json');
  const handle = await open(path, 'w');
  await handle.writeFile(content);
  await handle.close();
  return path;
}

/** Opens a file, closed after the test. */
export async function openPath(path: string, hints?: JsonHints): Promise<Source> {
  const handle = await open(path);
  onTestFinished(() => handle.close());
  return openJsonSource(handle, hints);
}

export async function openContent(content: string | Uint8Array, hints?: JsonHints): Promise<Source> {
  return openPath(await temporaryFile(content), hints);
}

export async function readAll(source: Source): Promise<SourceItem[]> {
  const items: SourceItem[] = [];
  for await (const batch of source.read()) items.push(...batch);
  return items;
}

export async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  // One buffer for all, as a reader of files has it: the scanner must not keep views of it.
  const buffer = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    buffer.fill(0x7e);
    const piece = bytes.subarray(at, at + size);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}

/** An event with the bytes copied as text, because they are valid only until the next batch. */
export type SeenEvent = Exclude<JsonEvent, JsonElement> | SeenElement;
export type SeenElement = Omit<JsonElement, 'bytes'> & { readonly text: string };

export async function scanAll(
  content: string | Uint8Array,
  size = 64 * 1024,
  arrays: readonly string[] = ['memories', 'code_units'],
): Promise<SeenEvent[]> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const seen: SeenEvent[] = [];
  for await (const batch of scanJson(pieces(bytes, size), arrays)) {
    for (const event of batch) seen.push(copyOf(event));
  }
  return seen;
}

function copyOf(event: JsonEvent): SeenEvent {
  if (event.type !== 'element') return event;
  const { bytes, ...others } = event;
  return { ...others, text: bytes.toString('utf8') };
}

/** Reads one element as if it were the first of a file. */
export async function readOne(
  text: string | Uint8Array,
  kind: RecordKind = 'memory',
): Promise<SourceRecord | SourceReject> {
  const bytes = Buffer.concat([Buffer.from('{"memories":['), Buffer.from(text), Buffer.from(']}')]);
  for await (const batch of scanJson(pieces(bytes, bytes.length), ['memories'])) {
    for (const event of batch) if (event.type === 'element') return readElement(event, kind);
  }
  throw new Error('no element');
}

export async function readRecord(text: string): Promise<SourceRecord> {
  const read = await readOne(text);
  if (read.type !== 'record') throw new Error(`rejected: ${read.reason}`);
  return read;
}

export async function readReject(text: string): Promise<SourceReject> {
  const read = await readOne(text);
  if (read.type !== 'reject') throw new Error('not rejected');
  return read;
}

/** A small generator of numbers from 0 to 1 that gives the same ones in every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
