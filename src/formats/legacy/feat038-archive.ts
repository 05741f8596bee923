import type { OpenedFile } from '../opened-file.ts';
import type { Source } from '../source.ts';
export function openFeat038Archive(_opened: OpenedFile): Promise<Source> {
  throw new Error('stub');
}
