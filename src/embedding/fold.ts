/** Only so much of a text is read, in UTF-16 code units: what comes later has no part in the vector. */
export const MAX_READ = 100_000;

/** Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowel signs: what a writer may leave out. Vowels of other scripts stay. */
const OPTIONAL_MARKS = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]/g;
/** More marks than this on one character are no language, and take ICU quadratic time to put in order. */
const MARK_FLOOD = /(\p{M}{30})\p{M}+/gu;
const ASCII = /^[\0-\x7f]*$/;

/** The spelling under which words are compared: compatibility forms, case and optional marks make no difference. Reads at most MAX_READ. */
export function fold(text: string): string {
  const read = text.length > MAX_READ ? text.slice(0, MAX_READ) : text;
  if (ASCII.test(read)) return read.toLowerCase();
  const calm = read.replace(MARK_FLOOD, '$1');
  const folded = calm.normalize('NFKC').toLowerCase().normalize('NFD').replace(OPTIONAL_MARKS, '');
  return folded.normalize('NFC').slice(0, MAX_READ);
}
