/** One line of the bench: what it is compared with, and what it must not exceed. */
export interface Line {
  readonly task: string;
  /** As the documentation calls it. */
  readonly name: string;
  readonly against?: string;
  /** How many times as long as what it is compared with. */
  readonly limit?: number;
  /** Milliseconds. */
  readonly most?: number;
  /** Milliseconds beyond what it is compared with. */
  readonly beyond?: number;
  /** No store larger than that: what it measures would take hours, or is the same at any size. */
  readonly upTo?: number;
  /** Not memport's own work, and so without a limit on memory. */
  readonly isYardstick?: boolean;
}

export const PLAN: readonly Line[] = [
  { task: 'backup', name: 'SQLite’s online backup', isYardstick: true },
  { task: 'archive-export', name: 'archive export', against: 'backup', limit: 2 },
  { task: 'archive-export-verified', name: 'archive export, verified', against: 'backup', limit: 3 },
  { task: 'verify', name: 'verify an archive', against: 'backup', limit: 1 },
  { task: 'backup-create', name: '`backup create`, with its proof', against: 'backup' },
  { task: 'archive-plain', name: 'archive export without vectors' },
  { task: 'json-export', name: 'JSON export', against: 'archive-plain', limit: 3 },
  { task: 'markdown-export', name: 'Markdown export', against: 'archive-plain', limit: 4 },
  { task: 'archive-plain-verified', name: 'archive export without vectors, verified' },
  {
    task: 'json-export-verified',
    name: 'JSON export, verified',
    against: 'archive-plain-verified',
    limit: 3,
  },
  {
    task: 'markdown-export-verified',
    name: 'Markdown export, verified',
    against: 'archive-plain-verified',
    limit: 4,
  },
  { task: 'bare-insert', name: 'bare bulk insert', isYardstick: true },
  { task: 'archive-import', name: 'archive import', against: 'bare-insert', limit: 1.7 },
  {
    task: 'archive-import-near-off',
    name: 'the same, `--near-duplicates off`',
    against: 'bare-insert',
    limit: 1.7,
  },
  { task: 'dry-run', name: 'the same, `--dry-run`', against: 'archive-import', limit: 1, upTo: 100_000 },
  { task: 'restore', name: 'restore of an archive', against: 'bare-insert', limit: 2 },
  { task: 'json-import', name: 'JSON import, vectors made again', against: 'bare-insert', upTo: 100_000 },
  { task: 'near-import-off', name: 'import of as many again, `--near-duplicates off`', upTo: 100_000 },
  {
    task: 'near-import',
    name: 'the same, near ones looked for',
    against: 'near-import-off',
    upTo: 100_000,
  },
  { task: 'search-first', name: 'first search, which makes the index' },
  { task: 'search-text', name: 'search by text' },
  { task: 'search-vector', name: 'search by vectors' },
  { task: 'search-hybrid', name: 'search by both', most: 100 },
  { task: 'help', name: '`memport --help`', most: 120, upTo: 10_000 },
  { task: 'list', name: '`memport list --limit 1`: the start-up, with an open store', upTo: 100_000 },
  { task: 'add', name: '`memport add`', against: 'list', beyond: 15, upTo: 100_000 },
];

export const PEAK_LIMIT_MIB = 150;
/** Time per record of the largest store against that of the smallest from GROWS_FROM on: what is above grows too fast. */
export const GROWTH_LIMIT = 1.15;
export const GROWS_FROM = 10_000;
/** Those that read or write every record. */
export const GROWING: ReadonlySet<string> = new Set([
  'archive-export',
  'archive-export-verified',
  'verify',
  'json-export-verified',
  'markdown-export-verified',
  'archive-import',
  'archive-import-near-off',
  'dry-run',
  'restore',
]);
