import { styleText } from 'node:util';
import stringWidth from 'string-width';
import type { OutputStream } from '../io.ts';

/** Control characters beyond ASCII, and those that turn the direction of writing. */
const UNSAFE = /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text that is safe to show on a terminal: control characters, among them those that move the cursor or change colours,
 * become their visible pictures or escapes. A memory is hostile input.
 */
export function visible(text: string): string {
  return text
    .replaceAll(/[\u0000-\u001f]/g, c => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replaceAll(UNSAFE, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .toWellFormed();
}

/** JSON with what could play with a terminal written as escapes: the same value. */
export function escapeControls(json: string): string {
  return json.replaceAll(UNSAFE, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** As visible, for text of several lines: newlines and tabs do what they do. */
export function visibleLines(text: string): string {
  return text
    .split('\n')
    .map(line => line.split('\t').map(visible).join('\t'))
    .join('\n');
}

const MAX_UNITS_PER_COLUMN = 20;

/** Cut to a width in columns, with an ellipsis; on one line. */
export function truncate(text: string, width: number): string {
  // A text may have millions of characters, of which a few are shown: no column takes more than so many.
  const enough = text.slice(0, width * MAX_UNITS_PER_COLUMN);
  const line = visible(enough.replaceAll(/\s+/g, ' ').trim());
  if (enough.length === text.length && stringWidth(line) <= width) return line;
  let cut = '';
  let used = 0;
  for (const { segment } of SEGMENTER.segment(line)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

const SEGMENTER = new Intl.Segmenter();

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Coloured where the stream is a terminal and NO_COLOR is not set. */
export function styled(
  stream: OutputStream,
  env: Readonly<Record<string, string | undefined>>,
  style: Style,
  text: string,
): string {
  return stream.isTTY && !env.NO_COLOR ? styleText(style, text, { validateStream: false }) : text;
}
