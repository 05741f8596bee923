import type { CodeUnit } from '../../src/model/code-unit.ts';
import { parseInstant } from '../../src/model/instant.ts';
import type { Memory } from '../../src/model/memory.ts';

/** An instant of a test, from its RFC 3339 text. */
export function at(text: string): bigint {
  const instant = parseInstant(text);
  if (instant === null) throw new Error(`no instant: ${text}`);
  return instant;
}

/** The id of the nth record of a test. */
export function idOf(n: number): string {
  return `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** A memory of a test, with whatever matters to it. */
export function aMemory(parts: Partial<Memory> = {}): Memory {
  return {
    id: idOf(1),
    content: 'The API listens on port 8443.',
    category: 'fact',
    contextLevel: 'PROJECT_CONTEXT',
    scope: 'global',
    projectName: null,
    importance: 0.5,
    tags: [],
    metadata: {},
    provenance: {
      source: 'user_explicit',
      createdBy: 'user_statement',
      lastConfirmed: null,
      confidence: 0.8,
      verified: false,
      conversationId: null,
      fileContext: [],
      notes: null,
      extra: {},
    },
    lifecycleState: 'ACTIVE',
    createdAt: at('2026-01-01T00:00:00Z'),
    updatedAt: at('2026-01-02T00:00:00Z'),
    lastAccessed: at('2026-01-03T00:00:00Z'),
    embeddingModel: null,
    extra: {},
    ...parts,
  };
}

export function aCodeUnit(parts: Partial<CodeUnit> = {}): CodeUnit {
  return {
    id: idOf(1000),
    projectName: 'alpha',
    filePath: 'src/main.py',
    language: 'python',
    unitType: 'function',
    name: 'main',
    signature: 'def main()',
    startLine: 1,
    endLine: 3,
    startByte: 0,
    endByte: 40,
    content: 'def main():\n    pass\n',
    doc: null,
    imports: ['sys'],
    complexity: 1,
    fileHash: 'ab'.repeat(32),
    indexedAt: at('2026-01-02T00:00:00Z'),
    embeddingModel: null,
    metadata: {},
    extra: {},
    ...parts,
  };
}
