import type { JsonObject, JsonValue } from '../../model/json.ts';

/** Languages by the ending of a file's name, where that is not the language's own. */
const BY_ENDING: Readonly<Record<string, string>> = {
  bash: 'bash',
  c: 'c',
  cc: 'cpp',
  cpp: 'cpp',
  cs: 'csharp',
  css: 'css',
  go: 'go',
  h: 'c',
  hpp: 'cpp',
  html: 'html',
  java: 'java',
  js: 'javascript',
  json: 'json',
  jsx: 'jsx',
  kt: 'kotlin',
  lua: 'lua',
  md: 'markdown',
  mjs: 'javascript',
  php: 'php',
  pl: 'perl',
  ps1: 'powershell',
  py: 'python',
  r: 'r',
  rb: 'ruby',
  rs: 'rust',
  scala: 'scala',
  sh: 'bash',
  sql: 'sql',
  swift: 'swift',
  toml: 'toml',
  ts: 'typescript',
  tsx: 'tsx',
  vue: 'vue',
  xml: 'xml',
  yaml: 'yaml',
  yml: 'yaml',
  zig: 'zig',
};

/** The language of a code unit's fence. */
export function codeUnitLanguage({ language, file_path: path }: JsonObject): string {
  return named(language) ?? byEnding(path) ?? 'text';
}

/**
 * The language of a memory's fence; null for one that is no code. It is what the metadata say, else what follows from a
 * file that they or the provenance name.
 */
export function memoryLanguage({ category, metadata, provenance }: JsonObject): string | null {
  if (category !== 'code') return null;
  const [about, origin] = [membersOf(metadata), membersOf(provenance)];
  const files = Array.isArray(origin.file_context) ? origin.file_context : [];
  const paths: readonly JsonValue[] = [about.file_path ?? null, about.file ?? null, ...files];
  return named(about.language) ?? paths.map(byEnding).find(found => found !== null) ?? 'text';
}

/** A language that can stand as the first word of an info string. */
function named(language: JsonValue | undefined): string | null {
  return typeof language === 'string' && /^[A-Za-z][\w+#.-]{0,30}$/.test(language) ? language : null;
}

function byEnding(path: JsonValue | undefined): string | null {
  const ending = typeof path === 'string' ? /\.(\w{1,10})$/.exec(path)?.[1]?.toLowerCase() : undefined;
  return ending !== undefined && Object.hasOwn(BY_ENDING, ending) ? (BY_ENDING[ending] ?? null) : null;
}

function membersOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
