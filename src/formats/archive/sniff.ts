import type { FileHandle } from 'node:fs/promises';
import { isJsonObject } from '../../model/json.ts';
import { parseExactJson } from '../../model/json-parse.ts';
import { ByteReader } from './container/byte-reader.ts';
import { looksLikeBlock } from './container/gzip-block.ts';
import { openContainer } from './container/open-container.ts';
import { damaged } from './damage.ts';
import { ARCHIVE_FORMAT } from './manifest.ts';
import { TAR_BLOCK } from './tar/tar-header.ts';
import { TarReader } from './tar/tar-reader.ts';
import { readDocument } from './verify.ts';

/** At the top, or in one folder. */
const FLAT_MEMBER = /^(?:\.\/)*(?:[^/]+\/)?(?:memories\.json|embeddings\.npz|checksums\.sha256)$/;
/** What claude-memory-server's archives of projects (FEAT-036) begin with: inside a portable file, or on its disk. */
const PROJECT_MEMBER = /^(?:\.\/)*(?:[^/]+\/archive\.tar\.gz|index(?:\/.*)?|embeddings_cache\.db)$/;
const MANIFEST_MEMBER = /^(?:\.\/)*(?:[^/]+\/)?manifest\.json$/;

/** Whether a file that begins so is gzip, also when the first bytes of a memport archive are damaged. */
export function isGzip(head: Uint8Array): boolean {
  return (head[0] === 0x1f && head[1] === 0x8b) || looksLikeBlock(head);
}

/**
 * Which archive a gzip file holds, by its first member; null when it is another tar, or none. Throws `integrity` when
 * that can't be told because of damage.
 */
export async function archiveFormat(
  file: FileHandle,
): Promise<'memport-archive' | 'feat038-archive' | 'feat036-archive' | null> {
  const container = await openContainer(file);
  const first = new ByteReader(container.bytes(0));
  const isTar = (await first.exactly(TAR_BLOCK)).toString('latin1', 257, 262) === 'ustar';
  await first.close();
  if (!isTar) {
    if (container.blocked) throw damaged('The archive is damaged: it is made of blocks, but holds no tar.');
    return null;
  }
  const reader = new ByteReader(container.bytes(0));
  try {
    const member = await new TarReader(reader, { exactEnd: container.blocked }).next();
    if (member === null) return null;
    if (FLAT_MEMBER.test(member.name)) return 'feat038-archive';
    if (PROJECT_MEMBER.test(member.name)) return 'feat036-archive';
    if (!MANIFEST_MEMBER.test(member.name)) return null;
    return formatByManifest(await readDocument(member));
  } finally {
    await reader.close();
  }
}

/** A manifest that can't be read is left to the reader of memport archives, which says what is wrong with it. */
function formatByManifest(manifest: Buffer): 'memport-archive' | 'feat038-archive' | 'feat036-archive' {
  try {
    const value = parseExactJson(manifest.toString('utf8'));
    if (!isJsonObject(value) || value.format === ARCHIVE_FORMAT) return 'memport-archive';
    if (Object.hasOwn(value, 'archive_version')) return 'feat036-archive';
    return value.includes_embeddings === undefined ? 'memport-archive' : 'feat038-archive';
  } catch {
    return 'memport-archive';
  }
}
