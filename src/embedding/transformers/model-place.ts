import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { MemportError } from '../../errors.ts';

/** Which model to load, from where, and how its vectors are called. */
export interface ModelPlace {
  /** What the package is to load: a folder, or a name on the Hugging Face hub. */
  readonly source: string;
  readonly label: string;
  readonly isFolder: boolean;
  /** Where in it the network is: `onnx`, or the folder itself. */
  readonly subfolder: string;
  readonly dtype: 'fp32' | 'q8';
  readonly pooling: 'mean' | 'cls';
  /** So many tokens are read, where the model says so apart from its tokenizer. */
  readonly length: number | null;
}

export const DEFAULT_MODEL = 'Xenova/all-MiniLM-L6-v2';

/** What sentence-transformers reads with these models; their exports do not say it. */
const KNOWN_LENGTHS: Readonly<Record<string, number>> = { [DEFAULT_MODEL]: 256 };

const NETWORKS = [
  { subfolder: 'onnx', file: 'model.onnx', dtype: 'fp32' },
  { subfolder: '', file: 'model.onnx', dtype: 'fp32' },
  { subfolder: 'onnx', file: 'model_quantized.onnx', dtype: 'q8' },
  { subfolder: '', file: 'model_quantized.onnx', dtype: 'q8' },
] as const;
export const PAPERS = ['config.json', 'tokenizer.json', 'tokenizer_config.json'] as const;

/** Whether `embedding_model` names a folder of this machine. */
export function isFolderName(model: string): boolean {
  return isAbsolute(model) || /^~(?=$|[/\\])|^\.\.?(?=$|[/\\])|\\/.test(model);
}

/** Throws `not_found` for a folder that is missing or holds no model, `usage` for what is no name. */
export async function findModel(model: string): Promise<ModelPlace> {
  const name = model === '' ? DEFAULT_MODEL : model;
  if (isFolderName(name)) return folderPlace(/^~/.test(name) ? join(homedir(), name.slice(1)) : name);
  if (!/^[\w.-]+(\/[\w.-]+)?$/.test(name) || name.includes('..')) {
    throw new MemportError('usage', `${JSON.stringify(name)} is no name of a model and no folder`, {
      hint: `memport config set embedding_model ${DEFAULT_MODEL}, or an absolute path`,
    });
  }
  const length = KNOWN_LENGTHS[name] ?? null;
  return {
    source: name,
    label: name,
    isFolder: false,
    subfolder: 'onnx',
    dtype: 'fp32',
    pooling: 'mean',
    length,
  };
}

async function folderPlace(folder: string): Promise<ModelPlace> {
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory())
    throw noModel(folder, found === null ? 'there is no such folder' : 'it is no folder');
  const missing = PAPERS.find(name => !existsSync(join(folder, name)));
  if (missing !== undefined) throw noModel(folder, `${missing} is missing`);
  const network = NETWORKS.find(({ subfolder, file }) => existsSync(join(folder, subfolder, file)));
  if (network === undefined) throw noModel(folder, 'onnx/model.onnx is missing');
  const { subfolder, file, dtype } = network;
  // Two folders may have one name: vectors of different networks must not get one label.
  const label = `${basename(folder)}@${await sample(join(folder, subfolder, file))}`;
  const { pooling, length } = await readSentencePapers(folder);
  return { source: folder, label, isFolder: true, subfolder, dtype, pooling, length };
}

function noModel(folder: string, why: string): MemportError {
  return new MemportError('not_found', `${folder} holds no model: ${why}`, {
    hint: `it needs ${PAPERS.join(', ')} and onnx/model.onnx, as on the Hugging Face hub`,
  });
}

const PIECES = 16;
const PIECE = 4096;

/** Tells networks apart by their size and pieces of them, without reading hundreds of megabytes for a name. */
async function sample(file: string): Promise<string> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  const hash = createHash('sha256').update(`${size} `);
  const piece = Buffer.alloc(PIECE);
  for (let n = 0; n < PIECES; n++) {
    const at = Math.floor((Math.max(0, size - PIECE) * n) / (PIECES - 1));
    const { bytesRead } = await handle.read(piece, 0, PIECE, at);
    hash.update(piece.subarray(0, bytesRead));
  }
  return hash.digest('hex').slice(0, 8);
}

const POOLING = z.object({ pooling_mode_cls_token: z.boolean().optional() });
const SENTENCE = z.object({ max_seq_length: z.number().int().positive().nullish() });

/** What sentence-transformers keeps beside a model; most exports lack it. */
async function readSentencePapers(folder: string): Promise<Pick<ModelPlace, 'pooling' | 'length'>> {
  const pooling = await readJson(join(folder, '1_Pooling', 'config.json'), POOLING);
  const sentence = await readJson(join(folder, 'sentence_bert_config.json'), SENTENCE);
  return {
    pooling: pooling?.pooling_mode_cls_token === true ? 'cls' : 'mean',
    length: sentence?.max_seq_length ?? null,
  };
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}
