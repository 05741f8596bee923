import type { Progress } from '../../model/progress.ts';
import type { OutputStream } from '../io.ts';

export interface ProgressOptions {
  readonly stream: OutputStream;
  readonly now: () => number;
  /** JSON Lines of `message_type` `status` in place of words. */
  readonly json: boolean;
  readonly quiet: boolean;
}

const BAR_WIDTH = 24;
const TERMINAL_INTERVAL_MS = 80;
const LINE_INTERVAL_MS = 1000;
/** Work that is over sooner shows nothing. */
const PATIENCE_MS = 400;

/** Shows progress on a terminal as a bar that is redrawn, elsewhere as at most a line a second. */
export class ProgressLine implements Disposable {
  readonly #options: ProgressOptions;
  readonly #started: number;
  #phase = '';
  #phaseStarted = 0;
  #shownAt = Number.NEGATIVE_INFINITY;
  #drawn = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#started = options.now();
  }

  readonly update = (progress: Progress): void => {
    const { stream, now, json, quiet } = this.#options;
    if (quiet) return;
    const time = now();
    if (progress.phase !== this.#phase) {
      this.#phase = progress.phase;
      this.#phaseStarted = time;
    }
    const redraws = stream.isTTY === true && !json;
    if (
      time - this.#started < PATIENCE_MS ||
      time - this.#shownAt < (redraws ? TERMINAL_INTERVAL_MS : LINE_INTERVAL_MS)
    )
      return;
    this.#shownAt = time;
    if (json) stream.write(`${JSON.stringify({ message_type: 'status', ...progress })}\n`);
    else if (redraws) this.#draw(progress, time);
    else stream.write(`${describe(progress, time - this.#phaseStarted)}\n`);
  };

  /** Takes the bar away, so that what follows starts on a clean line. */
  clear(): void {
    if (!this.#drawn) return;
    this.#options.stream.write('\r\u001b[2K');
    this.#drawn = false;
  }

  [Symbol.dispose](): void {
    this.clear();
  }

  #draw(progress: Progress, time: number): void {
    const share = progress.total ? Math.min(1, progress.done / progress.total) : 0;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = progress.total ? `[${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}] ` : '';
    const line = bar + describe(progress, time - this.#phaseStarted);
    this.#options.stream.write(`\r\u001b[2K${line.slice(0, (this.#options.stream.columns ?? 80) - 1)}`);
    this.#drawn = true;
  }
}

/** `importing 1,200/3,000 records, 800/s, 3 s left` */
export function describe(progress: Progress, elapsedMs: number): string {
  const { phase, done, total, unit, detail } = progress;
  const rate = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  const amount = total === null ? quantity(done, unit) : `${quantity(done, unit)}/${quantity(total, unit)}`;
  const parts = [`${phase} ${amount}${unit === 'bytes' ? '' : ` ${unit}`}`];
  if (detail !== undefined) parts.push(detail);
  if (rate > 0) parts.push(`${quantity(rate, unit)}/s`);
  if (rate > 0 && total !== null && total > done) parts.push(`${Math.ceil((total - done) / rate)} s left`);
  return parts.join(', ');
}

function quantity(value: number, unit: Progress['unit']): string {
  return unit === 'bytes' ? formatBytes(value) : Math.round(value).toLocaleString('en');
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  const power = Math.min(4, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}
