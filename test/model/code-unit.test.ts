import { describe, expect, it } from 'vitest';
import { CODE_UNIT_FIELDS, codeUnitLine, codeUnitRecord } from '../../src/model/code-unit.ts';
import { sampleCodeUnit } from './samples.ts';

describe('code unit', () => {
  // Frozen, as the line of a memory.
  it('has this line', () => {
    expect(codeUnitLine(sampleCodeUnit({ extra: { zeta: 1 } }))).toBe(
      '{"complexity":2,"content":"function deploy(target: string): void {}","doc":"Deploys.","embedding_model":null,' +
        '"end_byte":200,"end_line":9,"file_hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",' +
        '"file_path":"src/deploy.ts","id":"4bbcef69-9e4b-5ad0-9bf5-c35288315bb4","imports":["node:fs",{"line":1,"module":"x"}],' +
        '"indexed_at":"2025-11-17T10:30:00.123456Z","language":"typescript","metadata":{"exported":true},"name":"deploy",' +
        '"project_name":"web-shop","signature":"deploy(target: string): void","start_byte":40,"start_line":3,' +
        '"unit_type":"function","zeta":1}',
    );
  });

  it('names its own members, but for the vector, in its record', () => {
    const named = new Set([...Object.keys(codeUnitRecord(sampleCodeUnit())), 'embedding']);
    expect(named).toEqual(CODE_UNIT_FIELDS);
  });
});
