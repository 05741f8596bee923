import { derivedId } from '../../model/id.ts';
import { contentHash } from '../../model/identity.ts';
import { isLonger, MAX_CONTENT_BYTES } from '../../model/limits.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../model/record.ts';

const MARK = ' (imported)';

/**
 * The second record that keep-both makes of an import. Its id follows from the old id and the content
 * (`copyId`), so that the same import gives the same copy on every machine and every time. A memory's text gets the mark
 * ` (imported)`, so its vector, which was made of another text, goes; a text that has no room for the mark stays as it
 * is. Code has to stay what it is: a code unit's name gets the mark, and its vector stays.
 */
export function copyOf(imported: Entry): Entry {
  const id = copyId(imported);
  if (imported.kind === 'code_unit') {
    const { record } = imported;
    return codeUnitEntry({ ...record, id, name: record.name + MARK }, imported.vector);
  }
  const { content } = imported.record;
  const marked = isLonger(content + MARK, MAX_CONTENT_BYTES) ? content : content + MARK;
  return memoryEntry({ ...imported.record, id, content: marked }, null);
}

/** UUIDv5 in the memport namespace of `keep-both:<old id>:<content hash>`, the hash as in model/identity.ts. */
export function copyId(imported: Entry): string {
  return derivedId(`keep-both:${imported.record.id}:${contentHash(imported)}`);
}
