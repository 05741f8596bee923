import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from letting its heap grow as it likes on a machine with memory to spare, which a program that streams does not
 * need. To be called first. Of the heap for new objects, which by default comes to over 100 MiB of garbage: with this the
 * peak of an import halves and its time stays; no other flag of that heap takes effect after the start. Of the heap for old
 * objects, which may grow to four times what is alive in it: in 1.7 times, an import's peak is 17 MiB lower and its time
 * stays, for the marking is done on another thread.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=70');
}
