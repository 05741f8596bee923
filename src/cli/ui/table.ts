import stringWidth from 'string-width';
import { truncate } from './text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The one column that gives way when the table is wider than the terminal. */
  readonly flexible?: boolean;
}

const GAP = 2;

/** Lines of a table, header first, that fit `width` columns where the flexible column can give way. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const clean = rows.map(row => row.map(cell => truncate(cell, Number.POSITIVE_INFINITY)));
  const widths = columns.map((column, i) =>
    Math.max(stringWidth(column.title), ...clean.map(row => stringWidth(row[i] ?? ''))),
  );
  const flexible = columns.findIndex(column => column.flexible);
  const excess = widths.reduce((sum, w) => sum + w + GAP, -GAP) - width;
  if (flexible >= 0 && excess > 0) widths[flexible] = Math.max(10, (widths[flexible] ?? 0) - excess);
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, i) =>
        pad(truncate(cells[i] ?? '', widths[i] ?? 0), widths[i] ?? 0, column.align ?? 'left'),
      )
      .join(' '.repeat(GAP))
      .trimEnd();
  return [line(columns.map(column => column.title)), ...clean.map(line)];
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const blank = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'right' ? blank + text : text + blank;
}
