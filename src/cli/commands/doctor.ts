import { Command } from 'commander';
import type { Treated } from '../../backup/health/doctor.ts';
import type { Finding } from '../../backup/health/finding.ts';
import { EXIT_CODES } from '../../errors.ts';
import type { Act } from '../act.ts';
import type { Session } from '../session.ts';
import { visible } from '../ui/text.ts';

export const doctorCommand = (act: Act): Command =>
  new Command('doctor')
    .description(
      'look at the store, settings, permissions, disk, schedule and backups, and say what is wrong',
    )
    .option('--fix', 'mend what is safe to mend: permissions, and what is made from records')
    .action(
      act((session, command) => doctor(session, command.opts<{ readonly fix?: boolean }>().fix === true)),
    );

async function doctor(session: Session, fix: boolean): Promise<void> {
  const { examine, treat } = await import('../../backup/health/doctor.ts');
  const { loadConfig } = await import('../../config.ts');
  const { openStore } = await import('../../store/open.ts');
  const { home, io } = session;
  using progress = session.progress();
  const findings = await examine(
    {
      home,
      env: io.env,
      loadSettings: () => loadConfig(home.config, io.env),
      openStore: () => openStore({ path: home.store, create: false }),
      // Wrong settings are a finding of their own.
      embedder: () => session.requiredEmbedder().catch(() => null),
      now: io.now,
    },
    { signal: io.signal, onProgress: progress.update },
  );
  progress.clear();
  const told: readonly Treated[] = fix
    ? await treat(home, findings)
    : findings.map(({ fix: cure, ...finding }) => ({
        ...finding,
        fixed: cure ? false : null,
        failure: null,
      }));
  await print(session, told, fix);
  session.exitCode = exitCodeOf(told);
}

/** What is fixed counts no more; a warning is no failure. */
function exitCodeOf(told: readonly Treated[]): number {
  const left = told.filter(({ fixed }) => fixed !== true).map(({ level }) => level);
  if (left.includes('damage')) return EXIT_CODES.integrity;
  return left.includes('error') ? EXIT_CODES.failed : 0;
}

const MARKS: Readonly<Record<Finding['level'], string>> = {
  ok: 'ok',
  warning: 'warning',
  error: 'WRONG',
  damage: 'DAMAGED',
};

async function print(session: Session, told: readonly Treated[], fix: boolean): Promise<void> {
  const count = (level: Finding['level']): number =>
    told.filter(finding => finding.level === level && finding.fixed !== true).length;
  if (session.json) {
    for (const { area, level, message, hint, fixed, failure } of told)
      await session.outJson({ message_type: 'finding', area, level, message, hint, fixed, failure });
    await session.outJson({
      message_type: 'summary',
      damage: count('damage'),
      errors: count('error'),
      warnings: count('warning'),
      fixed: told.filter(({ fixed }) => fixed === true).length,
    });
    return;
  }
  for (const { area, level, message, hint, fixed, failure } of told) {
    const mark = fixed === true ? 'fixed' : MARKS[level];
    await session.out(`${mark.padEnd(8)} ${area.padEnd(12)} ${visible(message)}`);
    if (failure !== null) await session.out(`${' '.repeat(22)}not mended: ${visible(failure)}`);
    else if (fixed !== true && hint !== null) await session.out(`${' '.repeat(22)}${visible(hint)}`);
  }
  if (!fix && told.some(({ fixed }) => fixed === false))
    await session.note('memport doctor --fix mends what is safe to mend');
}
