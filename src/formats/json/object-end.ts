/** Where the object that begins at the first byte ends, null when it does not, and how deep it is nested. */
export function objectEnd(bytes: Uint8Array): { readonly end: number | null; readonly depth: number } {
  let [depth, deepest, inString] = [0, 0, false];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) {
      inString = true;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
      if (depth <= 0) return { end: at + 1, depth: deepest };
    }
  }
  return { end: null, depth: deepest };
}
