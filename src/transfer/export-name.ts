import { formatInstant, instantFromMilliseconds } from '../model/instant.ts';
import type { ExportFormat } from './export-plan.ts';

const ENDINGS: Readonly<Record<ExportFormat, string>> = { archive: 'tar.gz', json: 'json' };

/** The name of an export that nobody named: `memport-20260131T101500Z.tar.gz`. */
export function exportName(format: ExportFormat, nowMs: number): string {
  const stamp = formatInstant(instantFromMilliseconds(nowMs)).replaceAll(/[-:]/g, '').replace(/\.\d+/, '');
  return `memport-${stamp}.${ENDINGS[format]}`;
}
