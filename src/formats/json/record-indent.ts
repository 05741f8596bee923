/** The indentation of the lines on which records begin; null where they have no lines of their own. */
export function recordIndent(beginning: string): string | null {
  const listed = /"memories"\s*:\s*\[\r?\n([ \t]*)\{/.exec(beginning)?.[1];
  if (listed !== undefined) return listed;
  const indents = [...beginning.matchAll(/\n([ \t]*)\{/g)].map(([, indent = '']) => indent);
  return indents.reduce<string | null>(
    (least, next) => (least === null || next.length < least.length ? next : least),
    null,
  );
}
