const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);

/**
 * Where in a canonical object text a member of this name belongs: before the key at that index, or before the closing
 * brace. The text must be canonical JSON of an object without that member; nothing else is checked.
 */
export function memberPlace(line: string, name: string): number {
  let at = 1;
  while (line.charCodeAt(at) === QUOTE) {
    const end = stringEnd(line, at);
    if (keyOf(line, at, end) > name) return at;
    at = valueEnd(line, end + 1);
    if (line.charCodeAt(at) === COMMA) at += 1;
  }
  return at;
}

function keyOf(line: string, start: number, end: number): string {
  const text = line.slice(start + 1, end - 1);
  return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
}

function valueEnd(line: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < line.length) {
    const code = line.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(line, at);
      continue;
    }
    if (depth === 0 && (code === COMMA || CLOSING.has(code))) break;
    if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) depth -= 1;
    at += 1;
  }
  return at;
}

/** After the closing quote of the string that begins at `start`. */
function stringEnd(line: string, start: number): number {
  let quote = line.indexOf('"', start + 1);
  while (quote >= 0 && isEscaped(line, quote)) quote = line.indexOf('"', quote + 1);
  return quote < 0 ? line.length : quote + 1;
}

function isEscaped(line: string, at: number): boolean {
  let before = at - 1;
  while (line.charCodeAt(before) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}
