import type { Grammar } from './grammar.ts';

export const BASH: Grammar = {
  wasm: 'bash',
  query: `
(comment) @comment
(function_definition name: (_) @name body: (_) @body) @function
(command name: (command_name) @callee . argument: (_) @import (#any-of? @callee "source" "."))
[
  (if_statement) (elif_clause) (for_statement) (c_style_for_statement) (while_statement) (case_item)
  (list ["&&" "||"])
] @branch
`,
};
