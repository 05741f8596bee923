import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../src/model/identity.ts';
import { codeUnitEntry, memoryEntry } from '../../src/model/record.ts';
import { sampleCodeUnit, sampleMemory } from './samples.ts';

const ofMemory = (fields = {}): string => contentHash(memoryEntry(sampleMemory(fields), null));
const ofUnit = (fields = {}): string => contentHash(codeUnitEntry(sampleCodeUnit(fields), null));

describe('contentHash', () => {
  // Frozen: tombstones of users hold it.
  it('is the sha256 of these texts', () => {
    const memory = '["memory","fact","project","web-shop","Deploys run on Fridays"]';
    expect(ofMemory()).toBe(createHash('sha256').update(memory).digest('hex'));
    const unit =
      '["code_unit","web-shop","src/deploy.ts","deploy","function deploy(target: string): void {}"]';
    expect(ofUnit()).toBe(createHash('sha256').update(unit).digest('hex'));
  });

  it('goes by content, category, scope and project of a memory only', () => {
    const others = {
      id: '0198c0de-0000-7000-8000-000000000002',
      importance: 0,
      tags: [],
      metadata: {},
      updatedAt: 0n,
      extra: { a: 1 },
    };
    expect(ofMemory(others)).toBe(ofMemory());
    const changes = [{ content: 'x' }, { category: 'event' }, { scope: 'global' }, { projectName: null }];
    expect(new Set([ofMemory(), ...changes.map(ofMemory)]).size).toBe(5);
  });

  it('goes by project, path, name and content of a code unit only', () => {
    expect(ofUnit({ startLine: 99, doc: null })).toBe(ofUnit());
    const changes = [{ content: 'x' }, { name: 'x' }, { filePath: 'x' }, { projectName: 'x' }];
    expect(new Set([ofUnit(), ...changes.map(ofUnit)]).size).toBe(5);
  });

  it('tells lone surrogates apart', () => {
    expect(ofMemory({ content: '\ud800' })).not.toBe(ofMemory({ content: '\ud801' }));
  });
});
