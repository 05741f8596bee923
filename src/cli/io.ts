import type { Readable, Writable } from 'node:stream';

/** The world as the command line sees it; tests give their own. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly now: () => number;
  /** Aborted by Ctrl-C and by a request to end. */
  readonly signal: AbortSignal;
}

export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** As `write`, for what is said beside the work: that nobody hears it does not make the work fail. */
export async function tell(stream: Writable, text: string): Promise<void> {
  await write(stream, text).catch(() => {});
}

/** Writes all of it, waiting while the reader is slow. Rejects when the stream is broken. */
export function write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, error => (error ? reject(error) : resolve()));
  });
}
