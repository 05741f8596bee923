import type { ReadableFile } from '../../file-access.ts';
import { MAX_MANIFEST_BYTES } from '../../model/limits.ts';
import { printable } from '../printable.ts';
import { ByteReader } from './container/byte-reader.ts';
import { looksLikeBlock } from './container/gzip-block.ts';
import { openContainer } from './container/open-container.ts';
import { damaged } from './damage.ts';
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
  file: ReadableFile,
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
    if (member !== null && FLAT_MEMBER.test(member.name)) return 'feat038-archive';
    if (member !== null && MANIFEST_MEMBER.test(member.name))
      return formatByManifest(await readDocument(member, MAX_MANIFEST_BYTES));
    if (!container.blocked)
      return member !== null && PROJECT_MEMBER.test(member.name) ? 'feat036-archive' : null;
    // Only memport writes blocks: it was an archive of memories.
    throw damaged(
      member === null
        ? 'The archive is empty.'
        : `The archive begins with ${printable(member.name)}, not with its manifest.`,
    );
  } finally {
    await reader.close();
  }
}

/**
 * Whose manifest it is, told from its text: to parse it is for the reader of the format, who also says what is wrong with
 * one that can't be read.
 */
function formatByManifest(manifest: Buffer): 'memport-archive' | 'feat038-archive' | 'feat036-archive' {
  const text = manifest.toString('latin1');
  if (/"format"\s*:\s*"portable_backup"/.test(text)) return 'memport-archive';
  if (text.includes('"archive_version"')) return 'feat036-archive';
  return text.includes('"includes_embeddings"') ? 'feat038-archive' : 'memport-archive';
}
