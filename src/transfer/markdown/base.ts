import { MemportError } from '../../errors.ts';
import { folderNames } from '../../formats/markdown/folder-names.ts';
import type { BaseHeader } from '../../formats/markdown/index-page.ts';
import { GLOBAL_FOLDER, type Group, groupsOf } from '../../formats/markdown/layout.ts';
import { filterRecord } from '../../model/filter.ts';
import type { WorkOptions } from '../../model/progress.ts';
import type { Reader } from '../../store/store.ts';
import type { ExportPlan } from '../export-plan.ts';
import { countOf } from './group-records.ts';

/** What a knowledge base is to hold: every project with the ids of its records in the order of the pages. */
export interface Base {
  readonly header: BaseHeader;
  readonly projects: readonly BaseProject[];
}

export interface BaseProject {
  readonly project: string | null;
  /** Its folder's name. */
  readonly folder: string;
  readonly groups: readonly BaseGroup[];
}

export interface BaseGroup {
  readonly group: Group;
  /** 36 characters each. */
  readonly ids: string;
}

/** Finds out what passes the filter; only ids are held. What belongs to no project comes first. The reader must be a snapshot. */
export async function gatherBase(reader: Reader, plan: ExportPlan, work: WorkOptions): Promise<Base> {
  const { filter, code } = plan;
  const counts = await reader.counts(filter);
  const summaries = await reader.projects(filter);
  const names = summaries
    .filter(({ memoryCount, unitCount }) => memoryCount + (code ? unitCount : 0) > 0)
    .map(({ name }) => name);
  const folders = folderNames(names);
  const projects: BaseProject[] = [];
  for (const project of [null, ...names]) {
    work.signal?.throwIfAborted();
    const groups: BaseGroup[] = [];
    for (const group of groupsOf(project, code)) {
      const ids = await reader.groupIds(group, filter);
      if (ids !== '') groups.push({ group, ids });
    }
    const folder = project === null ? GLOBAL_FOLDER : (folders.get(project) ?? project);
    if (groups.length > 0) projects.push({ project, folder, groups });
  }
  const found = { memory: 0, code_unit: 0 };
  for (const { group, ids } of projects.flatMap(({ groups }) => groups)) found[group.kind] += countOf(ids);
  if (found.memory !== counts.memories || (code && found.code_unit !== counts.codeUnits))
    throw new MemportError('integrity', 'the store counts other records than its groups hold');
  return {
    header: {
      generator: plan.generator,
      exportDate: plan.exportDate,
      exportType: plan.exportType,
      filters: filterRecord(filter),
      memoryCount: counts.memories,
      codeUnitCount: code ? counts.codeUnits : null,
    },
    projects,
  };
}
