/**
 * A text that a user chose, as SQLite keeps it. JavaScript strings may hold lone surrogates, which UTF-8 can't: those few
 * strings are kept as a BLOB of UTF-16LE, so that different texts never become one and every text comes back as it was.
 */
export function textValue(text: string): string | Uint8Array {
  return text.isWellFormed() ? text : Buffer.from(text, 'utf16le');
}

/** The text of a value that textValue made. */
export function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('utf16le');
}

export function optionalTextValue(text: string | null): string | Uint8Array | null {
  return text === null ? null : textValue(text);
}

export function optionalTextOf(value: string | Uint8Array | null): string | null {
  return value === null ? null : textOf(value);
}
