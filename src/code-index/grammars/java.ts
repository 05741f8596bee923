import type { Grammar } from './grammar.ts';

/** A package does not qualify names: it is the same for all of a folder. */
export const JAVA: Grammar = {
  wasm: 'java',
  query: `
[(line_comment) (block_comment)] @comment
[(package_declaration) (import_declaration)] @frame
(class_declaration name: (_) @name body: (_) @body) @class
(record_declaration name: (_) @name body: (_) @body) @class
(interface_declaration name: (_) @name body: (_) @body) @interface
(annotation_type_declaration name: (_) @name body: (_) @body) @interface
(enum_declaration name: (_) @name body: (_) @body) @enum
(constructor_declaration name: (_) @name body: (_) @body) @method
(compact_constructor_declaration name: (_) @name body: (_) @body) @method
(method_declaration name: (_) @name body: (_)? @body) @method
(modifiers [(annotation) (marker_annotation)] @annotation)
(import_declaration [(scoped_identifier) (identifier)] @import)
[
  (if_statement) (for_statement) (enhanced_for_statement) (while_statement) (do_statement) (switch_label) (catch_clause)
  (ternary_expression)
  (binary_expression operator: ["&&" "||"])
] @branch
`,
};
