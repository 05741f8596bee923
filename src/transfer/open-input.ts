import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { MemportError } from '../errors.ts';
import { openSource } from '../formats/detect.ts';
import { FORMATS, type FormatName, type Source } from '../formats/source.ts';

export interface Input extends AsyncDisposable {
  readonly source: Source;
}

/**
 * Opens what is to be imported. A stream is first kept whole in a private temporary file, since a file is read twice:
 * once to prove it, once to take it. The format is told from the content unless `from` names it.
 */
export async function openInput(input: string | Readable, from?: string): Promise<Input> {
  const format = from === undefined ? undefined : readFormat(from);
  const options = format === undefined ? {} : { from: format };
  if (typeof input === 'string') {
    const source = await openSource(input, options);
    return { source, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
  }
  const path = join(tmpdir(), `memport-${randomUUID()}.tmp`);
  const handle = await open(path, 'wx+', 0o600);
  const remove = async (): Promise<void> => {
    await handle.close();
    await rm(path, { force: true });
  };
  try {
    await handle.writeFile(input);
    const source = await openSource(path, options);
    return {
      source,
      async [Symbol.asyncDispose]() {
        try {
          await source[Symbol.asyncDispose]();
        } finally {
          await remove();
        }
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function readFormat(text: string): FormatName {
  const format = FORMATS.find(known => known === text);
  if (format !== undefined) return format;
  throw new MemportError('usage', `--from can't be ${JSON.stringify(text)}`, {
    hint: `the formats are ${FORMATS.join(', ')}`,
  });
}
