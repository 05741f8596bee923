import { inMib, MAX_REJECT_BYTES } from '../model/limits.ts';

/** What is kept of the text of a reject, and what its reason says where that is not all. */
export function rejectText(bytes: Buffer): { readonly text: string; readonly note: string } {
  return {
    text: bytes.toString('utf8', 0, MAX_REJECT_BYTES),
    note: bytes.length > MAX_REJECT_BYTES ? `; only the first ${inMib(MAX_REJECT_BYTES)} of it are kept` : '',
  };
}
