const [QUOTE, COMMA, OPEN_LIST, BACKSLASH, OPEN_BRACE] = [0x22, 0x2c, 0x5b, 0x5c, 0x7b];

/**
 * Whether a JSON text has more than `limit` values, told without parsing it, since parsing is what would fill the
 * memory: each value but the outermost stands behind a comma or an opening bracket. A short text is not even looked at.
 */
export function hasMoreValues(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at);
    } else if (code === COMMA || code === OPEN_LIST || code === OPEN_BRACE) {
      count += 1;
      if (count > limit) return true;
    }
  }
  return false;
}

/** Place of the quote that ends the string which begins at `start`. */
function stringEnd(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote === -1 ? text.length : quote;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}
