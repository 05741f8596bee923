import type { Grammar } from './grammar.ts';

/** C too: no package ships a grammar of C alone as WASM (docs/adr/0012). */
export const CPP: Grammar = {
  wasm: 'cpp',
  query: `
(comment) @comment
(namespace_definition name: (_) @name body: (_) @body) @namespace
(linkage_specification body: [(function_definition) (declaration)] @inner) @wrapper
(linkage_specification body: (declaration_list) @body) @namespace
(template_declaration [
  (function_definition) (class_specifier) (struct_specifier) (declaration) (alias_declaration) (concept_definition)
] @inner) @wrapper
(function_definition declarator: (function_declarator declarator: (_) @name) body: (_)? @body) @function
(function_definition declarator: (pointer_declarator declarator: (function_declarator declarator: (_) @name)) body: (_) @body) @function
(function_definition declarator: (pointer_declarator declarator: (pointer_declarator
  declarator: (function_declarator declarator: (_) @name))) body: (_) @body) @function
(function_definition declarator: (reference_declarator (function_declarator declarator: (_) @name)) body: (_) @body) @function
(function_definition declarator: (operator_cast) @name body: (_) @body) @function
(declaration declarator: (function_declarator declarator: [(identifier) (destructor_name) (operator_name)] @name)) @prototype
(declaration declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))) @prototype
(declaration declarator: (reference_declarator (function_declarator declarator: [(identifier) (operator_name)] @name))) @prototype
(declaration declarator: (operator_cast) @name) @prototype
(field_declaration declarator: (function_declarator declarator: [(field_identifier) (operator_name)] @name)) @prototype
(field_declaration declarator: (pointer_declarator declarator: (function_declarator declarator: (field_identifier) @name))) @prototype
(field_declaration declarator: (reference_declarator (function_declarator declarator: [(field_identifier) (operator_name)] @name))) @prototype
(class_specifier name: (_) @name body: (_) @body) @class
(struct_specifier name: (_) @name body: (_) @body) @struct
(union_specifier name: (_) @name body: (_) @body) @union
(enum_specifier name: (_) @name body: (_) @body) @enum
(type_definition type: (struct_specifier !name body: (_) @body) declarator: (type_identifier) @name) @struct
(type_definition type: (union_specifier !name body: (_) @body) declarator: (type_identifier) @name) @union
(type_definition type: (enum_specifier !name body: (_) @body) declarator: (type_identifier) @name) @enum
(type_definition type: [(struct_specifier name: (_)) (union_specifier name: (_)) (enum_specifier name: (_))] @inner) @wrapper
(type_definition type: [(primitive_type) (sized_type_specifier) (type_identifier) (qualified_identifier) (template_type)]
  declarator: (type_identifier) @name) @type
(type_definition declarator: (pointer_declarator declarator: (type_identifier) @name)) @type
(type_definition declarator: (function_declarator
  declarator: (parenthesized_declarator (pointer_declarator declarator: (type_identifier) @name)))) @type
(alias_declaration name: (_) @name) @type
(concept_definition name: (_) @name) @type
(preproc_function_def name: (_) @name value: (_)? @body) @macro
(preproc_include path: (_) @import) @frame
[
  (if_statement) (for_statement) (for_range_loop) (while_statement) (do_statement) (case_statement) (catch_clause)
  (conditional_expression)
  (binary_expression operator: ["&&" "||"])
] @branch
`,
};
