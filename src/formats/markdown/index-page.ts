import { formatInstant, type Instant } from '../../model/instant.ts';
import type { JsonObject } from '../../model/json.ts';
import { FORMAT, GROUP_MARK, type Group, groupName, pageFile, SCHEMA_VERSION, VERSION } from './layout.ts';
import { frontMatter, groupTitle, type Heading, labelOf, linkTo } from './page.ts';
import { inlineText, projectTitle } from './title.ts';
import { yamlBlock } from './yaml-text.ts';

/** What a knowledge base says about itself. */
export interface BaseHeader {
  readonly generator: string;
  readonly exportDate: Instant;
  readonly exportType: 'full' | 'filtered';
  readonly filters: JsonObject;
  readonly memoryCount: number;
  /** null: without code units. */
  readonly codeUnitCount: number | null;
}

/** What a project, or what belongs to none, has pages of. */
export interface ProjectPages {
  readonly project: string | null;
  readonly folder: string;
  readonly groups: readonly GroupPages[];
}

export interface GroupPages {
  readonly group: Group;
  readonly count: number;
  readonly pages: number;
}

/** The members of the header under their names in files. */
export function headerRecord(header: BaseHeader): JsonObject {
  return {
    format: FORMAT,
    version: VERSION,
    schema_version: SCHEMA_VERSION,
    generator: header.generator,
    export_date: formatInstant(header.exportDate),
    export_type: header.exportType,
    filters: header.filters,
    memory_count: header.memoryCount,
    ...(header.codeUnitCount !== null && { code_unit_count: header.codeUnitCount }),
  };
}

/** The page where people enter: every project with links to all of its pages. */
export function indexPage(header: BaseHeader, projects: readonly ProjectPages[]): string {
  const lists = projects.map(({ project, folder, groups }) =>
    [
      `- ${inlineText(projectTitle(project))}`,
      ...groups.map(({ group, count, pages }) => {
        const links = Array.from({ length: pages }, (_, i) => `${folder}/${pageFile(group, i, pages)}`);
        const [first = '', ...older] = links.map(encodeURI);
        const rest = older.map((link, i) => `[${older.length - i}](${link})`);
        return `  - [${labelOf(group)}](${first}): ${count}${rest.length > 0 ? `, older pages ${rest.join(' ')}` : ''}`;
      }),
    ].join('\n'),
  );
  return `${baseFrontMatter(header)}
# Memories

${summary(header, projects)}

${lists.join('\n')}
`;
}

/** The beginning of a single file: front matter, and a table of contents by project and category. */
export function singleFileHead(
  header: BaseHeader,
  groups: readonly { readonly group: Group; readonly count: number; readonly slug: string }[],
): string {
  const lines = groups.flatMap(({ group, count, slug }, i) => [
    ...(i === 0 || groups[i - 1]?.group.project !== group.project
      ? [`- ${inlineText(projectTitle(group.project))}`]
      : []),
    `  - [${labelOf(group)}](#${slug}): ${count}`,
  ]);
  const projects = [...new Set(groups.map(({ group }) => group.project))].map(project => ({ project }));
  return `${baseFrontMatter(header)}
# Memories

${summary(header, projects)}

${lines.join('\n')}
`;
}

/** What stands before the sections of a group in a single file. */
export function groupHead(group: Group, count: number, headings: readonly Heading[]): string {
  const fields = yamlBlock([
    ['project', group.project],
    ['category', groupName(group)],
    ['count', count],
  ]);
  const contents = headings.length > 0 ? `\n${headings.map(linkTo).join('\n')}\n` : '';
  return `
# ${inlineText(groupTitle(group))}

\`\`\`yaml ${GROUP_MARK}
${fields}
\`\`\`
${contents}`;
}

function baseFrontMatter(header: BaseHeader): string {
  const { memory_count, code_unit_count, export_type, filters } = headerRecord(header);
  const counts = Object.entries({ export_type, filters, memory_count, code_unit_count });
  return frontMatter([
    ['title', 'Memories'],
    ['format', FORMAT],
    ['version', VERSION],
    ['schema_version', SCHEMA_VERSION],
    ['generated', formatInstant(header.exportDate)],
    ['generator', header.generator],
    ...counts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  ]);
}

function summary(header: BaseHeader, projects: readonly { readonly project: string | null }[]): string {
  const { memoryCount, codeUnitCount, exportType } = header;
  const named = projects.filter(({ project }) => project !== null).length;
  const parts = [
    counted(memoryCount, 'memory', 'memories'),
    ...(codeUnitCount !== null && codeUnitCount > 0
      ? [counted(codeUnitCount, 'code unit', 'code units')]
      : []),
  ];
  const date = formatInstant(header.exportDate)
    .replace('T', ' ')
    .replace(/(?:\.\d+)?Z$/, ' UTC');
  const partly = exportType === 'filtered' ? ', a part of what there is' : '';
  return `${parts.join(' and ')} of ${counted(named, 'project', 'projects')}${partly}, exported ${date}.`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
