import type { Requirement } from '../test/requirements.ts';

/** Where each id is cited: id → names of test files. */
export type Citations = ReadonlyMap<string, readonly string[]>;

/** The citations, `[EXP-01]`, in the texts of test files by their names. */
export function findCitations(files: ReadonlyMap<string, string>): Citations {
  const found = new Map<string, string[]>();
  for (const [name, text] of files) {
    const ids = new Set(Array.from(text.matchAll(/\[([A-Z][A-Z0-9]*-\d{2})\]/g), match => match[1] ?? ''));
    for (const id of ids) found.set(id, [...(found.get(id) ?? []), name]);
  }
  return found;
}

/** What is wrong between the list and the tests, one line each; none when every finished requirement, and no other, is cited. */
export function checkCitations(
  requirements: readonly Requirement[],
  citations: Citations,
): readonly string[] {
  const known = new Map(requirements.map(requirement => [requirement.id, requirement]));
  const problems: string[] = [];
  if (known.size < requirements.length) problems.push('an id stands in the list twice');
  for (const [id, files] of citations) {
    const requirement = known.get(id);
    if (!requirement) problems.push(`${id} is cited in ${files.join(', ')} and is in no list`);
    else if (requirement.status === 'pending')
      problems.push(`${id} is pending and cited in ${files.join(', ')}`);
  }
  for (const { id, line, text, status } of requirements) {
    if (status === 'done' && !citations.has(id))
      problems.push(`${id} is done and cited by no test (line ${line}: ${text})`);
  }
  return problems;
}

/** The last line for people. */
export function summary(requirements: readonly Requirement[]): string {
  const done = requirements.filter(requirement => requirement.status === 'done').length;
  return `${requirements.length} requirements: ${done} done, ${requirements.length - done} pending`;
}
