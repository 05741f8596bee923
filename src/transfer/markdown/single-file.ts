import GithubSlugger from 'github-slugger';
import type { WritableFile } from '../../file-access.ts';
import { groupHead, singleFileHead } from '../../formats/markdown/index-page.ts';
import { type Group, PAGE_RECORDS, RECORDS_COMMENT } from '../../formats/markdown/layout.ts';
import { groupTitle } from '../../formats/markdown/page.ts';
import type { WorkOptions } from '../../model/progress.ts';
import type { Reader } from '../../store/store.ts';
import type { ExportPlan, Written } from '../export-plan.ts';
import { Meter } from '../meter.ts';
import { RecordSet } from '../record-set.ts';
import { type BaseGroup, gatherBase } from './base.ts';
import { countOf, listOf, someOf } from './group-records.ts';
import { headingsOf, overviewOf, titlesOf, type Writing, writeSections } from './sections.ts';
import { TextOutput } from './text-output.ts';

const TITLE = 'Memories';

/** Writes the knowledge base of what a reader holds as one file, to an empty one. The reader must be a snapshot. */
export async function writeMarkdownFile(
  reader: Reader,
  file: WritableFile,
  plan: ExportPlan,
  work: WorkOptions,
): Promise<Written> {
  const { header, projects } = await gatherBase(reader, plan, work);
  const groups = projects.flatMap(project => project.groups);
  const codeUnits = header.codeUnitCount ?? 0;
  const meter = new Meter(header.memoryCount + codeUnits, work);
  const writing: Writing = { reader, set: new RecordSet(), meter, work };
  const output = new TextOutput(file);
  await output.text(singleFileHead(header, await contentsOf(writing, groups)));
  const slugger = newSlugger();
  for (const { group, ids } of groups) {
    slugger.slug(groupTitle(group));
    const overview = await overviewOf(writing, group.kind, ids);
    const headings = headingsOf(overview.titles, slugger);
    await output.text(groupHead(group, countOf(ids), headings.length <= PAGE_RECORDS ? headings : []));
    await output.text('\n');
    await writeSections(writing, group.kind, ids, overview, output);
  }
  await output.text(recordsComment(groups));
  const { bytes } = await output.finish();
  return {
    memories: header.memoryCount,
    code_units: codeUnits,
    tombstones: 0,
    vectors: 0,
    bytes,
    digest: writing.set.finish(),
  };
}

interface ContentsLine {
  readonly group: Group;
  readonly count: number;
  /** Depends on all headings before it. */
  readonly slug: string;
}

async function contentsOf(writing: Writing, groups: readonly BaseGroup[]): Promise<readonly ContentsLine[]> {
  const slugger = newSlugger();
  const lines: ContentsLine[] = [];
  for (const { group, ids } of groups) {
    lines.push({ group, count: countOf(ids), slug: slugger.slug(groupTitle(group)) });
    headingsOf(await titlesOf(writing, group.kind, ids), slugger);
  }
  return lines;
}

function newSlugger(): GithubSlugger {
  const slugger = new GithubSlugger();
  slugger.slug(TITLE);
  return slugger;
}

/** The ids of all records, so that an import can tell which were removed. */
function recordsComment(groups: readonly BaseGroup[]): string {
  const lines = groups.flatMap(({ group, ids }) =>
    Array.from({ length: Math.ceil(countOf(ids) / PAGE_RECORDS) }, (_, i) =>
      JSON.stringify({
        [group.kind === 'memory' ? 'memories' : 'code_units']: listOf(
          someOf(ids, i * PAGE_RECORDS, (i + 1) * PAGE_RECORDS),
        ),
      }),
    ),
  );
  return `\n${[RECORDS_COMMENT, ...lines, '-->'].join('\n')}\n`;
}
