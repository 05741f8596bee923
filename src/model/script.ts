/** What a code point is to search: between words, part of a word, or part of a text written without spaces. */
export const SEPARATOR = 0;
export const LETTER = 1;
export const DENSE = 2;
export type CharacterKind = typeof SEPARATOR | typeof LETTER | typeof DENSE;

/** First and last code point of each range, ascending. Written out, for the tables of Unicode differ between versions of Node. */
const SEPARATORS: readonly (readonly [number, number])[] = [
  [0x00, 0x2f],
  [0x3a, 0x40],
  [0x5b, 0x60],
  [0x7b, 0xa9],
  [0xab, 0xb4],
  [0xb6, 0xb9],
  [0xbb, 0xbf],
  [0xd7, 0xd7],
  [0xf7, 0xf7],
  [0x055a, 0x055f],
  [0x0589, 0x058a],
  [0x05be, 0x05be],
  [0x05c0, 0x05c0],
  [0x05c3, 0x05c3],
  [0x05c6, 0x05c6],
  [0x05f3, 0x05f4],
  [0x0600, 0x060f],
  [0x061b, 0x061f],
  [0x066a, 0x066d],
  [0x06d4, 0x06d4],
  [0x0964, 0x0965],
  [0x0e4f, 0x0e4f],
  [0x0e5a, 0x0e5b],
  [0x104a, 0x104f],
  [0x1361, 0x1368],
  [0x17d4, 0x17da],
  [0x2000, 0x206f],
  [0x20a0, 0x20cf],
  [0x2190, 0x25ff],
  [0x3000, 0x3004],
  [0x3008, 0x3020],
  [0x3030, 0x3030],
  [0x303d, 0x303f],
  [0x30a0, 0x30a0],
  [0x30fb, 0x30fb],
  [0xfe00, 0xfe6f],
  [0xfeff, 0xfeff],
  [0xfff0, 0xffff],
];

/** Thai, Lao, Tibetan, Myanmar; Hangul, whose syllables carry as much as Han characters; Khmer; Kana, Bopomofo, Han. */
const DENSE_SCRIPTS: readonly (readonly [number, number])[] = [
  [0x0e00, 0x109f],
  [0x1780, 0x17ff],
  [0x3005, 0x3007],
  [0x3031, 0x303c],
  [0x3040, 0x318f],
  [0x31a0, 0x31bf],
  [0x31f0, 0x31ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0x20000, 0x3ffff],
];

/** One character of these scripts with the marks on it; global, for replacing and matching all. */
export const DENSE_CHARACTER: RegExp = new RegExp(`(?!\\p{M})[${denseClass()}]\\p{M}*`, 'gu');

const BASIC_PLANE = basicPlane();

export function characterKind(codePoint: number): CharacterKind {
  const kind = BASIC_PLANE[codePoint];
  if (kind === SEPARATOR || kind === DENSE) return kind;
  return codePoint >= 0x20000 && codePoint <= 0x3ffff ? DENSE : LETTER;
}

function denseClass(): string {
  const written = (point: number): string => `\\u{${point.toString(16)}}`;
  return DENSE_SCRIPTS.map(([first, last]) => `${written(first)}-${written(last)}`).join('');
}

function basicPlane(): Uint8Array {
  const kinds = new Uint8Array(0x10000).fill(LETTER);
  for (const [first, last] of DENSE_SCRIPTS) kinds.fill(DENSE, first, last + 1);
  for (const [first, last] of SEPARATORS) kinds.fill(SEPARATOR, first, last + 1);
  return kinds;
}
