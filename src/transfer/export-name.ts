import { formatInstant, instantFromMilliseconds } from '../model/instant.ts';
import type { ExportFormat } from './export-plan.ts';

const ENDINGS: Readonly<Record<ExportFormat, string>> = {
  archive: '.tar.gz',
  json: '.json',
  markdown: '.md',
};

export interface ExportNaming {
  readonly format: ExportFormat;
  /** A folder has no ending. */
  readonly asFolder?: boolean;
  readonly encrypted?: boolean;
}

/** The name of an export that nobody named: `memport-20260131T101500Z.tar.gz`. */
export function exportName({ format, asFolder, encrypted }: ExportNaming, nowMs: number): string {
  const stamp = formatInstant(instantFromMilliseconds(nowMs)).replaceAll(/[-:]/g, '').replace(/\.\d+/, '');
  return `memport-${stamp}${asFolder ? '' : ENDINGS[format]}${encrypted ? '.age' : ''}`;
}

/** Whether an export of Markdown to this path is one file in place of a folder. */
export function isMarkdownFile(path: string): boolean {
  return /\.md(\.age)?$/i.test(path);
}
