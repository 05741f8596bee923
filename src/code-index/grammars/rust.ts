import type { Grammar } from './grammar.ts';

export const RUST: Grammar = {
  wasm: 'rust',
  query: `
[(line_comment) (block_comment)] @comment
(attribute_item) @annotation
[(inner_attribute_item) (use_declaration) (extern_crate_declaration)] @frame
(mod_item !body) @frame
(function_item name: (_) @name body: (_) @body) @function
(function_signature_item name: (_) @name) @function
(struct_item name: (_) @name body: (_)? @body) @struct
(enum_item name: (_) @name body: (_) @body) @enum
(union_item name: (_) @name body: (_) @body) @union
(trait_item name: (_) @name body: (_) @body) @trait
(impl_item trait: (_) @trait_name type: (_) @scope body: (_) @body) @impl
(impl_item !trait type: (_) @scope body: (_) @body) @impl
(mod_item name: (_) @name body: (_) @body) @module
(type_item name: (_) @name) @type
(macro_definition name: (_) @name) @macro
(use_declaration argument: (_) @import)
(extern_crate_declaration name: (_) @import)
[
  (if_expression) (while_expression) (for_expression) (loop_expression) (match_arm)
  (binary_expression operator: ["&&" "||"])
  (try_expression)
] @branch
`,
};
