import { MemportError } from '../../errors.ts';
import type { JsonObject } from '../../model/json.ts';
import { checkVersions, versionText } from './versions.ts';

/** Throws `newer_version`; whatever else is wrong with versions is damage. */
export function refuseNewer(header: JsonObject): void {
  try {
    checkVersions(header);
  } catch (error) {
    if (error instanceof MemportError && error.code === 'newer_version') throw error;
  }
}

export function versionOf(header: JsonObject, name: 'version' | 'schema_version'): string {
  try {
    return versionText(header, name);
  } catch {
    return '';
  }
}
