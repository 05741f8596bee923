import type { Grammar } from './grammar.ts';

export const RUBY: Grammar = {
  wasm: 'ruby',
  query: `
(comment) @comment
(module name: (_) @name body: (_)? @body) @module
(class name: (_) @name body: (_)? @body) @class
(method name: (_) @name body: (_)? @body) @method
(singleton_method name: (_) @name body: (_)? @body) @method
(call method: (identifier) @callee arguments: (argument_list . (string (string_content) @import))
  (#any-of? @callee "require" "require_relative" "load" "autoload"))
[
  (if) (elsif) (unless) (if_modifier) (unless_modifier) (while) (until) (while_modifier) (until_modifier) (for) (when)
  (in_clause) (rescue) (rescue_modifier) (conditional)
  (binary operator: ["&&" "||" "and" "or"])
] @branch
`,
};
