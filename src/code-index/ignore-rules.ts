import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { findGit } from './git.ts';

/** The files that hold rules, the later ones stronger. */
export const RULE_FILES: readonly string[] = ['.gitignore', '.memportignore'];
const MAX_RULES_BYTES = 1024 * 1024;

/** Folders of version control, which no rule brings back. */
const CONTROL_FOLDERS: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '.jj', 'CVS']);

/** What a tree of sources does not want to have in its index, and a rule of its own with `!` brings back: others' code, and secrets. */
const DEFAULTS = [
  'node_modules/',
  'bower_components/',
  '__pycache__/',
  '.venv/',
  '.tox/',
  '.claude-rag/',
  '.env',
  '.env.*',
  '!.env.example',
  '!.env.sample',
  '!.env.template',
  '.netrc',
  '.npmrc',
  '.pypirc',
  '*.pem',
  '*.key',
  '*.p12',
  '*.pfx',
  'id_rsa',
  'id_dsa',
  'id_ecdsa',
  'id_ed25519',
];

/** Rules that hold for what is below a folder; the folder as its parts from the root, or above it. */
interface Layer {
  readonly folder: string;
  readonly rules: Ignore;
}

/**
 * Which files below a root are left out: `.gitignore` and `.memportignore` of each folder, as git reads them, also those
 * between the root and the top of its git tree; `.git/info/exclude`; defaults. A root that these rules leave out is
 * indexed all the same, since someone asked for it. Rules are read once: make a new object when they have changed.
 */
export class IgnoreRules {
  readonly #root: string;
  readonly #above: readonly Layer[];
  readonly #layers = new Map<string, Layer | null>();
  readonly #ignoredFolders = new Map<string, boolean>([['', false]]);

  /** `root` is absolute and has no links in it. */
  constructor(root: string) {
    this.#root = root;
    const above = layersAbove(root);
    const defaults = { folder: root, rules: ignore().add(DEFAULTS) };
    this.#above = isIgnoredBy(above, root, true) ? [defaults] : [defaults, ...above];
  }

  /** Whether a file or folder below the root is left out; `path` is relative with `/`. */
  ignores(path: string, isFolder: boolean): boolean {
    const parts = path.split('/');
    if (this.#ignoresFolder(parts.slice(0, -1).join('/'))) return true;
    if (isFolder) return this.#ignoresFolder(path);
    return this.#isLeftOut(path, false);
  }

  #ignoresFolder(path: string): boolean {
    const known = this.#ignoredFolders.get(path);
    if (known !== undefined) return known;
    const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const isIgnored = this.#ignoresFolder(parent) || this.#isLeftOut(path, true);
    this.#ignoredFolders.set(path, isIgnored);
    return isIgnored;
  }

  #isLeftOut(path: string, isFolder: boolean): boolean {
    const parts = path.split('/');
    if (isFolder && CONTROL_FOLDERS.has(parts.at(-1) ?? '')) return true;
    const layers = parts.flatMap((_part, depth) => this.#layerOf(parts.slice(0, depth).join('/')) ?? []);
    return isIgnoredBy([...this.#above, ...layers], join(this.#root, ...parts), isFolder);
  }

  #layerOf(folder: string): Layer | null {
    const known = this.#layers.get(folder);
    if (known !== undefined) return known;
    const layer = readLayer(join(this.#root, folder), RULE_FILES);
    this.#layers.set(folder, layer);
    return layer;
  }
}

/** The strongest rule that says anything decides: the last of the deepest folder. */
function isIgnoredBy(layers: readonly Layer[], path: string, isFolder: boolean): boolean {
  return layers.reduce((isIgnored, { folder, rules }) => {
    if (folder === path) return isIgnored;
    const inside = relative(folder, path).split(sep).join('/');
    // What these rules leave out together with its folder has been brought back with it, by stronger ones.
    const parent = inside.slice(0, inside.lastIndexOf('/') + 1);
    if (parent !== '' && rules.test(parent).ignored) return isIgnored;
    const { ignored, unignored } = rules.test(isFolder ? `${inside}/` : inside);
    return ignored || (isIgnored && !unignored);
  }, false);
}

/** The rules of a git tree that are not below the root. */
function layersAbove(root: string): readonly Layer[] {
  const git = findGit(root);
  if (git === null) return [];
  const exclude = readRules(join(git.common, 'info', 'exclude'));
  const layers = exclude === null ? [] : [{ folder: git.top, rules: ignore().add(exclude) }];
  const folders: string[] = [];
  for (let folder = root; folder !== git.top; ) {
    folder = dirname(folder);
    folders.unshift(folder);
  }
  return [...layers, ...folders.flatMap(folder => readLayer(folder, RULE_FILES) ?? [])];
}

function readLayer(folder: string, names: readonly string[]): Layer | null {
  const texts = names.map(name => readRules(join(folder, name))).filter(text => text !== null);
  return texts.length === 0 ? null : { folder, rules: ignore().add(texts.join('\n')) };
}

/** null where there are no rules; a pipe, a device or a giant is no file of rules. */
function readRules(path: string): string | null {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= MAX_RULES_BYTES ? readFileSync(path, 'utf8') : null;
  } catch {
    return null;
  }
}
