/** What a file is written in, as far as its name or first line tells. */
export interface Language {
  /** As units carry it. Languages that GRAMMARS (grammars/index.ts) has are parsed. */
  readonly name: string;
  /** Prose may be marked, have long lines and speak of generated files; data and code that do are generated. */
  readonly isProse: boolean;
}

const MARKDOWN: Language = { name: 'markdown', isProse: true };
const TEXT: Language = { name: 'text', isProse: true };

/** Endings of file names, without the dot, by language. */
const ENDINGS: Readonly<Record<string, string>> = {
  bash: 'sh bash zsh ksh bats',
  c: 'c h',
  cpp: 'cpp cc cxx c++ hpp hh hxx h++ ipp tpp inl cu cuh ino',
  csharp: 'cs csx',
  go: 'go',
  java: 'java',
  javascript: 'js mjs cjs jsx es6',
  php: 'php php3 php4 php5 php7 php8 phtml',
  python: 'py pyi pyw',
  ruby: 'rb rake gemspec ru podspec',
  rust: 'rs',
  tsx: 'tsx',
  typescript: 'ts mts cts',
  css: 'css',
  html: 'html htm xhtml',
  ini: 'ini cfg conf properties',
  json: 'json jsonc json5 jsonl ndjson webmanifest',
  kotlin: 'kt kts',
  lua: 'lua',
  perl: 'pl pm',
  powershell: 'ps1 psm1 psd1',
  protobuf: 'proto',
  scss: 'scss sass less',
  sql: 'sql',
  svelte: 'svelte',
  swift: 'swift',
  toml: 'toml',
  vue: 'vue',
  xml: 'xml xsd xsl xslt svg plist csproj',
  yaml: 'yaml yml',
};

/** Whole names of files, in lower case. */
const NAMES: Readonly<Record<string, string>> = {
  bash: '.bashrc .bash_profile .bash_aliases .profile .zshrc .zprofile .zshenv pkgbuild',
  dockerfile: 'dockerfile containerfile',
  make: 'makefile gnumakefile',
  python: 'sconstruct sconscript wscript',
  ruby: 'gemfile rakefile guardfile vagrantfile podfile brewfile capfile',
};

const INTERPRETERS: Readonly<Record<string, string>> = {
  bash: 'sh bash dash zsh ksh ash',
  javascript: 'node nodejs',
  php: 'php',
  python: 'python pypy',
  ruby: 'ruby jruby',
  typescript: 'deno bun tsx ts-node',
};

const BY_ENDING = inverted(ENDINGS);
const BY_NAME = inverted(NAMES);
const BY_INTERPRETER = inverted(INTERPRETERS);

/** The language of a file: by its name, else its ending, else the program that its first line names, else it is text. */
export function languageOf(fileName: string, firstLine: string): Language {
  const name = fileName.toLowerCase();
  const ending = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : '';
  if (['md', 'markdown', 'mdown', 'mkd', 'mdx'].includes(ending)) return MARKDOWN;
  const known = BY_NAME.get(name) ?? BY_ENDING.get(ending) ?? BY_INTERPRETER.get(interpreter(firstLine));
  return known === undefined ? TEXT : { name: known, isProse: false };
}

/** `#!/usr/bin/env -S python3.12 -u` names python. */
function interpreter(firstLine: string): string {
  const words = /^#!\s*(.+)$/.exec(firstLine)?.[1]?.trim().split(/\s+/) ?? [];
  const programs = words.map(word => word.slice(word.lastIndexOf('/') + 1));
  const program = programs[0] === 'env' ? programs.slice(1).find(word => !/^-|=/.test(word)) : programs[0];
  return program?.replace(/[\d.]+$/, '') ?? '';
}

function inverted(lists: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(lists).flatMap(([language, list]) => list.split(' ').map(key => [key, language] as const)),
  );
}
