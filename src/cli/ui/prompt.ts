import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { MemportError } from '../../errors.ts';
import { write } from '../io.ts';
import type { Session } from '../session.ts';
import { visibleLines } from './text.ts';

/** Throws `usage` where a question could get no answer: without a terminal or with `--no-input`, unless `--yes` answers it. */
export function requireAnswer(session: Session, question: string): void {
  const { yes, input } = session.options;
  const canAsk = input !== false && session.io.stdin.isTTY === true && session.io.stderr.isTTY === true;
  if (yes || canAsk) return;
  throw new MemportError('usage', `${question} needs a yes, and there is no terminal to ask on`, {
    hint: 'look at it with --dry-run, then say --yes',
  });
}

/** Asks a question that is answered with yes or no; anything but yes is no. `--yes` answers without asking. */
export async function confirm(session: Session, question: string): Promise<boolean> {
  requireAnswer(session, question);
  if (session.options.yes) return true;
  const { stdin, stderr, signal } = session.io;
  await write(stderr, `${visibleLines(question)} [y/N] `);
  const lines = createInterface({ input: stdin, signal });
  try {
    const answer = await Promise.race([
      once(lines, 'line', { signal }),
      once(lines, 'close', { signal }).then(() => ['']),
    ]);
    return /^\s*y(es)?\s*$/i.test(String(answer[0]));
  } finally {
    lines.close();
  }
}
