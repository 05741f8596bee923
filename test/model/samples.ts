import type { CodeUnit } from '../../src/model/code-unit.ts';
import type { Memory } from '../../src/model/memory.ts';

const AT = 1_763_375_400_123_456n;

/** A memory with something in every field, changed by `fields`. */
export function sampleMemory(fields: Partial<Memory> = {}): Memory {
  return {
    id: '0198c0de-0000-7000-8000-000000000001',
    content: 'Deploys run on Fridays',
    category: 'fact',
    contextLevel: 'PROJECT_CONTEXT',
    scope: 'project',
    projectName: 'web-shop',
    importance: 0.75,
    tags: ['Deploy', 'ci'],
    metadata: { ticket: 42, nested: { list: [1, null, true] } },
    provenance: {
      source: 'user_explicit',
      createdBy: 'ada',
      lastConfirmed: AT + 5n,
      confidence: 0.9,
      verified: true,
      conversationId: 'conversation-1',
      fileContext: ['src/deploy.ts'],
      notes: 'said twice',
      extra: {},
    },
    lifecycleState: 'ACTIVE',
    createdAt: AT,
    updatedAt: AT + 1_000_000n,
    lastAccessed: AT + 2_000_000n,
    embeddingModel: 'memport-hash-384-v1',
    extra: {},
    ...fields,
  };
}

/** A code unit with something in every field, changed by `fields`. */
export function sampleCodeUnit(fields: Partial<CodeUnit> = {}): CodeUnit {
  return {
    id: '4bbcef69-9e4b-5ad0-9bf5-c35288315bb4',
    projectName: 'web-shop',
    filePath: 'src/deploy.ts',
    language: 'typescript',
    unitType: 'function',
    name: 'deploy',
    signature: 'deploy(target: string): void',
    startLine: 3,
    endLine: 9,
    startByte: 40,
    endByte: 200,
    content: 'function deploy(target: string): void {}',
    doc: 'Deploys.',
    imports: ['node:fs', { module: 'x', line: 1 }],
    complexity: 2,
    fileHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    indexedAt: AT,
    embeddingModel: null,
    metadata: { exported: true },
    extra: {},
    ...fields,
  };
}
