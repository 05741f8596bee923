import type { Captures, Found } from './captures.ts';
import { CALLABLE, HOLDS_METHODS } from './grammars/grammar.ts';

/** A unit with its place. */
export interface Nested extends Found {
  readonly type: string;
  readonly qualifiedName: string;
  /** The unit around it; null at the top level and in namespaces. */
  readonly parent: Nested | null;
}

/** Deeper units belong to the one around them: a file of nothing but nesting must not be stored a thousand times over. */
const MAX_DEPTH = 8;

interface Open {
  readonly end: number;
  /** Of what is inside. */
  readonly prefix: string;
  readonly unit: Nested | null;
  readonly depth: number;
}

/** Puts units into each other by their spans, and names each by what is around it. */
export function nest(captures: Captures, textLength: number): readonly Nested[] {
  const units: Nested[] = [];
  const open: Open[] = [{ end: Number.POSITIVE_INFINITY, prefix: '', unit: null, depth: 0 }];
  for (const found of captures.found) {
    while (open.length > 1 && (open.at(-1)?.end ?? 0) <= found.start) open.pop();
    const around = open.at(-1);
    if (around === undefined) break;
    const end = found.type === null && found.body === null ? textLength : found.end;
    if (found.type === null) {
      open.push({ ...around, end, prefix: inside(around.prefix, found) });
      continue;
    }
    const isLocal = found.isPrototype && around.unit !== null && CALLABLE.has(around.unit.type);
    if (isLocal || around.depth >= MAX_DEPTH) continue;
    const unit = place(found, found.type, around);
    units.push(unit);
    open.push({ end, prefix: inside(around.prefix, found), unit, depth: around.depth + 1 });
  }
  return units;
}

function place(found: Found, type: string, { prefix, unit: parent }: Open): Nested {
  const name = found.receiver === null ? found.name : `${found.receiver}.${found.name}`;
  const isMember =
    found.receiver !== null || name.includes('.') || (parent !== null && HOLDS_METHODS.has(parent.type));
  return {
    ...found,
    type: CALLABLE.has(type) ? (isMember ? 'method' : 'function') : type,
    qualifiedName: prefix + name,
    parent,
  };
}

function inside(prefix: string, found: Found): string {
  const own = found.scope ?? found.name;
  return own === '' ? prefix : `${prefix}${own}.`;
}

/** The branches of each callable unit that are in no other unit inside of it. */
export function countBranches(
  units: readonly Nested[],
  branches: readonly number[],
): ReadonlyMap<Nested, number> {
  const counts = new Map<Nested, number>();
  const open: Nested[] = [];
  let next = 0;
  for (const branch of branches) {
    for (let unit = units[next]; unit !== undefined && unit.start <= branch; unit = units[++next])
      open.push(unit);
    while ((open.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= branch) open.pop();
    const unit = open.at(-1);
    if (unit !== undefined) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  }
  return counts;
}
