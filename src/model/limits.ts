/*
 * How large a thing may be, wherever it comes from: what one part of memport writes, every other part reads. All sizes
 * are bytes of UTF-8.
 */

const MIB = 1024 * 1024;

/** Content beyond this is refused everywhere; `add` has a lower limit. */
export const MAX_CONTENT_BYTES = 16 * MIB;
/** A record as its canonical line, without its vector: content in which every character is escaped once, and the rest. */
export const MAX_RECORD_BYTES = 40 * MIB;
/** Values in one record without its vector, nested ones too: a byte of JSON can cost a hundred of memory. */
export const MAX_RECORD_VALUES = 200_000;
/** Of one vector. */
export const MAX_DIMENSIONS = 1_000_000;
/** What is kept of a text that was rejected. */
export const MAX_REJECT_BYTES = 16 * MIB;

/** Members of an archive that are read as a whole, beside the manifest. */
export const MAX_DOCUMENT_BYTES = MIB;
export const MAX_DOCUMENT_VALUES = 100_000;
/** The manifest: with room for the names of MAX_PROJECTS projects and for all groups of vectors. */
export const MAX_MANIFEST_BYTES = 16 * MIB;
export const MAX_MANIFEST_VALUES = 150_000;
export const MAX_PROJECTS = 100_000;

/** A limit as people read it. */
export function inMib(bytes: number): string {
  return `${bytes / MIB} MiB`;
}

/** Whether a text has more bytes than `limit`; for the usual short one without counting. */
export function isLonger(text: string, limit: number): boolean {
  return text.length * 3 > limit && Buffer.byteLength(text) > limit;
}
