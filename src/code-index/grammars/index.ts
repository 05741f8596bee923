import { BASH } from './bash.ts';
import { C_SHARP } from './c-sharp.ts';
import { CPP } from './cpp.ts';
import { GO } from './go.ts';
import type { Grammar } from './grammar.ts';
import { JAVA } from './java.ts';
import { JAVASCRIPT } from './javascript.ts';
import { PHP } from './php.ts';
import { PYTHON } from './python.ts';
import { RUBY } from './ruby.ts';
import { RUST } from './rust.ts';
import { TSX, TYPESCRIPT } from './typescript.ts';

/** The grammar of each language that is parsed, by the name that its units carry. */
export const GRAMMARS: ReadonlyMap<string, Grammar> = new Map([
  ['bash', BASH],
  ['c', CPP],
  ['cpp', CPP],
  ['csharp', C_SHARP],
  ['go', GO],
  ['java', JAVA],
  ['javascript', JAVASCRIPT],
  ['php', PHP],
  ['python', PYTHON],
  ['ruby', RUBY],
  ['rust', RUST],
  ['tsx', TSX],
  ['typescript', TYPESCRIPT],
]);
