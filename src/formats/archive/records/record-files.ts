import { CODE_UNITS, MEMORIES, PROJECTS } from '../layout.ts';
import { ARCHIVE_VERSION, type ArchiveHeader, SCHEMA_VERSION } from '../manifest.ts';

export type RecordFileName = typeof MEMORIES | typeof PROJECTS | typeof CODE_UNITS;

/** The line, without its newline, after which the records of an array stand, each on its own line. */
export interface RecordArray {
  readonly name: 'memories' | 'tombstones' | 'projects' | 'semantic_units';
  readonly opening: string;
  readonly count: number;
}

/** The last line of a file of records. */
export const CLOSING = ']}';

/**
 * The arrays of a file of records, to the byte as docs/archive-format.md says. The generator stands in it so that a file
 * taken out of its archive still says whose it is.
 */
export function recordArrays(name: RecordFileName, header: ArchiveHeader): readonly RecordArray[] {
  const first = (array: RecordArray['name'], countName: string, count: number): RecordArray => {
    const fields = `"version":"${ARCHIVE_VERSION}","schema_version":"${SCHEMA_VERSION}"`;
    const generator = asciiJson(header.generator);
    return {
      name: array,
      opening: `{${fields},"generator":${generator},"${countName}":${count},"${array}":[`,
      count,
    };
  };
  switch (name) {
    case MEMORIES:
      return [
        first('memories', 'memory_count', header.memoryCount),
        { name: 'tombstones', opening: '],"tombstones":[', count: header.tombstoneCount },
      ];
    case PROJECTS:
      return [first('projects', 'project_count', header.projects.length)];
    case CODE_UNITS:
      return [first('semantic_units', 'code_unit_count', header.codeUnitCount)];
  }
}

function asciiJson(text: string): string {
  const escaped = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replaceAll(/[^\x20-\x7e]/g, escaped);
}
