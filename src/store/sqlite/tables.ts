import type { RecordKind } from '../../model/record.ts';

interface Tables {
  readonly records: string;
  readonly vectors: string;
  /** The full text. */
  readonly text: string;
  /** The column that a filter's `since` and `until` bound. */
  readonly instant: string;
}

/** The only names that are ever put into SQL text; every value is bound. */
export const TABLES: Readonly<Record<RecordKind, Tables>> = {
  memory: { records: 'memories', vectors: 'memory_vectors', text: 'memory_text', instant: 'updated_at' },
  code_unit: {
    records: 'code_units',
    vectors: 'code_unit_vectors',
    text: 'code_unit_text',
    instant: 'indexed_at',
  },
};
