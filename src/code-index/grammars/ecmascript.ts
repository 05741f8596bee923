/** What JavaScript and TypeScript have in common. Constants that hold a function count at the top level and in namespaces only. */
export const ECMASCRIPT = `
(comment) @comment
(function_declaration name: (_) @name body: (_) @body) @function
(generator_function_declaration name: (_) @name body: (_) @body) @function
(class_declaration name: (_) @name body: (_) @body) @class
(method_definition name: (_) @name body: (_) @body) @method
(export_statement value: [(function_expression body: (_) @body) (arrow_function body: (_) @body) (class body: (_) @body)] @inner) @wrapper
(export_statement "default" @name value: [(function_expression !name body: (_) @body) (arrow_function body: (_) @body)] @function)
(export_statement "default" @name value: (class !name body: (_) @body) @class)
(export_statement value: (function_expression name: (_) @name body: (_) @body) @function)
(export_statement value: (class name: (_) @name body: (_) @body) @class)
(export_statement declaration: (_) @inner) @wrapper
(lexical_declaration . (variable_declarator) @inner .) @wrapper
(variable_declaration . (variable_declarator) @inner .) @wrapper
(program [
  (lexical_declaration (variable_declarator name: (identifier) @name
    value: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]) @function)
  (variable_declaration (variable_declarator name: (identifier) @name
    value: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]) @function)
  (export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @name
    value: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]) @function))
  (lexical_declaration (variable_declarator name: (identifier) @name value: (class body: (_) @body)) @class)
  (export_statement declaration: (lexical_declaration
    (variable_declarator name: (identifier) @name value: (class body: (_) @body)) @class))
  (expression_statement (assignment_expression left: [(member_expression) (identifier)] @name
    right: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)])) @function
  (expression_statement (assignment_expression left: [(member_expression) (identifier)] @name
    right: (class body: (_) @body))) @class
])
(decorator) @annotation
(import_statement) @frame
(export_statement source: (_)) @frame
(import_statement source: (string (string_fragment) @import))
(export_statement source: (string (string_fragment) @import))
(call_expression function: [(import) (identifier)] @callee
  arguments: (arguments . (string (string_fragment) @import)) (#any-of? @callee "require" "import"))
[
  (if_statement) (for_statement) (for_in_statement) (while_statement) (do_statement) (switch_case) (catch_clause)
  (ternary_expression)
  (binary_expression operator: ["&&" "||" "??"])
] @branch
`;

/** The patterns of JavaScript alone. */
export const JAVASCRIPT_ONLY = `
(class_body (field_definition property: (_) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @method)
`;

/** Those of TypeScript. */
export const TYPESCRIPT_ONLY = `
(class_body (public_field_definition name: (_) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @method)
(abstract_class_declaration name: (_) @name body: (_) @body) @class
(abstract_method_signature name: (_) @name) @method
(class_body (method_signature name: (_) @name) @method)
(function_signature name: (_) @name) @function
(interface_declaration name: (_) @name body: (_) @body) @interface
(type_alias_declaration name: (_) @name) @type
(enum_declaration name: (_) @name body: (_) @body) @enum
(internal_module name: (_) @name body: (_) @body) @module
(expression_statement . (internal_module) @inner .) @wrapper
(module name: (_) @name body: (_) @body) @module
(ambient_declaration (_) @inner .) @wrapper
(statement_block (export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @function)))
(import_require_clause source: (string (string_fragment) @import))
`;
