import type { Memory } from '../src/model/memory.ts';
import { type MemoryEntry, memoryEntry } from '../src/model/record.ts';

export const DIMENSIONS = 384;
const CONTENT_LENGTH = 400;
const START = 1_700_000_000_000_000n;
const MODEL = 'memport-hash-384-v1';

/** The nth memory of the bench: about 400 bytes of text from a vocabulary of 20,000 words and a unit vector, the same on every run. */
export function benchMemory(n: number): MemoryEntry {
  const random = mulberry32(n);
  let content = '';
  while (content.length < CONTENT_LENGTH) content += `${word(Math.floor(random() * random() * 20_000))} `;
  const updatedAt = START + BigInt(n) * 1_000_003n;
  const record: Memory = {
    id: `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
    content: content.slice(0, CONTENT_LENGTH),
    category: n % 3 === 0 ? 'fact' : 'preference',
    contextLevel: 'PROJECT_CONTEXT',
    scope: 'project',
    projectName: `project-${n % 5}`,
    importance: (n % 10) / 10,
    tags: [`tag-${n % 7}`, `tag-${n % 11}`],
    metadata: { ticket: n },
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
    createdAt: updatedAt,
    updatedAt,
    lastAccessed: updatedAt,
    embeddingModel: MODEL,
    extra: {},
  };
  return memoryEntry(record, unitVector(random));
}

export function* benchBatches(count: number, size = 500): Iterable<readonly MemoryEntry[]> {
  for (let start = 0; start < count; start += size) {
    yield Array.from({ length: Math.min(size, count - start) }, (_, i) => benchMemory(start + i));
  }
}

/** As many other memories, of which every tenth is near to one of the first: its vector at a cosine of 0.98. */
export function* othersBatches(count: number, size = 500): Iterable<readonly MemoryEntry[]> {
  for (let start = 0; start < count; start += size) {
    yield Array.from({ length: Math.min(size, count - start) }, (_, i) => {
      const other = benchMemory(count + start + i);
      if ((start + i) % 10 !== 0) return other;
      return { ...other, vector: between(benchMemory(start + i).vector, other.vector, 0.98) };
    });
  }
}

/** The unit vector at this cosine from `a`, on the side of `b`: both are nearly at a right angle. */
function between(a: Float32Array | null, b: Float32Array | null, cosine: number): Float32Array {
  const rest = Math.sqrt(1 - cosine * cosine);
  return Float32Array.from({ length: DIMENSIONS }, (_, i) => cosine * (a?.[i] ?? 0) + rest * (b?.[i] ?? 0));
}

function unitVector(random: () => number): Float32Array {
  const vector = Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5);
  const norm = Math.hypot(...vector);
  return vector.map(component => component / norm);
}

function word(n: number): string {
  return (n * 2_654_435_761 + 1_000_003).toString(36);
}

/** A small generator with a 32-bit state (public domain, by Tommy Ettinger); good enough for made-up data. */
function mulberry32(seed: number): () => number {
  let state = seed + 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
