import { MAX_DOCUMENT_BYTES, MAX_MANIFEST_BYTES, MAX_RECORD_BYTES } from '../../model/limits.ts';
import {
  CHECKSUMS,
  CODE_UNIT_VECTORS,
  CODE_UNITS,
  MANIFEST,
  MAX_CHECKSUMS_BYTES,
  MEMORIES,
  MEMORY_VECTORS,
  type MemberName,
  PROJECTS,
} from './layout.ts';
import type { Manifest } from './manifest.ts';
import { ID_SIZE, rowSize, type VectorGroup } from './npz/vector-group.ts';

/** Headers and directory entries of the two arrays of a group, generously. */
const GROUP_FRAME = 4096;
const FRAME = 4096;

/** The most bytes that a member can have, by what the manifest says is in it. */
export function maxMemberSize(name: MemberName, manifest: Manifest): number {
  switch (name) {
    case MEMORIES:
      return recordsSize(manifest.memoryCount + manifest.tombstoneCount);
    case PROJECTS:
      return recordsSize(manifest.projects.length);
    case CODE_UNITS:
      return recordsSize(manifest.codeUnitCount);
    case MEMORY_VECTORS:
      return vectorsSize(manifest.memoryVectors);
    case CODE_UNIT_VECTORS:
      return vectorsSize(manifest.codeUnitVectors);
    case MANIFEST:
      return MAX_MANIFEST_BYTES;
    case CHECKSUMS:
      return MAX_CHECKSUMS_BYTES;
    default:
      return MAX_DOCUMENT_BYTES;
  }
}

function recordsSize(count: number): number {
  return FRAME + count * (MAX_RECORD_BYTES + 2);
}

function vectorsSize(groups: readonly VectorGroup[]): number {
  return groups.reduce((sum, group) => sum + GROUP_FRAME + group.count * (ID_SIZE + rowSize(group)), FRAME);
}
