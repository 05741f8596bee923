import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MemportError } from '../../errors.ts';
import type { JsonObject } from '../../model/json.ts';
import { fileChunks } from '../json/file-chunks.ts';
import { isOurs, MAX_FRONT_MATTER, readFrontMatter } from './front-matter.ts';
import { INDEX, MANIFEST, NEXT_MANIFEST } from './layout.ts';
import { type ListedFile, type Manifest, scanManifest } from './manifest.ts';
import { findMarkdown, openPage } from './page-files.ts';
import { YamlError } from './read-yaml.ts';

/** A knowledge base in a folder, as far as can be told without reading its pages. */
export interface Folder {
  readonly header: JsonObject;
  /** Relative paths of the pages, sorted. */
  readonly pages: readonly string[];
  /** What was written here, null where that is not known. */
  readonly manifest: Manifest | null;
  readonly warnings: readonly string[];
  /** Links and folders that are not looked into. */
  readonly passedOver?: readonly string[];
  /** Markdown files that are taken for no pages. */
  readonly leftOut?: readonly string[];
}

/**
 * Looks at a folder. Pages are the files that an export has listed and those that begin as its pages do; with `all`, every
 * Markdown file. Throws `unknown_format` for a folder without any, `integrity` where an export was interrupted.
 */
export async function lookAtFolder(folder: string, all: boolean): Promise<Folder> {
  if (await isThere(join(folder, NEXT_MANIFEST))) throw interrupted(folder);
  const warnings: string[] = [];
  const manifest = await manifestOf(folder, MANIFEST);
  if (manifest === null)
    warnings.push(
      `${MANIFEST}, the list of what was exported, can not be read: removed sections can not be told`,
    );
  const { paths, passedOver } = await findMarkdown(folder);
  const listed = new Set(manifest?.files.map(({ path }) => path));
  const pages: string[] = [];
  const leftOut: string[] = [];
  for (const path of paths) {
    if (all || listed.has(path) || (await isPage(folder, path))) pages.push(path);
    else leftOut.push(path);
  }
  if (leftOut.length > 0)
    warnings.push(`${leftOut.length} Markdown files are no pages of the knowledge base and were left out`);
  for (const path of passedOver.slice(0, 10))
    warnings.push(`${path} is a link or lies too deep and was left out`);
  const header = manifest?.header ?? (await indexHeader(folder));
  if (pages.length === 0 && header === null) throw unknownFolder(folder);
  return { header: header ?? {}, pages, manifest, warnings, passedOver, leftOut };
}

type ManifestName = typeof MANIFEST | typeof NEXT_MANIFEST;

/** The manifest of a folder that is to be written to; null for a folder without one that can be read. */
export async function manifestOf(folder: string, name: ManifestName): Promise<Manifest | null> {
  const files: ListedFile[] = [];
  const header = await scanManifestOf(folder, name, file => void files.push(file));
  return header === null ? null : { header, files };
}

/** As scanManifest; null also for a file that is not there, can't be read, or is larger than a million records make it. */
export async function scanManifestOf(
  folder: string,
  name: ManifestName,
  see: (file: ListedFile) => Promise<void> | void,
): Promise<JsonObject | null> {
  const handle = await open(join(folder, name)).catch(() => null);
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    return size > MAX_MANIFEST ? null : await scanManifest(fileChunks(handle, 'reading'), see);
  } finally {
    await handle.close();
  }
}

async function isPage(folder: string, path: string): Promise<boolean> {
  const front = await frontOf(folder, path);
  return isOurs(front) && front?.format === undefined;
}

/** What the index says. Not its format: without a manifest the folder does not say which records it was written with. */
async function indexHeader(folder: string): Promise<JsonObject | null> {
  const front = await frontOf(folder, INDEX).catch(() => null);
  if (front === null || !isOurs(front)) return null;
  return Object.fromEntries(Object.entries(front).filter(([name]) => name !== 'format'));
}

async function frontOf(folder: string, path: string): Promise<JsonObject | null> {
  const handle = await openPage(folder, path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_FRONT_MATTER), 0, MAX_FRONT_MATTER, 0);
    return readFrontMatter(buffer.toString('utf8', 0, bytesRead));
  } catch (error) {
    if (error instanceof YamlError) return null;
    throw error;
  } finally {
    await handle.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

const MAX_MANIFEST = 128 * 1024 * 1024;

function interrupted(folder: string): MemportError {
  return new MemportError(
    'integrity',
    `an export to ${folder} was interrupted: its pages are old and new ones`,
    {
      hint: `export to it again, or remove ${NEXT_MANIFEST} to take what is there`,
    },
  );
}

function unknownFolder(folder: string): MemportError {
  return new MemportError('unknown_format', `${folder} is a folder and holds no knowledge base of memport`, {
    hint: 'Give the name of a file; or --from markdown, to take every section of its Markdown files for a memory.',
  });
}
