import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { MemportError } from '../errors.ts';
import type { Keys } from '../formats/age/keys.ts';
import { openSource } from '../formats/detect.ts';
import { RecoverySource } from '../formats/recover.ts';
import { FORMATS, type FormatName, type Source } from '../formats/source.ts';
import { openNameless } from '../nameless-file.ts';

export interface Input extends AsyncDisposable {
  readonly source: Source;
}

/**
 * Opens what is to be imported. A stream is first kept whole in a temporary file without a name, since a file is read
 * twice: once to prove it, once to take it. The format is told from the content unless `from` names it. With `recover`
 * the source gives what is whole in a damaged file. `keys` open a file that is encrypted.
 */
export async function openInput(
  input: string | Readable,
  from?: string,
  { recover = false, keys }: { readonly recover?: boolean; readonly keys?: Keys | undefined } = {},
): Promise<Input> {
  const format = from === undefined ? undefined : readFormat(from);
  const openIt = async (file: string | FileHandle): Promise<Source> =>
    recover ? new RecoverySource(file, format, keys) : openSource(file, { from: format, keys });
  if (typeof input === 'string') {
    const source = await openIt(input);
    return { source, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
  }
  const spool = await openNameless();
  try {
    await spool.handle.writeFile(input);
    const source = await openIt(spool.handle);
    return {
      source,
      async [Symbol.asyncDispose]() {
        try {
          await source[Symbol.asyncDispose]();
        } finally {
          await spool[Symbol.asyncDispose]();
        }
      },
    };
  } catch (error) {
    await spool[Symbol.asyncDispose]();
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
