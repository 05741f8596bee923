import { Command } from 'commander';
import type { GitState } from '../../model/project.ts';
import type { Act } from '../act.ts';
import { editContext } from '../edit-context.ts';
import { operand } from '../operands.ts';
import type { Session } from '../session.ts';

export const projectsCommand = (act: Act): Command =>
  new Command('projects')
    .description('list the projects, or rename one')
    .action(act(session => listProjects(session)))
    .addCommand(
      new Command('rename')
        .description('rename a project in all of its records; the old name stays as an alias')
        .argument('<old>')
        .argument('<new>')
        .action(
          act(async (session, command) => {
            const [from, to] = [operand(command, 0), operand(command, 1)];
            const { renameProject } = await import('../../memories/projects.ts');
            await using store = await session.openStore('existing');
            const context = await editContext(session);
            const moved = await renameProject(store, from, to, context);
            session.committed('the project is renamed');
            if (session.json) await session.outJson({ renamed: { from, to }, records: moved });
            await session.note(`renamed ${from} to ${to} in ${moved} records`);
            await context.warn();
          }),
        ),
    );

async function listProjects(session: Session): Promise<void> {
  const { projectLine } = await import('../../model/project.ts');
  const { table } = await import('../ui/table.ts');
  await using store = await session.openStore('existing');
  const projects = await store.projects();
  if (session.json) {
    for (const project of projects) await session.out(projectLine(project));
    return;
  }
  if (projects.length === 0) await session.note('no projects');
  else {
    const columns = [
      { title: 'PROJECT', flexible: true },
      { title: 'MEMORIES', align: 'right' },
      { title: 'CODE UNITS', align: 'right' },
      { title: 'LANGUAGES' },
      { title: 'GIT' },
      { title: 'EARLIER NAMES' },
    ] as const;
    const { ranked } = await import('../ui/index-report.ts');
    const rows = projects.map(p => [
      p.name,
      String(p.memoryCount),
      String(p.unitCount),
      ranked(p.languages),
      gitState(p.git),
      p.aliases.join(', '),
    ]);
    await session.out(table(columns, rows, session.width).join('\n'));
  }
}

/** `main 1a2b3c4`, as far as it is known. */
function gitState(git: GitState | null): string {
  return [git?.branch, git?.commit?.slice(0, 7)].filter(Boolean).join(' ');
}
