import type { JsonObject } from '../../model/json.ts';
import type { Found, JsonDialect } from '../json/dialect.ts';
import type { JsonElement } from '../json/scanner.ts';
import { migrate, migrationName } from '../migrations/migration.ts';
import type { SourceItem } from '../source.ts';
import { CLAUDE_MEMORY_SERVER } from './feat038-code-unit.ts';
import { readLegacyElement } from './legacy-element.ts';
import { legacySteps } from './migrations.ts';

const UNIT_WORDS = [Buffer.from('"unit_type"'), Buffer.from('"file_path"')];

type Particular = Pick<JsonDialect, 'format' | 'versions' | 'members' | 'claims'> & {
  /** The shape of its records, as the registry of steps calls it. */
  readonly shape: string;
  check(header: JsonObject, count: number): readonly string[];
};

/** A JSON format of claude-memory-server: code units are among the memories, and steps give the records today's shape. */
export function legacyJson({ shape, check, ...particular }: Particular): JsonDialect {
  const steps = legacySteps(shape);
  const read = (element: JsonElement, header: JsonObject): SourceItem | null => {
    if (element.array !== 'memories') return null;
    return readLegacyElement(element, item => migrate(steps, item, header));
  };
  return {
    ...particular,
    system: CLAUDE_MEMORY_SERVER,
    migrations: steps.map(migrationName),
    read,
    check: (header: JsonObject, found: Found) => check(header, found.memories + found.codeUnits),

    kindOf(element: JsonElement): 'memory' | 'code_unit' | null {
      if (element.array !== 'memories') return null;
      if (!UNIT_WORDS.every(word => element.bytes.includes(word))) return 'memory';
      const item = read(element, {});
      return item?.type === 'record' || item?.type === 'reject' ? item.kind : 'memory';
    },
  };
}
