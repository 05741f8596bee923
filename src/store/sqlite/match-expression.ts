/** What the tokenizer unicode61 takes for a word: letters, numbers and private use, with the marks on them. */
const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{M}]*/gu;
const MAX_WORDS = 64;

/** An FTS5 query for any of the words of a text, each in quotation marks, so that none is taken for an operator; null without any word. */
export function matchExpression(text: string): string | null {
  const words = new Set(text.toWellFormed().match(WORD) ?? []);
  if (words.size === 0) return null;
  return [...words]
    .slice(0, MAX_WORDS)
    .map(word => `"${word}"`)
    .join(' OR ');
}
