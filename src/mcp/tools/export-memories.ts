import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../folder.ts';
import { filterRecord } from '../../model/filter.ts';
import { instantFromMilliseconds } from '../../model/instant.ts';
import { exportName, isMarkdownFile } from '../../transfer/export-name.ts';
import { EXPORT_FORMATS } from '../../transfer/export-plan.ts';
import { FILTER_ARGUMENTS, filterOf } from '../schemas/filter.ts';
import { defineTool } from '../tool.ts';

export const exportMemories = defineTool({
  name: 'export_memories',
  title: 'Export memories to a file',
  description: `Write the memories, all or those that the filters leave, to one new file that the user can keep, move to another machine, or give to import_memories and restore_from_backup. archive (the default) holds everything, with vectors, deletions and code index; json is for other programs; markdown is a folder to read and edit, or one file if output_path ends in .md. The file is read back and checked before it gets its name; an existing file is never replaced. Only a whole archive, without filters, can be restored as a whole later.`,
  effects: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  phases: ['writing', 'verifying'],
  input: z.strictObject({
    format: z.enum(EXPORT_FORMATS).default('archive').describe('archive, when left out.'),
    ...FILTER_ARGUMENTS,
    output_path: z
      .string()
      .optional()
      .describe(
        'A new file: a name, taken in the exports folder, or an absolute path in an allowed folder. A name with the time is made when left out.',
      ),
  }),
  output: z.object({
    path: z.string(),
    format: z.enum(EXPORT_FORMATS),
    export_type: z.enum(['full', 'filtered']),
    filters: z.record(z.string(), z.unknown()),
    export_date: z.string(),
    memories: z.int(),
    code_units: z.int(),
    tombstones: z.int().describe('Notes of what was deleted.'),
    vectors: z.int(),
    bytes: z.int(),
    encrypted: z.boolean(),
    files: z.int().nullable().describe('Of a folder of markdown.'),
    files_removed: z.int().nullable(),
    content_digest: z
      .string()
      .nullable()
      .describe('Equal digests, equal content; null for json and markdown.'),
  }),
  recovery: { not_found: 'There is nothing to export yet. store_memory and import_memories make a store.' },
  async run({ format, output_path, ...words }, { host, signal, onProgress, writable }) {
    const { exportStore } = await import('../../transfer/export.ts');
    const filter = filterOf(words, host.now());
    const target =
      output_path === undefined
        ? {
            path: join(
              host.home.exports,
              exportName({ format, asFolder: format === 'markdown' }, host.now()),
            ),
            naming: 'number' as const,
          }
        : { path: await writable(output_path), naming: 'refuse' as const };
    if (output_path === undefined) await makeFolder(host.home.exports);
    const what = { embeddings: format === 'archive', code: format !== 'json' };
    const report = await host.withStore('existing', store =>
      exportStore(
        store,
        {
          ...what,
          format,
          filter,
          target: target.path,
          naming: target.naming,
          singleFile: format === 'markdown' && output_path !== undefined && isMarkdownFile(output_path),
          protect: [host.home.config],
          exportDate: instantFromMilliseconds(host.now()),
          generator: host.generator,
          config: host.portableConfig(),
        },
        { signal, onProgress },
      ),
    );
    const path = report.path ?? target.path;
    const text = `Exported ${report.memories} memories and ${report.code_units} code units${report.export_type === 'filtered' ? ' (a part of the store)' : ''} to ${path}, ${report.bytes} bytes, checked.`;
    return { text, data: { ...report, path, filters: { ...filterRecord(filter) } } };
  },
});
