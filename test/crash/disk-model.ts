import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Site } from './site.ts';
import { type Call, pathsIn, textsIn } from './strace.ts';

/** A file or a folder, whatever names it has. */
interface Node {
  readonly isFolder: boolean;
  readonly initial: Buffer;
}

/** A change that a power failure may lose until what it was made to is synced. */
interface Change {
  readonly ended: number;
  /** What must be synced to keep it: the file for its content, the folder for a name in it. */
  readonly of: Node;
  /** From when on it can't be lost. */
  keptFrom: number;
  readonly content?: { readonly offset: number; readonly bytes: Buffer } | { readonly size: number };
  /** By path; null where the name goes. Together or not at all. */
  readonly names?: ReadonlyMap<string, Node | null>;
}

const FOLDERS = ['home', 'target'] as const;
/** SQLite's own promise is relied on for its files. */
const STORE = /\/memport\.db(-\w+)?$/;

/**
 * What a disk may hold after a power failure at any time of a run, as POSIX promises it and no more: of what was not synced
 * any part may be lost, and any part may be there, in any order. Content is kept by a sync of the file, a name by a sync of
 * the folder that it is in. A rename within a folder is one change; between folders, it is two.
 */
export class DiskModel {
  readonly #site: Site;
  readonly #changes: Change[] = [];
  readonly #initial: ReadonlyMap<string, Node>;
  /** As the running program sees it. */
  readonly #names: Map<string, Node>;
  readonly #open = new Map<string, { readonly node: Node; position: number }>();

  /** `site` must be as it was before the run. */
  constructor(site: Site, calls: readonly Call[]) {
    this.#site = site;
    this.#initial = nodesOf(site);
    this.#names = new Map(this.#initial);
    for (const call of calls) if (call.result >= 0) this.#take(call);
  }

  /** The moments between which the disk changes. */
  get moments(): readonly number[] {
    return [...new Set(this.#changes.map(({ ended }) => ended))];
  }

  /** How many changes might be lost at a moment. */
  unkept(moment: number): number {
    return this.#changes.filter(({ ended, keptFrom }) => ended <= moment && keptFrom > moment).length;
  }

  /** The files after a failure at `moment`, by path; `isKept` is asked for each change that might be lost. */
  filesAfter(moment: number, isKept: (index: number) => boolean): ReadonlyMap<string, Buffer | null> {
    const names = new Map(this.#initial);
    const contents = new Map<Node, Buffer>();
    let asked = 0;
    for (const { ended, keptFrom, of, content, names: changed } of this.#changes) {
      if (ended > moment || (keptFrom > moment && !isKept(asked++))) continue;
      if (content !== undefined) contents.set(of, applied(contents.get(of) ?? of.initial, content));
      for (const [path, node] of changed ?? []) {
        if (node === null) names.delete(path);
        else names.set(path, node);
      }
    }
    const roots = FOLDERS.map(name => join(this.#site.folder, name));
    const isThere = (path: string): boolean =>
      roots.includes(path) || (names.get(path)?.isFolder === true && isThere(dirname(path)));
    const found = [...names].filter(([path]) => roots.includes(path) || isThere(dirname(path)));
    return new Map(
      found.map(([path, node]) => [path, node.isFolder ? null : (contents.get(node) ?? node.initial)]),
    );
  }

  /** Makes the site hold these files; the store is as it was saved. */
  materialise(files: ReadonlyMap<string, Buffer | null>): void {
    this.#site.reset();
    for (const [path, { isFolder }] of this.#initial) if (!isFolder) rmSync(path);
    for (const [path, { isFolder }] of [...this.#initial].reverse())
      if (isFolder && !files.has(path)) rmSync(path, { recursive: true });
    for (const [path, content] of files) {
      mkdirSync(content === null ? path : dirname(path), { recursive: true, mode: 0o700 });
      if (content !== null) writeFileSync(path, content, { mode: 0o600 });
    }
  }

  #take(call: Call): void {
    const { name, args, path, ended } = call;
    const descriptor = /^(\d+)</.exec(args)?.[1];
    const file = descriptor === undefined ? undefined : this.#open.get(descriptor);
    const last = Number(/(\d+)$/.exec(args)?.[1]);
    const [from = '', to = ''] = pathsIn(args);
    if (name === 'openat') this.#opened(call, from);
    else if (name === 'fsync' || name === 'fdatasync')
      this.#synced(file?.node ?? this.#names.get(path), call);
    else if (name === 'rename') this.#renamed(from, to, ended);
    else if (name === 'link') this.#name(to, this.#names.get(from) ?? null, ended);
    else if (name === 'mkdir') this.#name(from, { isFolder: true, initial: Buffer.alloc(0) }, ended);
    else if (name === 'unlink' || name === 'rmdir') this.#name(from, null, ended);
    else if (file === undefined) this.#refuse(call);
    else if (name === 'pwrite64' || name === 'pwritev') this.#wrote(file.node, last, call);
    else if (name === 'ftruncate') this.#change(file.node, ended, { content: { size: last } });
    else if (name === 'write' || name === 'writev') {
      this.#wrote(file.node, file.position, call);
      file.position += call.result;
    } else this.#refuse(call);
  }

  #refuse({ name, path }: Call): void {
    if (this.#isOurs(path)) throw new Error(`the model knows nothing of ${name} on ${path}`);
  }

  #isOurs(path: string): boolean {
    return FOLDERS.some(name => path.startsWith(join(this.#site.folder, name))) && !STORE.test(path);
  }

  #opened({ args, ended, result }: Call, path: string): void {
    this.#open.delete(String(result));
    if (!this.#isOurs(path)) return;
    let node = this.#names.get(path);
    if (node === undefined && args.includes('O_CREAT')) {
      node = { isFolder: false, initial: Buffer.alloc(0) };
      this.#name(path, node, ended);
    } else if (node !== undefined && args.includes('O_TRUNC'))
      this.#change(node, ended, { content: { size: 0 } });
    if (node === undefined) return;
    // Where it would write is not known here.
    if (!args.includes('O_APPEND')) this.#open.set(String(result), { node, position: 0 });
  }

  #wrote(node: Node, offset: number, { args, ended, result }: Call): void {
    const bytes = Buffer.concat(textsIn(args)).subarray(0, result);
    if (bytes.length !== result) throw new Error('strace has cut what was written');
    this.#change(node, ended, { content: { offset, bytes } });
  }

  #synced(node: Node | undefined, { began, ended }: Call): void {
    for (const change of this.#changes)
      if (change.of === node && change.ended <= began) change.keptFrom = Math.min(change.keptFrom, ended);
  }

  #renamed(from: string, to: string, ended: number): void {
    if (!this.#isOurs(to)) return;
    const node = this.#names.get(from) ?? null;
    if (dirname(from) === dirname(to)) {
      this.#change(this.#folderOf(to), ended, {
        names: new Map([
          [from, null],
          [to, node],
        ]),
      });
    } else {
      this.#name(to, node, ended);
      this.#name(from, null, ended);
    }
  }

  #name(path: string, node: Node | null, ended: number): void {
    if (this.#isOurs(path)) this.#change(this.#folderOf(path), ended, { names: new Map([[path, node]]) });
  }

  #folderOf(path: string): Node {
    const folder = this.#names.get(dirname(path));
    if (folder === undefined) throw new Error(`the model does not know the folder of ${path}`);
    return folder;
  }

  #change(of: Node, ended: number, change: Pick<Change, 'content' | 'names'>): void {
    this.#changes.push({ of, ended, keptFrom: Number.POSITIVE_INFINITY, ...change });
    for (const [path, node] of change.names ?? []) {
      if (node === null) this.#names.delete(path);
      else this.#names.set(path, node);
    }
  }
}

function applied(before: Buffer, content: NonNullable<Change['content']>): Buffer {
  const size = 'size' in content ? content.size : content.offset + content.bytes.length;
  const after = Buffer.alloc('size' in content ? size : Math.max(size, before.length));
  before.copy(after);
  if ('bytes' in content) content.bytes.copy(after, content.offset);
  return after;
}

/** What is in the folders now but for the store, by path, and the folders themselves. */
function nodesOf(site: Site): ReadonlyMap<string, Node> {
  const nodes = new Map<string, Node>();
  for (const name of FOLDERS) {
    const root = join(site.folder, name);
    nodes.set(root, { isFolder: true, initial: Buffer.alloc(0) });
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const isFolder = entry.isDirectory();
      if (!STORE.test(path))
        nodes.set(path, { isFolder, initial: isFolder ? Buffer.alloc(0) : readFileSync(path) });
    }
  }
  return nodes;
}
