import { describe } from 'vitest';
import { codeContract } from './code.ts';
import { filterContract } from './filters.ts';
import { groupContract } from './groups.ts';
import { modelVectorContract } from './model-vectors.ts';
import { operationContract } from './operations.ts';
import type { MakePlace } from './place.ts';
import { scanContract } from './scans.ts';
import { searchContract } from './search.ts';
import { summaryContract } from './summaries.ts';
import { transactionContract } from './transactions.ts';
import { valueContract } from './values.ts';
import { writeContract } from './writes.ts';

export type { MakePlace, StorePlace } from './place.ts';

/** What src/store/store.ts promises, for any store. */
export function storeContract(name: string, makePlace: MakePlace): void {
  describe(`store contract: ${name}`, () => {
    writeContract(makePlace);
    scanContract(makePlace);
    groupContract(makePlace);
    filterContract(makePlace);
    summaryContract(makePlace);
    searchContract(makePlace);
    modelVectorContract(makePlace);
    codeContract(makePlace);
    transactionContract(makePlace);
    valueContract(makePlace);
    operationContract(makePlace);
  });
}
