import type { JsonValue } from '../../model/json.ts';
import { type Group, groupName, INDEX, pageFile } from './layout.ts';
import { inlineText, projectTitle } from './title.ts';
import { yamlBlock } from './yaml-text.ts';

/** A heading of a page, and where a link to it leads. */
export interface Heading {
  readonly title: string;
  readonly slug: string;
}

export interface PageHead {
  readonly group: Group;
  /** 0 is the page of the newest records. */
  readonly index: number;
  readonly pages: number;
  /** Records on this page. */
  readonly count: number;
  /** The other groups of the project that have pages. */
  readonly siblings: readonly Group[];
  readonly tags: readonly string[];
  /** RFC 3339. */
  readonly generated: string;
  /** `memport x.y.z` */
  readonly generator: string;
  readonly headings: readonly Heading[];
}

/** The heading of a page, as text. */
export function groupTitle(group: Group): string {
  return `${projectTitle(group.project)} – ${labelOf(group)}`;
}

/** A page up to its first section: front matter, heading, the way to other pages, and links to its sections. */
export function pageHead(head: PageHead): string {
  const { group, headings } = head;
  return `${frontMatter([
    ['title', pageTitle(head)],
    ['project', group.project],
    ['category', groupName(group)],
    ['count', head.count],
    ['generated', head.generated],
    ['generator', head.generator],
    ...(head.tags.length > 0 ? [['tags', head.tags] as const] : []),
  ])}
# ${inlineText(pageTitle(head))}

${navigation(head)}

${headings.map(heading => linkTo(heading)).join('\n')}
`;
}

/** The heading of a page, with its number where the group has several. */
export function pageTitle({ group, index, pages }: Pick<PageHead, 'group' | 'index' | 'pages'>): string {
  return index === 0 ? groupTitle(group) : `${groupTitle(group)} ${pages - index}`;
}

export function frontMatter(fields: readonly (readonly [string, JsonValue])[]): string {
  return `---\n${yamlBlock(fields)}\n---\n`;
}

/** A line of a table of contents that leads to a heading of the same file. */
export function linkTo({ title, slug }: Heading): string {
  return `- [${inlineText(title)}](#${slug})`;
}

export function labelOf(group: Group): string {
  return groupName(group).replace('-', ' ');
}

/** Tags of records as Obsidian takes them for its own; others would make the list of properties fail. */
export function pageTags(tags: Iterable<string>): readonly string[] {
  const fitting = [...tags].filter(tag => /^[\p{L}\p{N}_/-]+$/u.test(tag) && /[^\p{N}/]/u.test(tag));
  return [...new Set(fitting.map(tag => tag.toLowerCase()))].sort().slice(0, MAX_TAGS);
}

const MAX_TAGS = 100;

function navigation({ group, index, pages, siblings }: PageHead): string {
  const others = siblings.map(sibling =>
    groupName(sibling) === groupName(group)
      ? `**${labelOf(group)}**`
      : `[${labelOf(sibling)}](${pageFile(sibling, 0, 1)})`,
  );
  const steps = [
    ...(index > 0 ? [`[newer](${pageFile(group, index - 1, pages)})`] : []),
    ...(index + 1 < pages ? [`[older](${pageFile(group, index + 1, pages)})`] : []),
  ];
  return [`[index](../${INDEX})`, ...others, ...steps].join(' · ');
}
