import { ECMASCRIPT, JAVASCRIPT_ONLY } from './ecmascript.ts';
import type { Grammar } from './grammar.ts';

/** With JSX. */
export const JAVASCRIPT: Grammar = { wasm: 'javascript', query: ECMASCRIPT + JAVASCRIPT_ONLY };
