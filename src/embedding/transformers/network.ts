import { z } from 'zod';
import { MemportError } from '../../errors.ts';
import type { Transformers } from './load-package.ts';
import type { ModelPlace } from './model-place.ts';
import { pool } from './pooling.ts';

/** Turns a few texts into vectors, all at once. */
export type Network = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

export interface NetworkOptions {
  readonly cache: string;
  readonly offline: boolean;
  /** Told of bytes as they come in. */
  readonly onBytes: (file: string, loaded: number, total: number) => void;
}

const DEFAULT_LENGTH = 512;
/** A token has seldom more characters; what lies behind need not be read to be cut off. */
const CHARACTERS_A_TOKEN = 32;

const TENSOR = z.object({
  data: z.instanceof(Float32Array),
  dims: z.tuple([z.number(), z.number(), z.number()]),
});
const OUTPUT = z.union([
  z.object({ last_hidden_state: TENSOR }).transform(output => output.last_hidden_state),
  z.object({ token_embeddings: TENSOR }).transform(output => output.token_embeddings),
]);
const INPUT = z.object({
  input_ids: z.object({ data: z.instanceof(BigInt64Array), dims: z.tuple([z.number(), z.number()]) }),
  attention_mask: z.object({ data: z.instanceof(BigInt64Array) }),
});
const CONFIG = z.object({ max_position_embeddings: z.number().catch(DEFAULT_LENGTH) });
const PROGRESS = z.object({
  status: z.literal('progress'),
  file: z.string(),
  loaded: z.number(),
  total: z.number(),
});

/** Loads tokenizer and network, from the cache or the hub. Throws what the package throws. */
export async function loadNetwork(
  transformers: Transformers,
  place: ModelPlace,
  { cache, offline, onBytes }: NetworkOptions,
): Promise<Network> {
  const options = {
    cache_dir: cache,
    local_files_only: offline || place.isFolder,
    progress_callback: (event: unknown) => {
      const { data } = PROGRESS.safeParse(event);
      if (data !== undefined) onBytes(data.file, data.loaded, data.total);
    },
  };
  const tokenizer = await transformers.AutoTokenizer.from_pretrained(place.source, options);
  const { subfolder, dtype } = place;
  const model = await transformers.AutoModel.from_pretrained(place.source, { ...options, subfolder, dtype });
  const { max_position_embeddings } = CONFIG.parse(model.config);
  const length = Math.min(
    place.length ?? DEFAULT_LENGTH,
    tokenizer.model_max_length,
    max_position_embeddings,
  );
  const end = z.number().nullable().catch(null).parse(tokenizer.sep_token_id);
  return async texts => {
    const read = texts.map(text => text.slice(0, length * CHARACTERS_A_TOKEN).toWellFormed());
    const inputs: unknown = tokenizer(read, { padding: true, truncation: true, max_length: length });
    const { input_ids, attention_mask } = INPUT.parse(inputs);
    if (end !== null) endWithSeparator(input_ids, attention_mask.data, length, end);
    const output = OUTPUT.safeParse(await model(inputs));
    if (!output.success) {
      throw new MemportError(
        'failed',
        `${place.label} gives no vectors of tokens, so it is no model for embeddings`,
        {
          hint: 'choose another: memport config set embedding_model <name>',
        },
      );
    }
    return pool(output.data, attention_mask.data, place.pooling);
  };
}

/** The package cuts the separator off with the end of a text that is too long; sentence-transformers keeps it. */
function endWithSeparator(
  { data, dims: [texts, tokens] }: { readonly data: BigInt64Array; readonly dims: readonly [number, number] },
  mask: BigInt64Array,
  length: number,
  separator: number,
): void {
  if (tokens < length) return;
  for (let text = 1; text <= texts; text++) {
    const last = text * tokens - 1;
    if (mask[last] === 1n) data[last] = BigInt(separator);
  }
}
