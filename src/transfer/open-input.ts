import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { MemportError } from '../errors.ts';
import { openSource } from '../formats/detect.ts';
import { RecoverySource } from '../formats/recover.ts';
import { FORMATS, type FormatName, type Source } from '../formats/source.ts';

export interface Input extends AsyncDisposable {
  readonly source: Source;
}

/**
 * Opens what is to be imported. A stream is first kept whole in a private temporary file, since a file is read twice:
 * once to prove it, once to take it. The format is told from the content unless `from` names it. With `recover` the
 * source gives what is whole in a damaged file.
 */
export async function openInput(
  input: string | Readable,
  from?: string,
  { recover = false }: { readonly recover?: boolean } = {},
): Promise<Input> {
  const format = from === undefined ? undefined : readFormat(from);
  const options = format === undefined ? {} : { from: format };
  const openIt = async (path: string): Promise<Source> =>
    recover ? new RecoverySource(path, format) : openSource(path, options);
  if (typeof input === 'string') {
    const source = await openIt(input);
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
    const source = await openIt(path);
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
