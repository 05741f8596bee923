import type { Grammar } from './grammar.ts';

export const C_SHARP: Grammar = {
  wasm: 'c-sharp',
  query: `
(comment) @comment
(namespace_declaration name: (_) @name body: (_) @body) @namespace
(file_scoped_namespace_declaration name: (_) @name) @namespace
(class_declaration name: (_) @name body: (_)? @body) @class
(record_declaration name: (_) @name body: (_)? @body) @class
(struct_declaration name: (_) @name body: (_)? @body) @struct
(interface_declaration name: (_) @name body: (_)? @body) @interface
(enum_declaration name: (_) @name body: (_)? @body) @enum
(delegate_declaration name: (_) @name) @type
(method_declaration name: (_) @name body: (_)? @body) @method
(constructor_declaration name: (_) @name body: (_)? @body) @method
(destructor_declaration "~" @name body: (_)? @body) @method
(operator_declaration operator: _ @name body: (_)? @body) @method
(property_declaration name: (_) @name accessors: (accessor_list (accessor_declaration body: (_))) @body) @method
(property_declaration name: (_) @name value: (arrow_expression_clause) @body) @method
(local_function_statement name: (_) @name body: (_)? @body) @function
(attribute_list) @annotation
(using_directive [(qualified_name) (identifier)] @import .) @frame
[
  (if_statement) (for_statement) (foreach_statement) (while_statement) (do_statement) (switch_section)
  (switch_expression_arm) (catch_clause) (conditional_expression)
  (binary_expression operator: ["&&" "||" "??"])
] @branch
`,
};
