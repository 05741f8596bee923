import { Command } from 'commander';
import type { BackupCheck } from '../../../backup/verify.ts';
import { EXIT_CODES, MemportError } from '../../../errors.ts';
import type { WorkOptions } from '../../../model/progress.ts';
import type { Act } from '../../act.ts';
import { foldersOf, pathOf } from '../../backups.ts';
import { addKeyOptions, type KeyOptions, keysOf } from '../../keys.ts';
import type { Session } from '../../session.ts';
import { visible } from '../../ui/text.ts';

interface VerifyOptions extends KeyOptions {
  readonly all?: boolean;
  readonly restore?: boolean;
}

export const verifyCommand = (act: Act): Command =>
  addKeyOptions(
    new Command('verify')
      .description('read a backup in full, as a restore would, and say whether it is whole')
      .argument('[backup]', 'an id, a file, or latest (default: latest)')
      .option('--all', 'every backup there is')
      .option('--restore', 'also restore it to a store that is thrown away, and compare the content digests'),
  ).action(act((session, command) => verify(session, command.args[0], command.opts<VerifyOptions>())));

async function verify(session: Session, named: string | undefined, options: VerifyOptions): Promise<void> {
  if (options.all && named !== undefined)
    throw new MemportError('usage', '--all and the name of one backup contradict each other');
  const { verifyFile } = await import('../../../backup/verify.ts');
  const keys = await keysOf(session, options);
  const request = { keys, restore: options.restore === true, nowMs: session.io.now() };
  const counts = { verified: 0, damaged: 0, locked: 0 };
  using progress = session.progress();
  const work = { signal: session.io.signal, onProgress: progress.update };
  for (const path of await pathsOf(session, named, options, work)) {
    const check = await verifyFile(path, request, work);
    progress.clear();
    counts[check.result] += 1;
    await printCheck(session, check);
  }
  if (session.json) await session.outJson({ message_type: 'summary', ...counts });
  else if (options.all)
    await session.note(`${counts.verified} whole, ${counts.damaged} damaged, ${counts.locked} without a key`);
  if (counts.damaged > 0) session.exitCode = EXIT_CODES.integrity;
  else if (counts.locked > 0) session.exitCode = EXIT_CODES.no_key;
}

async function pathsOf(
  session: Session,
  named: string | undefined,
  { all }: VerifyOptions,
  work: WorkOptions,
): Promise<readonly string[]> {
  if (!all) return [await pathOf(session, named ?? 'latest')];
  const { listAll } = await import('../../../backup/find.ts');
  return (await listAll(await foldersOf(session), work)).map(({ path }) => path);
}

async function printCheck(session: Session, check: BackupCheck): Promise<void> {
  const { id, path, result, problem, contentDigest, restored, notNoted } = check;
  if (session.json) {
    const shown = {
      id,
      path,
      result,
      problem,
      content_digest: contentDigest,
      restored,
      noted: notNoted === null,
    };
    await session.outJson({ message_type: 'check', ...shown });
    return;
  }
  const words = { verified: 'whole', damaged: 'damaged', locked: 'not read' } as const;
  const how = result === 'verified' && restored ? ', and restores to the same' : '';
  await session.out(`${visible(id)}: ${words[result]}${problem === null ? how : `: ${visible(problem)}`}`);
  if (notNoted !== null) await session.warn(`that could not be noted in its sidecar: ${notNoted}`);
}
