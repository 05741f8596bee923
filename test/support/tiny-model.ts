import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A model small enough to be computed by hand: each token has one fixed vector, plus one for its segment, and that is all. */
export const TINY_WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'the', 'cat', 'dog', 'sat', 'ran', 'home'];
export const TINY_DIMENSIONS = 4;
/** Tokens that the model reads, [CLS] and [SEP] among them. */
export const TINY_LENGTH = 12;

/** Component `i` of the vector of a token: nothing regular, and exact in float32. */
export function tinyComponent(token: number, i: number): number {
  return (((token + 1) * 37 + (i + 1) * 101 + token * i * 13) % 64) / 32 - 1;
}

const SEGMENT = 0.25;

/** What mean pooling over the tokens of a text and scaling to length 1 come to. */
export function tinyVector(text: string, words: readonly string[] = TINY_WORDS): Float32Array {
  const inner = text
    .toLowerCase()
    .trim()
    .split(/\s+/)
    .map(word => Math.max(words.indexOf(word), -1))
    .map(token => (token === -1 ? 1 : token));
  const tokens = [2, ...inner.slice(0, TINY_LENGTH - 2), 3];
  const mean = Array.from(
    { length: TINY_DIMENSIONS },
    (_, i) => tokens.reduce((sum, token) => sum + tinyComponent(token, i) + SEGMENT, 0) / tokens.length,
  );
  const length = Math.hypot(...mean);
  return Float32Array.from(mean, value => value / length);
}

/** Writes the model, its tokenizer and its configuration as sentence-transformers and optimum lay them out. */
export function writeTinyModel(folder: string, file = 'onnx/model.onnx', output?: string): void {
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  for (const [name, content] of tinyFiles(file, output)) writeFileSync(join(folder, name), content);
}

/** The files of the model by name. */
export function tinyFiles(
  model = 'onnx/model.onnx',
  output = 'last_hidden_state',
): ReadonlyMap<string, string | Uint8Array> {
  return new Map<string, string | Uint8Array>([
    ['config.json', JSON.stringify(CONFIG)],
    ['tokenizer.json', JSON.stringify(TOKENIZER)],
    ['tokenizer_config.json', JSON.stringify(TOKENIZER_CONFIG)],
    [model, onnxModel(output)],
  ]);
}

const CONFIG = {
  model_type: 'bert',
  architectures: ['BertModel'],
  hidden_size: TINY_DIMENSIONS,
  max_position_embeddings: TINY_LENGTH,
  vocab_size: TINY_WORDS.length,
};

const special = (content: string, id: number) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const TOKENIZER = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: TINY_WORDS.slice(0, 4).map(special),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
    },
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(TINY_WORDS.map((word, id) => [word, id])),
  },
};

const TOKENIZER_CONFIG = {
  tokenizer_class: 'BertTokenizer',
  do_lower_case: true,
  pad_token: '[PAD]',
  unk_token: '[UNK]',
  cls_token: '[CLS]',
  sep_token: '[SEP]',
  // What exports of sentence-transformers often say, and what must not be believed.
  model_max_length: 1e30,
};

// The ONNX file is a protocol buffer: each field is its number and wire type, then its value. The numbers are those of onnx.proto.

const bytes = (field: number, value: string | Uint8Array): Buffer => {
  const content = Buffer.from(value as Uint8Array);
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
};
const integer = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)]);

function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128);
  return Buffer.from([...out, rest]);
}

const FLOAT = 1;
const INT64 = 7;

function onnxModel(output: string): Buffer {
  const embeddings = TINY_WORDS.flatMap((_, token) =>
    Array.from({ length: TINY_DIMENSIONS }, (_, i) => tinyComponent(token, i)),
  );
  const segments = Array.from({ length: 2 * TINY_DIMENSIONS }, () => SEGMENT);
  const graph = Buffer.concat([
    bytes(1, node('Gather', ['words', 'input_ids'], 'word_vectors')),
    bytes(1, node('Gather', ['segments', 'token_type_ids'], 'segment_vectors')),
    bytes(1, node('Add', ['word_vectors', 'segment_vectors'], output)),
    bytes(2, 'tiny'),
    bytes(5, tensor('words', [TINY_WORDS.length, TINY_DIMENSIONS], embeddings)),
    bytes(5, tensor('segments', [2, TINY_DIMENSIONS], segments)),
    ...['input_ids', 'attention_mask', 'token_type_ids'].map(name =>
      bytes(11, value(name, INT64, ['batch', 'sequence'])),
    ),
    bytes(12, value(output, FLOAT, ['batch', 'sequence', TINY_DIMENSIONS])),
  ]);
  const opset = Buffer.concat([bytes(1, ''), integer(2, 13)]);
  return Buffer.concat([integer(1, 8), bytes(2, 'memport tests'), bytes(7, graph), bytes(8, opset)]);
}

function node(operator: string, inputs: readonly string[], output: string): Buffer {
  return Buffer.concat([...inputs.map(name => bytes(1, name)), bytes(2, output), bytes(4, operator)]);
}

function tensor(name: string, dims: readonly number[], numbers: readonly number[]): Buffer {
  const raw = new Uint8Array(Float32Array.from(numbers).buffer);
  return Buffer.concat([
    ...dims.map(dim => integer(1, dim)),
    integer(2, FLOAT),
    bytes(8, name),
    bytes(9, raw),
  ]);
}

function value(name: string, type: number, shape: readonly (number | string)[]): Buffer {
  const dims = shape.map(dim => bytes(1, typeof dim === 'number' ? integer(1, dim) : bytes(2, dim)));
  const tensorType = Buffer.concat([integer(1, type), bytes(2, Buffer.concat(dims))]);
  return Buffer.concat([bytes(1, name), bytes(2, bytes(1, tensorType))]);
}
