import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../../home.ts';
import { type Finding, fine } from './finding.ts';

/** Whether others can get at what is in the home. Windows has other rights, which the home folder inherits. */
export async function checkPermissions(
  home: Home,
  platform: NodeJS.Platform = process.platform,
): Promise<readonly Finding[]> {
  if (platform === 'win32') return [];
  const folders = [home.path, home.exports, home.backups, home.keys, home.models];
  const files = [home.store, `${home.store}-wal`, home.config, home.state];
  for (const folder of [home.keys, home.backups]) {
    const names = await readdir(folder).catch(() => []);
    files.push(...names.map(name => join(folder, name)));
  }
  const open: Finding[] = [];
  for (const [path, mode] of [
    ...folders.map(path => [path, 0o700] as const),
    ...files.map(path => [path, 0o600] as const),
  ]) {
    const found = await lstat(path).catch(() => null);
    if (found === null || found.isSymbolicLink() || (found.mode & 0o077) === 0) continue;
    open.push({
      area: 'permissions',
      level: 'warning',
      message: `other users can get at ${path}`,
      hint: `chmod ${mode.toString(8)} ${path}`,
      fix: () => chmod(path, mode),
    });
  }
  return open.length > 0 ? open : [fine('permissions', 'only you can get at the home folder')];
}
