import { hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import GithubSlugger from 'github-slugger';
import { makeFolder } from '../../folder.ts';
import { headerRecord, indexPage } from '../../formats/markdown/index-page.ts';
import { type Group, INDEX, pageFile, pageSizes } from '../../formats/markdown/layout.ts';
import type { ListedFile, Manifest } from '../../formats/markdown/manifest.ts';
import { pageHead, pageTags, pageTitle } from '../../formats/markdown/page.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import type { Base, BaseGroup, BaseProject } from './base.ts';
import { countOf, listOf, someOf } from './group-records.ts';
import { headingsOf, overviewOf, type Writing, writeSections } from './sections.ts';
import { TextOutput } from './text-output.ts';

/**
 * Writes all files of a knowledge base to an empty folder, each on stable storage; resolves to the list of them. With
 * `datedByPage` a page bears the date of its newest record instead of that of the export.
 */
export async function writePages(
  folder: string,
  base: Base,
  writing: Writing,
  datedByPage: boolean,
): Promise<Manifest> {
  const files: ListedFile[] = [];
  for (const project of base.projects) {
    for (const group of project.groups) {
      const sizes = pageSizes(countOf(group.ids));
      let from = 0;
      for (const [index, count] of sizes.entries()) {
        const page = {
          project,
          group,
          index,
          pages: sizes.length,
          ids: someOf(group.ids, from, from + count),
        };
        files.push(await writePage(folder, base, page, writing, datedByPage));
        from += count;
      }
    }
  }
  const projects = base.projects.map(({ project, folder, groups }) => ({
    project,
    folder,
    groups: groups.map(({ group, ids }) => ({
      group,
      count: countOf(ids),
      pages: pageSizes(countOf(ids)).length,
    })),
  }));
  const text = indexPage(base.header, projects);
  const index = await writeFile(folder, INDEX, output => output.text(text));
  files.push({ path: INDEX, ...index, headSha256: hash('sha256', text, 'hex'), kind: 'memory', ids: [] });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { header: headerRecord(base.header), files };
}

interface Page {
  readonly project: BaseProject;
  readonly group: BaseGroup;
  readonly index: number;
  readonly pages: number;
  readonly ids: string;
}

async function writePage(
  folder: string,
  { header }: Base,
  { project, group: { group }, index, pages, ids }: Page,
  writing: Writing,
  datedByPage: boolean,
): Promise<ListedFile> {
  const overview = await overviewOf(writing, group.kind, ids);
  const slugger = new GithubSlugger();
  slugger.slug(pageTitle({ group, index, pages }));
  const date: Instant = (datedByPage ? overview.newest : null) ?? header.exportDate;
  const head = pageHead({
    group,
    index,
    pages,
    count: countOf(ids),
    siblings: project.groups.map((sibling): Group => sibling.group),
    tags: pageTags(overview.tags),
    generated: formatInstant(date),
    generator: header.generator,
    headings: headingsOf(overview.titles, slugger),
  });
  const path = `${project.folder}/${pageFile(group, index, pages)}`;
  const written = await writeFile(folder, path, async output => {
    await output.text(`${head}\n`);
    await writeSections(writing, group.kind, ids, overview, output);
  });
  const headSha256 = hash('sha256', `${head}\n`, 'hex');
  return withIds({ path, ...written, headSha256, kind: group.kind }, ids);
}

/** The list of ids is made when it is asked for: as one text they take a fraction of the memory. */
function withIds(file: Omit<ListedFile, 'ids'>, ids: string): ListedFile {
  return {
    ...file,
    get ids() {
      return listOf(ids);
    },
  };
}

async function writeFile(
  folder: string,
  path: string,
  write: (output: TextOutput) => Promise<void>,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  await makeFolder(join(folder, dirname(path)));
  await using file = await open(join(folder, path), 'wx', 0o600);
  const output = new TextOutput(file);
  await write(output);
  const written = await output.finish();
  await file.sync();
  return written;
}
