import { DENSE_CHARACTER } from '../../model/script.ts';

const ASCII = /^[\0-\x7f]*$/;
/** What the tokenizer unicode61 takes for a word: letters, numbers and private use, with the marks on them. */
const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{M}]*/gu;
const MAX_TERMS = 64;

/**
 * A text as the full text takes it: the tokenizer makes one word of a whole run of Chinese, Japanese, Korean or Thai, in
 * which nobody would find a part. Blanks make a word of each character; sequences of them are found as phrases.
 */
export function separateDense(text: string): string {
  return ASCII.test(text) ? text : text.replace(DENSE_CHARACTER, ' $& ');
}

/**
 * An FTS5 query for any of the words of a text, each in quotation marks, so that none is taken for an operator; null
 * without any word. Of text without blanks each pair of neighbours is a term, as nobody can tell its words.
 */
export function matchAnyWord(text: string): string | null {
  const terms = new Set<string>();
  for (const [word] of text.toWellFormed().matchAll(WORD)) {
    for (const term of termsOf(word)) terms.add(term);
    if (terms.size >= MAX_TERMS) break;
  }
  if (terms.size === 0) return null;
  return [...terms]
    .slice(0, MAX_TERMS)
    .map(term => `"${term}"`)
    .join(' OR ');
}

function termsOf(word: string): readonly string[] {
  if (ASCII.test(word)) return [word];
  const terms: string[] = [];
  let end = 0;
  let run: string[] = [];
  const flush = (): void => {
    if (run.length === 1) terms.push(...run);
    for (let i = 1; i < run.length; i++) terms.push(`${run[i - 1]} ${run[i]}`);
    run = [];
  };
  for (const match of word.matchAll(DENSE_CHARACTER)) {
    if (match.index > end) {
      flush();
      terms.push(word.slice(end, match.index));
    }
    run.push(match[0]);
    end = match.index + match[0].length;
  }
  flush();
  if (end < word.length) terms.push(word.slice(end));
  return terms;
}
