import { addAbortSignal, type Readable } from 'node:stream';
import { MemportError } from '../errors.ts';
import type { Io } from './io.ts';

/** Standard input, whose reading ends with an AbortError when the user asks to end: it may never end by itself. */
export function interruptible({ stdin, signal }: Pick<Io, 'stdin' | 'signal'>): Readable {
  // Whoever reads gets the error; until someone does, it must not end the process.
  stdin.on('error', () => {});
  return addAbortSignal(signal, stdin);
}

/** All of a stream as text. Throws `usage` when it is longer than `limit` bytes or no UTF-8: nothing is replaced silently. */
export async function readText(stream: Readable, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > limit) throw new MemportError('usage', `standard input is longer than ${limit} bytes`);
    chunks.push(bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw new MemportError('usage', 'standard input is not UTF-8 text', { cause: error });
  }
}
