import type { CodeUnit } from '../model/code-unit.ts';
import { derivedId } from '../model/id.ts';
import type { Reader } from '../store/store.ts';

/**
 * The units under ids that no unit of another project or file has. An import that renames a project keeps the ids of its
 * units, so the ids of the old name may be taken: those units must not be replaced, nor taken out of their project. Which
 * id a unit gets instead follows from the one that is taken. `own` says what belongs to the files that are written.
 */
export async function withOwnIds(
  units: readonly CodeUnit[],
  own: { has(id: string): boolean },
  reader: Pick<Reader, 'get'>,
): Promise<readonly CodeUnit[]> {
  let given = units;
  for (;;) {
    const unknown = given.map(({ id }) => id).filter(id => !own.has(id));
    const taken = new Set((await reader.get('code_unit', unknown)).map(({ id }) => id));
    if (taken.size === 0) return given;
    given = given.map(unit => (taken.has(unit.id) ? { ...unit, id: derivedId(`code:${unit.id}`) } : unit));
  }
}
