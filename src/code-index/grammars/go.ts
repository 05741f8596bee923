import type { Grammar } from './grammar.ts';

export const GO: Grammar = {
  wasm: 'go',
  query: `
(comment) @comment
[(package_clause) (import_declaration)] @frame
(function_declaration name: (_) @name body: (_)? @body) @function
(method_declaration receiver: (parameter_list (parameter_declaration type: (_) @receiver)) name: (_) @name body: (_)? @body) @method
(type_declaration . (type_spec) @inner .) @wrapper
(type_declaration . (type_alias) @inner .) @wrapper
(type_spec name: (_) @name type: (struct_type (_) @body)) @struct
(type_spec name: (_) @name type: (interface_type)) @interface
(type_spec name: (_) @name) @type
(type_alias name: (_) @name) @type
(import_spec path: (_ (_) @import))
[
  (if_statement) (for_statement) (expression_case) (type_case) (communication_case)
  (binary_expression operator: ["&&" "||"])
] @branch
`,
};
