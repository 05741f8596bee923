import type { ReadableFile } from '../../../file-access.ts';
import { BlockContainer } from './block-container.ts';
import type { Container } from './container.ts';
import { BLOCK_HEADER_SIZE, looksLikeBlock } from './gzip-block.ts';
import { GzipContainer } from './gzip-container.ts';

/** Tells from the first bytes which container a gzip file is. */
export async function openContainer(file: ReadableFile): Promise<Container> {
  const head = Buffer.alloc(BLOCK_HEADER_SIZE);
  await file.read(head, 0, head.length, 0);
  return looksLikeBlock(head) ? new BlockContainer(file) : new GzipContainer(file);
}
