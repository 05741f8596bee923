import type { LoadedConfig } from '../../config.ts';
import type { Embedder } from '../../embedding/embedder.ts';
import { toMemportError } from '../../errors.ts';
import type { Home } from '../../home.ts';
import { removeLeftovers } from '../../leftovers.ts';
import type { WorkOptions } from '../../model/progress.ts';
import type { Store } from '../../store/store.ts';
import { backupStatus } from '../backup-status.ts';
import { checkPermissions } from './check-permissions.ts';
import { checkPlace } from './check-place.ts';
import { checkStore } from './check-store.ts';
import { type Finding, fine, warning } from './finding.ts';

export interface Patient {
  readonly home: Home;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Throws what is wrong with the settings. */
  readonly loadSettings: () => LoadedConfig;
  readonly openStore: () => Promise<Store>;
  readonly embedder: () => Promise<Embedder | null>;
  readonly now: () => number;
}

/** Looks at everything that can go wrong without anyone noticing. Changes nothing. */
export async function examine(patient: Patient, work: WorkOptions = {}): Promise<readonly Finding[]> {
  const { home, loadSettings, openStore, embedder } = patient;
  const settings = readSettings(loadSettings);
  return [
    ...(await checkStore(openStore, embedder, work)),
    ...settings.findings,
    ...(await checkPermissions(home)),
    ...(await checkPlace(home)),
    ...(settings.loaded === null ? [] : await checkBackups(patient, settings.loaded, work)),
  ];
}

/** A finding with what became of its fix: null where it has none. */
export interface Treated extends Omit<Finding, 'fix'> {
  readonly fixed: boolean | null;
  readonly failure: string | null;
}

/** Mends what is safe to mend, and removes what killed processes left in the home. Several findings may have one cure. */
export async function treat(home: Home, findings: readonly Finding[]): Promise<readonly Treated[]> {
  const treated: Treated[] = [];
  let reindexed: Treated | null = null;
  for (const { fix, ...finding } of findings) {
    const isIndex = finding.area === 'store' && fix !== undefined;
    const { fixed, failure }: Pick<Treated, 'fixed' | 'failure'> =
      isIndex && reindexed !== null ? reindexed : await tryFix(fix);
    const one: Treated = { ...finding, fixed, failure };
    if (isIndex) reindexed ??= one;
    treated.push(one);
  }
  for (const folder of [home.path, home.backups, home.exports]) await removeLeftovers(folder);
  return treated;
}

async function tryFix(fix: Finding['fix']): Promise<Pick<Treated, 'fixed' | 'failure'>> {
  if (fix === undefined) return { fixed: null, failure: null };
  try {
    await fix();
    return { fixed: true, failure: null };
  } catch (error) {
    return { fixed: false, failure: toMemportError(error).message };
  }
}

function readSettings(load: () => LoadedConfig): {
  readonly loaded: LoadedConfig | null;
  readonly findings: readonly Finding[];
} {
  try {
    const loaded = load();
    const findings = loaded.warnings.map(message => warning('settings', message));
    return {
      loaded,
      findings: findings.length > 0 ? findings : [fine('settings', 'the settings are understood')],
    };
  } catch (error) {
    const { message, hint } = toMemportError(error);
    return { loaded: null, findings: [{ area: 'settings', level: 'error', message, hint }] };
  }
}

async function checkBackups(
  { home, env, now }: Patient,
  { values }: LoadedConfig,
  work: WorkOptions,
): Promise<readonly Finding[]> {
  const status = await backupStatus({ home, env, config: values, nowMs: now(), signal: work.signal });
  const schedule = status.enabled
    ? fine(
        'schedule',
        `automatic backups are on (${status.schedule}), the next is due at ${status.next_run ?? 'no time'}`,
      )
    : warning(
        'schedule',
        'automatic backups are off',
        'memport backup schedule install, or memport config set enable_auto_backup true where memport mcp runs',
      );
  const newest =
    status.newest_verified === null
      ? []
      : [fine('backups', `the newest verified backup is ${status.newest_verified.id}`)];
  return [
    schedule,
    ...newest,
    ...status.warnings.map(message => warning('backups', message, 'memport backup list')),
  ];
}
