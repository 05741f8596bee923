import type { Backup } from '../backup/catalog.ts';
import type { ToolCall } from './tool.ts';

/** A backup that was passed over on the way to the latest whole one. */
export interface PassedOver {
  readonly id: string;
  readonly problem: string;
}

/** The backup that an argument `backup_id` names, with what was passed over. */
export async function backupNamed(
  backupId: string,
  { host, signal }: ToolCall,
): Promise<{ readonly backup: Backup; readonly passedOver: readonly PassedOver[] }> {
  const { namedBackup } = await import('../backup/find.ts');
  const passedOver: PassedOver[] = [];
  const note = async ({ id, problem }: Backup): Promise<void> => {
    passedOver.push({ id, problem: String(problem) });
  };
  const backup = await namedBackup(host.backupFolders(), backupId, note, { signal });
  return { backup, passedOver };
}

export function passedOverText(passedOver: readonly PassedOver[]): string {
  return passedOver.map(({ id, problem }) => `Newer, but passed over: ${id}, ${problem}.\n`).join('');
}
