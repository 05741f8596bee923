import type { Grammar } from './grammar.ts';

export const PHP: Grammar = {
  wasm: 'php',
  query: `
(comment) @comment
[(php_tag) (namespace_use_declaration)] @frame
(namespace_definition name: (_) @name body: (_) @body) @namespace
(namespace_definition name: (_) @name !body) @namespace
(class_declaration name: (_) @name body: (_) @body) @class
(interface_declaration name: (_) @name body: (_) @body) @interface
(trait_declaration name: (_) @name body: (_) @body) @trait
(enum_declaration name: (_) @name body: (_) @body) @enum
(method_declaration name: (_) @name body: (_)? @body) @method
(function_definition name: (_) @name body: (_) @body) @function
(attribute_list) @annotation
(namespace_use_clause . [(qualified_name) (name)] @import)
([(require_expression (string (string_content) @import)) (require_once_expression (string (string_content) @import))
  (include_expression (string (string_content) @import)) (include_once_expression (string (string_content) @import))])
[
  (if_statement) (else_if_clause) (for_statement) (foreach_statement) (while_statement) (do_statement) (case_statement)
  (match_conditional_expression) (catch_clause) (conditional_expression)
  (binary_expression operator: ["&&" "||" "and" "or" "??"])
] @branch
`,
};
