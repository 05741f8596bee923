import { formatInstant } from '../../model/instant.ts';
import type { Memory } from '../../model/memory.ts';
import type { Session } from '../session.ts';
import { table } from './table.ts';
import { visible, visibleLines } from './text.ts';

/** The first characters of an id, as tables show it; enough for a command to find it in a store of usual size. */
export function shortId(id: string): string {
  return id.slice(0, 13);
}

/** Rows of memories, one a line, cut to the terminal's width. */
export function memoryTable(memories: readonly Memory[], session: Session, full: boolean): readonly string[] {
  const columns = [
    { title: 'ID' },
    { title: 'UPDATED' },
    { title: 'CATEGORY' },
    { title: 'PROJECT' },
    { title: 'CONTENT', flexible: true },
  ];
  const rows = memories.map(memory => [
    full ? memory.id : shortId(memory.id),
    formatInstant(memory.updatedAt).slice(0, 10),
    memory.category,
    memory.projectName ?? '-',
    memory.content,
  ]);
  return table(columns, rows, session.width);
}

/** Everything about one memory, for people: fields, a blank line, the content. */
export function memoryDetails(memory: Memory, session: Session): string {
  const { provenance } = memory;
  const fields: readonly (readonly [string, string | null])[] = [
    ['id', memory.id],
    ['category', memory.category],
    ['scope', memory.scope],
    ['project', memory.projectName],
    ['level', memory.contextLevel],
    ['importance', String(memory.importance)],
    ['tags', memory.tags.length > 0 ? memory.tags.join(', ') : null],
    ['state', memory.lifecycleState],
    ['source', provenance.source],
    ['created', formatInstant(memory.createdAt)],
    ['updated', formatInstant(memory.updatedAt)],
    ['accessed', formatInstant(memory.lastAccessed)],
    ['vector', memory.embeddingModel],
  ];
  const lines = fields
    .filter((field): field is readonly [string, string] => field[1] !== null)
    .map(([name, value]) => `${session.paintOut('dim', `${name}:`.padEnd(12))}${visible(value)}`);
  return `${lines.join('\n')}\n\n${visibleLines(memory.content)}`;
}
