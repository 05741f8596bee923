import type { Command } from 'commander';
import type { Draft } from '../memories/draft.ts';
import { CATEGORIES, SCOPES } from '../model/memory.ts';
import { collect } from './filters.ts';
import { interruptible, readText } from './input.ts';
import type { Session } from './session.ts';

export interface DraftOptions {
  readonly content?: string;
  readonly category?: string;
  readonly project?: string;
  readonly scope?: string;
  readonly tag?: readonly string[];
  readonly importance?: string;
  readonly metadata?: string;
}

const MAX_STDIN = 1024 * 1024;

/** The options that say what a memory is like, the same for `add` and `update`. */
export function addDraftOptions(command: Command): Command {
  return command
    .option('--category <category>', CATEGORIES.join(', '))
    .option('--project <name>', 'the project it belongs to')
    .option('--scope <scope>', `${SCOPES.join(' or ')} (default: project when a project is given)`)
    .option('--tag <tag>', 'a tag (repeatable)', (value: string, earlier: readonly string[] | undefined) =>
      collect(value, earlier ?? []),
    )
    .option('--importance <number>', 'from 0 to 1')
    .option('--metadata <json>', 'a JSON object');
}

/** A draft of the options; content `-` is read from standard input, whole and unchanged. */
export async function readDraft(
  session: Session,
  options: DraftOptions,
  content: string | undefined,
): Promise<Draft> {
  return {
    content: content === '-' ? await readText(interruptible(session.io), MAX_STDIN) : content,
    category: options.category,
    project: options.project,
    scope: options.scope,
    tags: options.tag,
    importance: options.importance,
    metadata: options.metadata,
  };
}
