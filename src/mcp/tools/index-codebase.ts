import { z } from 'zod';
import type { IndexReport } from '../../code-index/index-report.ts';
import { toMemportError } from '../../errors.ts';
import { defineTool } from '../tool.ts';

const COUNT = z.int();
/** So many files are named in an answer. */
const NAMED = 100;

export const indexCodebase = defineTool({
  name: 'index_codebase',
  title: 'Index a folder of code',
  description: `Make the code index of a project what its folder holds now, so that search_code finds its functions, classes and documents. Only files that have changed are read again, and what is gone from the folder is gone from the index; the files themselves are never changed. .gitignore and .memportignore are obeyed. Call it before search_code when a project is new or has changed. It can be cancelled, and goes on from there the next time.`,
  effects: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
  phases: ['looking for files', 'indexing'],
  input: z.strictObject({
    path: z.string().describe('The folder of the project: an absolute path in an allowed folder.'),
    project: z.string().optional().describe('What the project is called; as its folder when left out.'),
    replace: z
      .boolean()
      .default(false)
      .describe('Replace the code index that another folder has under the same name; ask the user first.'),
  }),
  output: z.object({
    project: z.string(),
    root: z.string().describe('The folder, without links in its path.'),
    files: COUNT.describe('Files of the project that have units now.'),
    parsed: COUNT.describe('Files that were read and parsed.'),
    unchanged: COUNT,
    removed: COUNT.describe('Files that have lost their units, since they are gone or not indexed any more.'),
    units: COUNT.describe('Units of the project now.'),
    units_added: COUNT,
    units_changed: COUNT,
    units_removed: COUNT,
    skipped: z.record(z.string(), COUNT).describe('How many files were passed over, by reason.'),
    unreadable: z
      .array(z.object({ path: z.string(), reason: z.string() }))
      .describe(`The first ${NAMED} that could not be read; what the index has of them stays.`),
    unreadable_total: COUNT,
    broken: z.array(z.string()).describe(`The first ${NAMED} files of which a part could not be parsed.`),
    broken_total: COUNT,
    languages: z.record(z.string(), COUNT).describe('Files by language.'),
    pending_vectors: COUNT.describe('Units without a vector; they are found by words.'),
    other_vectors: COUNT.describe('Units with a vector of another model.'),
  }),
  recovery: {
    safety_stop:
      'Nothing was changed. Call index_codebase with another project name; or, if the user wants the index of the other folder replaced, with replace true.',
    not_found: 'Give the absolute path of a folder that exists.',
  },
  async run({ path, project: given, replace }, { host, signal, onProgress, readable }) {
    const { findRoot, projectName } = await import('../../code-index/root.ts');
    const { indexProject } = await import('../../code-index/indexer.ts');
    const root = await findRoot(await readable(path));
    const project = projectName(root, given);
    const embedder = await host.embedder();
    const onEmbedderFailure = (error: unknown): void =>
      host.log('warning', `indexed without vectors: ${toMemportError(error).message}`);
    const report = await host.withStore('create', store =>
      indexProject(
        { store, project, root, embedder, nowMs: host.now(), replace, onEmbedderFailure },
        { signal, onProgress },
      ),
    );
    return { text: describe(report), data: answer(report) };
  },
});

function answer(report: IndexReport) {
  const { unreadable, broken, skipped, languages } = report;
  return {
    ...report,
    skipped: { ...skipped },
    languages: { ...languages },
    unreadable: unreadable.slice(0, NAMED),
    unreadable_total: unreadable.length,
    broken: broken.slice(0, NAMED),
    broken_total: broken.length,
  };
}

function describe(report: IndexReport): string {
  const { project, root, files, units, parsed, unchanged, removed, unreadable, broken } = report;
  const [first] = unreadable;
  const lost =
    first === undefined
      ? ''
      : ` ${unreadable.length} could not be read and stay as they were, such as ${first.path} (${first.reason}).`;
  const torn = broken.length === 0 ? '' : ` Of ${broken.length} a part could not be parsed.`;
  return `The index of project ${JSON.stringify(project)} is what ${root} holds: ${units} units in ${files} files (${parsed} parsed, ${unchanged} unchanged, ${removed} removed).${lost}${torn} Search it with search_code.`;
}
