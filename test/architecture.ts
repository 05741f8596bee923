/**
 * The rules of the house, over any set of sources. Files are named by their path below src/, with `/`.
 * What is not in a folder is the ground that everyone stands on, but for index.ts, the library's face.
 */

/** Lowest first. A file imports from its own room and from lower tiers, never from beside or above. */
const TIERS: readonly (readonly string[])[] = [
  ['ground'],
  ['model'],
  ['formats', 'store', 'embedding'],
  ['code-index', 'transfer'],
  ['memories'],
  ['backup'],
  ['sync'],
  ['mcp'],
  ['cli'],
  ['face'],
];

/** Doors that are shut although the tiers would let them open: the importer's folder, what it must not import, why. */
const SHUT: readonly { readonly from: RegExp; readonly to: RegExp; readonly why: string }[] = [
  {
    from: /^(cli|mcp)\//,
    to: /^store\/[^/]+\//,
    why: 'commands and tools know the store by its interface only',
  },
  {
    from: /^(cli|mcp)\//,
    to: /^formats\/[^/]+\//,
    why: 'commands and tools know files by their services only',
  },
  { from: /^index\.ts$/, to: /^(cli|mcp)\//, why: 'the library runs without commands and tools' },
];

/** Packages that belong to one room. */
const OWNERS: Readonly<Record<string, RegExp>> = {
  // The databases of the original system are files to be read, like its JSON; they are no store.
  'better-sqlite3': /^(store|formats\/legacy\/sqlite)\//,
  'sqlite-vec': /^store\//,
  'node:sqlite': /^store\//,
  'age-encryption': /^formats\/age\//,
  commander: /^cli\//,
  'string-width': /^cli\//,
  'web-tree-sitter': /^code-index\//,
  ignore: /^code-index\//,
  chokidar: /^code-index\//,
  '@huggingface/transformers': /^embedding\//,
  '@modelcontextprotocol/server': /^mcp\//,
  '@modelcontextprotocol/node': /^mcp\/http\//,
};

/** Where SQL may stand. */
const SQL_ROOMS = /^(store|formats\/legacy\/sqlite)\//;
const SQL =
  /\b(SELECT\s.+\sFROM|INSERT INTO|DELETE FROM|UPDATE \w+ SET|CREATE (TABLE|INDEX|VIRTUAL TABLE)|PRAGMA \w+)\b/s;
const MAX_LINES = 300;

export type Sources = ReadonlyMap<string, string>;

/** Every broken rule as one line of text; none when the house is in order. */
export function findViolations(sources: Sources, dependencies: ReadonlySet<string>): readonly string[] {
  const found: string[] = [];
  for (const [file, text] of sources) {
    if (tierOf(file) === -1) found.push(`${file}: no tier for the room ${roomOf(file)}`);
    if (text.split('\n').length > MAX_LINES + 1) found.push(`${file}: longer than ${MAX_LINES} lines`);
    if (!SQL_ROOMS.test(file) && SQL.test(text)) found.push(`${file}: SQL outside store/`);
    for (const specifier of importsOf(text)) {
      found.push(
        ...(specifier.startsWith('.')
          ? checkFile(file, specifier, sources)
          : checkPackage(file, specifier, dependencies)),
      );
    }
  }
  return [...found, ...findCycles(sources)];
}

function checkFile(file: string, specifier: string, sources: Sources): readonly string[] {
  const target = resolveFrom(file, specifier);
  if (!sources.has(target)) return [`${file}: ${specifier} is no file of src/`];
  const found = SHUT.filter(({ from, to }) => from.test(file) && to.test(target)).map(
    ({ why }) => `${file}: imports ${target}: ${why}`,
  );
  const isLower = tierOf(target) < tierOf(file) || roomOf(target) === roomOf(file);
  return isLower
    ? found
    : [...found, `${file}: imports ${target}: ${roomOf(file)} must not see ${roomOf(target)}`];
}

function checkPackage(file: string, specifier: string, dependencies: ReadonlySet<string>): readonly string[] {
  const name = specifier.startsWith('@')
    ? specifier.split('/').slice(0, 2).join('/')
    : specifier.startsWith('node:')
      ? specifier
      : specifier.replace(/\/.*/, '');
  const owner = Object.hasOwn(OWNERS, name) ? OWNERS[name] : undefined;
  if (owner && !owner.test(file)) return [`${file}: imports ${name}, which belongs to another room`];
  if (!name.startsWith('node:') && !dependencies.has(name))
    return [`${file}: ${name} is no runtime dependency`];
  return [];
}

/** Cycles of files by what is imported at once, types included; what is loaded on demand makes none. */
function findCycles(sources: Sources): readonly string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) cycles.push(`cycle: ${[...path.slice(start), file].join(' → ')}`);
    if (start >= 0 || done.has(file)) return;
    for (const specifier of staticImports(sources.get(file) ?? '')) {
      if (specifier.startsWith('.')) visit(resolveFrom(file, specifier), [...path, file]);
    }
    done.add(file);
  };
  for (const file of [...sources.keys()].sort()) visit(file, []);
  return cycles;
}

/** What a module imports or exports from, also for types alone and on demand. */
export function importsOf(text: string): readonly string[] {
  const dynamic = withoutComments(text).matchAll(
    /\b(?:import|require|createRequire\([^)]*\))\s*\(\s*['"]([^'"]+)['"]/g,
  );
  return [...staticImports(text), ...Array.from(dynamic, found => found[1] ?? '')];
}

function staticImports(text: string): readonly string[] {
  const code = withoutComments(text);
  const statements = code.matchAll(/^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm);
  const bare = code.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm);
  return [...statements, ...bare].map(found => found[1] ?? '');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

function roomOf(file: string): string {
  if (file === 'index.ts') return 'face';
  const slash = file.indexOf('/');
  return slash < 0 ? 'ground' : file.slice(0, slash);
}

function tierOf(file: string): number {
  return TIERS.findIndex(rooms => rooms.includes(roomOf(file)));
}

function resolveFrom(file: string, specifier: string): string {
  return new URL(specifier, `file:///${file}`).pathname.slice(1);
}
