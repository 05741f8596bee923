import { parseInstant } from '../../model/instant.ts';
import type { JsonObject } from '../../model/json.ts';
import { CATEGORIES } from '../../model/memory.ts';
import { closesFence, opensFence } from './fence.ts';
import { GROUP_MARK } from './layout.ts';
import type { Surroundings } from './read-section.ts';
import { readYaml } from './read-yaml.ts';

/** Where the front matter of a file has to end. */
export const MAX_FRONT_MATTER = 64 * 1024;

/** The front matter that a text begins with; null where there is none. Throws YamlError. */
export function readFrontMatter(text: string): JsonObject | null {
  const found = /^\ufeff?---[ \t]*\r?\n([\s\S]*?)^(?:---|\.\.\.)[ \t]*\r?$/m.exec(text);
  return found?.[1] === undefined || found.index !== 0
    ? null
    : readYaml(found[1].replace(/\r?\n$/, '').replaceAll('\r\n', '\n'));
}

/** What the group of a single file says of itself below its heading; null where it is none of ours. Throws YamlError. */
export function readGroup(text: string): JsonObject | null {
  const lines = text.split('\n');
  const start = lines.findIndex((line, i) => i > 0 && line.trim() !== '');
  const fence = opensFence(lines[start] ?? '');
  if (fence === null || fence.info.split(/[ \t]+/)[1] !== GROUP_MARK) return null;
  const end = lines.findIndex((line, i) => i > start && closesFence(line, fence));
  return readYaml(lines.slice(start + 1, end === -1 ? undefined : end).join('\n'));
}

/** Whether a file is one of ours by its front matter. */
export function isOurs(front: JsonObject | null): boolean {
  return typeof front?.generator === 'string' && front.generator.startsWith('memport');
}

/** What a section without metadata has from the front matter of its page, or from the group of a single file. */
export function surroundingsOf(front: JsonObject, before: Surroundings): Surroundings {
  const { project, category, generated } = front;
  return {
    project: project === undefined ? before.project : typeof project === 'string' ? project : null,
    category:
      CATEGORIES.find(known => known === category) ?? (category === undefined ? before.category : null),
    generated:
      typeof generated === 'string' ? (parseInstant(generated) ?? before.generated) : before.generated,
    fallback: before.fallback,
  };
}
