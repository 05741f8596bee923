import { encodeNpyHeader } from './npy.ts';

/** The vectors of one model and dimension in one npz, as a manifest lists them. */
export interface VectorGroup {
  readonly model: string | null;
  readonly dimensions: number;
  readonly count: number;
}

export const ID_SIZE = 36;

/** In the order of an archive: by the JSON spelling of the model, then by dimension. Groups without vectors are left out. */
export function inArchiveOrder(groups: readonly VectorGroup[]): readonly VectorGroup[] {
  return groups
    .filter(group => group.count > 0)
    .map(({ model, dimensions, count }) => ({ model, dimensions, count }))
    .sort((a, b) => compareGroups(a, b));
}

export function compareGroups(a: VectorGroup, b: VectorGroup): number {
  const [left, right] = [JSON.stringify(a.model), JSON.stringify(b.model)];
  return left === right ? a.dimensions - b.dimensions : left < right ? -1 : 1;
}

/** Names of the arrays of the n-th group of an npz. */
export function arrayNames(index: number): { readonly ids: string; readonly embeddings: string } {
  const suffix = index === 0 ? '' : `.${index}`;
  return { ids: `ids${suffix}`, embeddings: `embeddings${suffix}` };
}

export function idsHeader(group: VectorGroup): Buffer {
  return encodeNpyHeader({ descr: `|S${ID_SIZE}`, shape: [group.count] });
}

export function vectorsHeader(group: VectorGroup): Buffer {
  return encodeNpyHeader({ descr: '<f4', shape: [group.count, group.dimensions] });
}

/** Bytes of one vector. */
export function rowSize(group: Pick<VectorGroup, 'dimensions'>): number {
  return group.dimensions * 4;
}
