import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok } from './cli.ts';

/** A home with a small but varied store; resolves to the ids of its memories in the order of adding. */
export async function fillHome(home: string): Promise<readonly string[]> {
  let now = Date.parse('2026-05-01T00:00:00Z');
  const add = (...args: string[]): Promise<string> => {
    now += 86_400_000;
    return ok(['add', ...args], { home, now: () => now });
  };
  return [
    await add(
      'Prices are in cents.',
      '--project',
      'shop',
      '--tag',
      'money',
      '--metadata',
      '{"big":9007199254740993,"one":1.0}',
    ),
    await add("'; DROP TABLE memories; --", '--project', 'shop', '--category', 'event'),
    await add('Vents open at 27 degrees.', '--project', 'greenhouse', '--category', 'workflow'),
    await add('Écrit 日本語 😀 \u2028 \u0000 end\n', '--category', 'preference', '--tag', 'Language'),
    await add('Global with a project.', '--project', 'shop', '--scope', 'global', '--importance', '0.1'),
  ];
}

/** The content digest of a home's store. */
export async function digestOf(home: string): Promise<string> {
  return (JSON.parse(await ok(['status', '--digest', '--json'], { home })) as { content_digest: string })
    .content_digest;
}

/** The summary of an export or import that was run with `--json`. */
export function summaryOf(stdout: string): Record<string, unknown> {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  return JSON.parse(last) as Record<string, unknown>;
}

/** Every record line of a home, sorted. */
export async function linesOf(home: string): Promise<readonly string[]> {
  return (await ok(['list', '--all', '--json'], { home })).split('\n').filter(Boolean).sort();
}

/** Writes JSON of the original system's form with these memories and returns its path. */
export function feat038Json(
  folder: string,
  memories: readonly Record<string, unknown>[],
  top: Record<string, unknown> = {},
): string {
  const path = join(folder, 'original.json');
  const document = {
    version: '1.0.0',
    schema_version: '3.0.0',
    export_date: '2026-01-01T00:00:00+00:00',
    export_type: 'full',
    filters: {},
    memory_count: memories.length,
    memories,
    ...top,
  };
  writeFileSync(path, `${JSON.stringify(document, null, 2)}\n`);
  return path;
}

/** A memory as the original system writes it. */
export function originalMemory(n: number, parts: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    content: `Memory ${n}.`,
    category: 'fact',
    context_level: 'PROJECT_CONTEXT',
    scope: 'global',
    project_name: null,
    importance: 0.5,
    embedding_model: 'all-MiniLM-L6-v2',
    embedding: [],
    created_at: '2025-01-01T00:00:00+00:00',
    updated_at: '2025-01-02T00:00:00+00:00',
    last_accessed: '2025-01-02T00:00:00+00:00',
    lifecycle_state: 'ACTIVE',
    tags: [],
    metadata: {},
    ...parts,
  };
}
