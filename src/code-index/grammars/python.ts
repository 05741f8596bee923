import type { Grammar } from './grammar.ts';

export const PYTHON: Grammar = {
  wasm: 'python',
  query: `
(comment) @comment
(function_definition name: (_) @name body: (_) @body) @function
(class_definition name: (_) @name body: (_) @body) @class
(decorated_definition definition: (_) @inner) @wrapper
(decorator) @annotation
(module . (comment)* . (expression_statement . (string) @docstring .))
(function_definition body: (block . (expression_statement . (string) @docstring .)))
(class_definition body: (block . (expression_statement . (string) @docstring .)))
(module (expression_statement (assignment left: (identifier) @name right: (lambda body: (_) @body))) @function)
(type_alias_statement left: (_) @name) @type
[(import_statement) (import_from_statement) (future_import_statement)] @frame
(import_statement name: (dotted_name) @import)
(import_statement name: (aliased_import name: (_) @import))
(import_from_statement module_name: (_) @import)
(future_import_statement "__future__" @import)
[
  (if_statement) (elif_clause) (for_statement) (while_statement) (except_clause) (case_clause) (conditional_expression)
  (boolean_operator) (for_in_clause) (if_clause)
] @branch
`,
};
