/** A piece of text that both versions have, or only one of them. */
export interface Piece {
  readonly side: 'both' | 'old' | 'new';
  readonly text: string;
}

/** Above so many pairs of words in what differs, all of it counts as replaced. */
const MAX_PAIRS = 4_000_000;

const WORDS = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * The difference of two texts word by word, as few words changed as can be; in a script without spaces by the words of
 * that script. All pieces of `old` and `both` give the old text, all of `new` and `both` the new one.
 */
export function wordDiff(before: string, after: string): readonly Piece[] {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  const shortest = Math.min(old.length, now.length);
  let start = 0;
  while (start < shortest && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < shortest - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  return joined([
    ...pieces('both', old.slice(0, start)),
    ...diffMiddle(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...pieces('both', old.slice(old.length - end)),
  ]);
}

function wordsOf(text: string): readonly string[] {
  return Array.from(WORDS.segment(text), ({ segment }) => segment);
}

function pieces(side: Piece['side'], words: readonly string[]): readonly Piece[] {
  return words.map(text => ({ side, text }));
}

/** By the longest common subsequence; a cell holds how long it is for what is left of both lists. */
function diffMiddle(old: readonly string[], now: readonly string[]): readonly Piece[] {
  const width = now.length + 1;
  if (old.length * now.length > MAX_PAIRS) return [...pieces('old', old), ...pieces('new', now)];
  const lengths = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const found: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [mine = '', theirs = ''] = [old[i], now[j]];
    if (i < old.length && j < now.length && mine === theirs) {
      found.push({ side: 'both', text: mine });
      i += 1;
      j += 1;
    } else if (i < old.length && (j === now.length || at(i + 1, j) >= at(i, j + 1))) {
      found.push({ side: 'old', text: mine });
      i += 1;
    } else {
      found.push({ side: 'new', text: theirs });
      j += 1;
    }
  }
  return found;
}

/** Pieces of one side in a row as one; between two common ones, what is old before what is new. */
function joined(all: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  let [old, now] = ['', ''];
  const flush = (): void => {
    if (old !== '') result.push({ side: 'old', text: old });
    if (now !== '') result.push({ side: 'new', text: now });
    [old, now] = ['', ''];
  };
  let both = '';
  for (const { side, text } of all) {
    if (side === 'both') {
      flush();
      both += text;
      continue;
    }
    if (both !== '') result.push({ side: 'both', text: both });
    both = '';
    if (side === 'old') old += text;
    else now += text;
  }
  flush();
  if (both !== '') result.push({ side: 'both', text: both });
  return result;
}
