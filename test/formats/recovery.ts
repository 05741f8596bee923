import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lost } from '../../src/formats/lost.ts';
import { RecoverySource } from '../../src/formats/recover.ts';
import type { FormatName, SourceItem, SourceRecord, Verification } from '../../src/formats/source.ts';
import { scratch } from '../support/cli.ts';

export interface Recovered {
  readonly items: readonly SourceItem[];
  readonly records: ReadonlyMap<string, SourceRecord>;
  readonly verification: Verification;
  readonly lost: Lost | null;
  readonly format: string;
}

/** What a recovery finds in these bytes, or the code of the error that it ends with. */
export async function recover(
  bytes: Uint8Array,
  from?: FormatName,
  path?: string,
): Promise<Recovered | string> {
  const file = path ?? join(scratch(), 'damaged');
  writeFileSync(file, bytes);
  await using source = new RecoverySource(file, from);
  try {
    const verification = await source.verify();
    const items: SourceItem[] = [];
    for await (const batch of source.read()) items.push(...batch);
    const records = items.filter(item => item.type === 'record');
    const byId = new Map(records.map(record => [String(record.value.id), record]));
    return { items, records: byId, verification, lost: source.lost, format: source.format };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}

export async function recovered(bytes: Uint8Array, from?: FormatName, path?: string): Promise<Recovered> {
  const result = await recover(bytes, from, path);
  if (typeof result === 'string') throw new Error(`nothing recovered: ${result}`);
  return result;
}

/** The same numbers in each run. */
export function* numbers(seed: number, below: number, count: number): Generator<number> {
  let state = seed;
  for (let n = 0; n < count; n += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield Math.floor((state / 2 ** 32) * below);
  }
}

export function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}
