import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';

/** A file that was made to do harm. */
export interface Crafted {
  readonly what: string;
  /** Makes it at this path, with others beside it where it needs them. */
  readonly write: (path: string) => void | Promise<void>;
  /** Refused: nothing of it is taken. Harmless: what it holds may be taken or rejected, and does no harm. */
  readonly fate: 'refused' | 'newer' | 'harmless';
  /** Takes seconds; tried in the deep run only. */
  readonly isLarge?: boolean;
}

export const MIB = 1024 * 1024;

export const refused = (what: string, bytes: () => Buffer | string, isLarge = false): Crafted => ({
  what,
  write: path => writeFileSync(path, bytes()),
  fate: 'refused',
  isLarge,
});
export const harmless = (what: string, bytes: () => Buffer | string, isLarge = false): Crafted => ({
  ...refused(what, bytes, isLarge),
  fate: 'harmless',
});

/** One text over and over, written piece by piece. */
export const repeated =
  (head: string, text: string, times: number, tail = '') =>
  (path: string): void => {
    const file = openSync(path, 'w');
    writeSync(file, head);
    const piece = text.repeat(Math.min(times, Math.ceil(MIB / text.length)));
    for (let done = 0; done < times; done += piece.length / text.length) writeSync(file, piece);
    writeSync(file, tail);
    closeSync(file);
  };

export function repeatedBytes(bytes: Buffer, times: number): Buffer {
  return Buffer.alloc(bytes.length * times, bytes);
}
