import { ECMASCRIPT, TYPESCRIPT_ONLY } from './ecmascript.ts';
import type { Grammar } from './grammar.ts';

export const TYPESCRIPT: Grammar = { wasm: 'typescript', query: ECMASCRIPT + TYPESCRIPT_ONLY };

/** A grammar of its own: in TSX `<T>x` begins an element, in TypeScript it is a cast. */
export const TSX: Grammar = { wasm: 'tsx', query: ECMASCRIPT + TYPESCRIPT_ONLY };
