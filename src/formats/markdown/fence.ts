/** A fence of backticks or tildes, by the rules of CommonMark, at the left edge or up to three spaces from it. */
export interface Fence {
  readonly mark: string;
  readonly info: string;
}

/** The fence that a line opens, or null. */
export function opensFence(line: string): Fence | null {
  const found = /^ {0,3}(`{3,}|~{3,})([^\r\n]*)\r?$/.exec(line);
  const [, mark, info] = found ?? [];
  if (mark === undefined || info === undefined) return null;
  return mark.startsWith('`') && info.includes('`') ? null : { mark, info: info.trim() };
}

/** Whether a line closes the fence. */
export function closesFence(line: string, { mark }: Fence): boolean {
  const found = /^ {0,3}(`{3,}|~{3,})[ \t]*\r?$/.exec(line);
  return found?.[1] !== undefined && found[1][0] === mark[0] && found[1].length >= mark.length;
}

/** A text in a fence that is longer than any run of backticks in it. */
export function fenced(info: string, text: string): string {
  let longest = 2;
  for (const [run] of text.matchAll(/`{3,}/g)) longest = Math.max(longest, run.length);
  const mark = '`'.repeat(longest + 1);
  return `${mark}${info}\n${text}\n${mark}`;
}
