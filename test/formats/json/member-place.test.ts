import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberPlace } from '../../../src/formats/json/member-place.ts';
import { canonicalJson } from '../../../src/model/canonical.ts';

describe('memberPlace', () => {
  it.each([
    ['{}', 1],
    ['{"a":1}', 6],
    ['{"z":1}', 1],
    ['{"a":{"embedding_model":"\\"},"},"embedding_model":1}', 32],
    ['{"a":"\\\\","f":[{}]}', 10],
    ['{"a":[[1],[2,{"z":3}]],"em":null}', 32],
    ['{"\\u001f":1,"z":2}', 12],
  ])('finds the place in %s', (line, place) => expect(memberPlace(line, 'embedding')).toBe(place));

  it('keeps any canonical line canonical', () => {
    const names = fc.oneof(
      fc.string(),
      fc.constantFrom('embed', 'embedding_model', 'embedding\u0000', 'z"\\'),
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), members => {
        const { embedding: _, ...others } = members;
        const line = canonicalJson(JSON.parse(JSON.stringify(others)));
        const place = memberPlace(line, 'embedding');
        const [before, after] = [line.slice(0, place), line.slice(place)];
        const member = `${after === '}' && before !== '{' ? ',' : ''}"embedding":[1]${after === '}' ? '' : ','}`;
        const spliced = before + member + after;
        expect(canonicalJson(JSON.parse(spliced))).toBe(spliced);
      }),
      { numRuns: 300 },
    );
  });
});
