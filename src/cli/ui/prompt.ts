import { MemportError } from '../../errors.ts';
import type { Session } from '../session.ts';
import { canAsk, Questions } from './question.ts';
import { visibleLines } from './text.ts';

/** Throws `usage` where a question could get no answer, unless `--yes` answers it. */
export function requireAnswer(session: Session, question: string): void {
  if (session.options.yes || canAsk(session)) return;
  throw new MemportError('usage', `${question} needs a yes, and there is no terminal to ask on`, {
    hint: 'look at it with --dry-run, then say --yes',
  });
}

/** Asks a question that is answered with yes or no; anything but yes is no. `--yes` answers without asking. */
export async function confirm(session: Session, question: string): Promise<boolean> {
  requireAnswer(session, question);
  if (session.options.yes) return true;
  using questions = new Questions(session);
  return await questions.ask(`${visibleLines(question)} [y/N]`, answer => /^y(es)?$/i.test(answer));
}
