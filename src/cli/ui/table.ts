import stringWidth from 'string-width';
import { truncate } from './text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The one column that gives way when the table is wider than the terminal. */
  readonly flexible?: boolean;
}

const GAP = 2;
/** Columns of a cell that are looked at; no terminal shows more. */
const MAX_CELL = 1000;

/** Lines of a table, header first, that fit `width` columns where the flexible column can give way. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const clean = rows.map(row => row.map(cell => truncate(cell, MAX_CELL)));
  const natural = columns.map((column, i) =>
    clean.reduce((most, row) => Math.max(most, stringWidth(row[i] ?? '')), stringWidth(column.title)),
  );
  const excess = Math.max(0, natural.reduce((sum, w) => sum + w + GAP, -GAP) - width);
  const sized = natural.map((w, i) => (columns[i]?.flexible && excess > 0 ? Math.max(10, w - excess) : w));
  const line = (cells: readonly string[]): string =>
    sized
      .map((w, i) => pad(truncate(cells[i] ?? '', w), w, columns[i]?.align ?? 'left'))
      .join(' '.repeat(GAP))
      .trimEnd();
  return [line(columns.map(column => column.title)), ...clean.map(line)];
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const blank = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'right' ? blank + text : text + blank;
}
