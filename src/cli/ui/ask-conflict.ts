import { formatInstant } from '../../model/instant.ts';
import type { Entry } from '../../model/record.ts';
import { changedFields } from '../../transfer/changes.ts';
import type { Answer, Choice, Conflict } from '../../transfer/import/ask.ts';
import { changedAt } from '../../transfer/import/resolve.ts';
import type { Session } from '../session.ts';
import type { Questions } from './question.ts';
import { truncate, visibleLines } from './text.ts';
import { type Piece, wordDiff } from './word-diff.ts';

/** So many characters of common text are shown at each end of a longer run. */
const CONTEXT = 120;

const CHOICES: Readonly<Record<string, Choice>> = { e: 'existing', i: 'imported', b: 'both', s: 'skip' };

const QUESTION =
  'keep (e)xisting, take (i)mported, (b)oth, or (s)kip? A capital letter holds for all that follow:';

/** Shows both versions of a record and asks which one is to be. */
export async function askConflict(
  session: Session,
  questions: Questions,
  conflict: Conflict,
  number: number,
): Promise<Answer> {
  await session.say(`\n${describeConflict(session, conflict, number).join('\n')}\n`);
  return questions.ask(QUESTION, readAnswer);
}

/** An answer of one letter, of which the capital holds for all that follow; null for anything else. */
export function readAnswer(text: string): Answer | null {
  const letter = text.toLowerCase();
  const choice = Object.hasOwn(CHOICES, letter) ? CHOICES[letter] : undefined;
  return choice === undefined ? null : { choice, forAll: letter !== text };
}

function describeConflict(
  session: Session,
  { existing, imported }: Conflict,
  number: number,
): readonly string[] {
  const { id, projectName } = existing.record;
  const what = existing.kind === 'memory' ? 'memory' : 'code unit';
  const head = `conflict ${number}: ${what} ${id}${projectName === null ? '' : ` of ${truncate(projectName, 40)}`}`;
  const lines = [
    session.paint('bold', head),
    side('red', 'existing', existing),
    side('green', 'imported', imported),
  ];
  const same = existing.record.content === imported.record.content;
  const pieces = wordDiff(existing.record.content, imported.record.content);
  const text = same ? truncate(existing.record.content, 2 * CONTEXT) : pieces.map(paint).join('');
  // The dates stand in the head, and another text has another vector.
  const told = same ? ['updated_at', 'indexed_at'] : ['updated_at', 'indexed_at', 'content', 'embedding'];
  const others = changedFields(existing, imported).filter(({ field }) => !told.includes(field));
  return [
    ...lines,
    ...text.split('\n').map(line => `  | ${line}`),
    ...others.flatMap(({ field, before, after }) =>
      field === 'embedding'
        ? ['  embedding: another vector']
        : [
            `  ${truncate(field, 60)}`,
            session.paint('red', `    - ${truncate(before ?? '(none)', 120)}`),
            session.paint('green', `    + ${truncate(after ?? '(none)', 120)}`),
          ],
    ),
  ];

  function side(style: 'red' | 'green', name: string, entry: Entry): string {
    return session.paint(style, `  ${name}, of ${formatInstant(changedAt(entry))}`);
  }

  /** Brackets as well as colours: colours may be off, or not seen. */
  function paint(piece: Piece): string {
    if (piece.side === 'both') return visibleLines(abbreviate(piece.text));
    const text = visibleLines(piece.text);
    return piece.side === 'old' ? session.paint('red', `[-${text}-]`) : session.paint('green', `{+${text}+}`);
  }
}

function abbreviate(text: string): string {
  return text.length <= 2 * CONTEXT + 1 ? text : `${text.slice(0, CONTEXT)} … ${text.slice(-CONTEXT)}`;
}
