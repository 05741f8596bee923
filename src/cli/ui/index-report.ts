import type { IndexReport } from '../../code-index/index-report.ts';
import { indexSummary } from '../../code-index/index-report.ts';
import type { Session } from '../session.ts';
import { visible } from './text.ts';

/** So many are named without `--verbose`. */
const SHOWN = 10;

export async function printIndexReport(
  session: Session,
  report: IndexReport,
  elapsedMs: number,
): Promise<void> {
  for (const { path, reason } of report.unreadable) {
    await session.warn(`${path === '' ? report.root : path} can't be read: ${reason}`);
  }
  if (session.json) {
    await session.outJson(indexSummary(report));
    return;
  }
  await session.out(summary(report));
  await session.note(details(report, elapsedMs).join('\n'));
  await sayBroken(session, report.broken);
  if (report.pending_vectors > 0)
    await session.note(`${report.pending_vectors} units have no vector yet: the next run makes it`);
  if (report.other_vectors > 0)
    await session.note(
      `${report.other_vectors} units have a vector of another model: --all makes them again`,
    );
}

function summary({ project, files, units, parsed, unchanged, removed }: IndexReport): string {
  const changes = [`${count(parsed)} parsed`, `${count(unchanged)} unchanged`];
  if (removed > 0) changes.push(`${count(removed)} removed`);
  return `${visible(project)}: ${count(files)} files, ${count(units)} units (${changes.join(', ')})`;
}

function details(report: IndexReport, elapsedMs: number): readonly string[] {
  const lines = [
    `units: ${count(report.units_added)} added, ${count(report.units_changed)} changed, ${count(report.units_removed)} removed`,
  ];
  const languages = ranked(report.languages);
  if (languages !== '') lines.push(`languages: ${languages}`);
  const skipped = ranked(report.skipped);
  if (skipped !== '') lines.push(`skipped: ${skipped}`);
  return [...lines, `${(elapsedMs / 1000).toFixed(1)} s`];
}

/** `python 12, go 3`, the most first. */
export function ranked(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([name, n]) => `${visible(name)} ${count(n)}`)
    .join(', ');
}

async function sayBroken(session: Session, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const shown = session.options.verbose ? paths : paths.slice(0, SHOWN);
  const rest =
    paths.length > shown.length ? [`  … and ${paths.length - shown.length} more; --verbose shows all`] : [];
  const lines = [`parsed in part: ${count(paths.length)} files`, ...shown.map(path => `  ${path}`), ...rest];
  await session.note(lines.join('\n'));
}

function count(value: number): string {
  return value.toLocaleString('en');
}
