import { Command } from 'commander';
import { packageVersion } from '../version.ts';
import type { Act, CommandMaker } from './act.ts';
import { addCommand } from './commands/add.ts';
import { backupCommand } from './commands/backup.ts';
import { completionCommand } from './commands/completion.ts';
import { configCommand } from './commands/config.ts';
import { daemonCommand } from './commands/daemon.ts';
import { deleteCommand } from './commands/delete.ts';
import { demoCommand } from './commands/demo.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { embedCommand } from './commands/embed.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { indexCommand } from './commands/index-folder.ts';
import { keyCommand } from './commands/key.ts';
import { listCommand } from './commands/list.ts';
import { mcpCommand } from './commands/mcp.ts';
import { operationsCommand } from './commands/operations.ts';
import { projectsCommand } from './commands/projects.ts';
import { restoreCommand } from './commands/restore.ts';
import { searchCommand } from './commands/search.ts';
import { searchCodeCommand } from './commands/search-code.ts';
import { showCommand } from './commands/show.ts';
import { statusCommand } from './commands/status.ts';
import { undoCommand } from './commands/undo.ts';
import { updateCommand } from './commands/update.ts';
import type { Io } from './io.ts';
import { Session } from './session.ts';

const COMMANDS: readonly CommandMaker[] = [
  addCommand,
  listCommand,
  showCommand,
  updateCommand,
  deleteCommand,
  searchCommand,
  indexCommand,
  searchCodeCommand,
  projectsCommand,
  exportCommand,
  importCommand,
  restoreCommand,
  backupCommand,
  undoCommand,
  operationsCommand,
  diffCommand,
  embedCommand,
  keyCommand,
  statusCommand,
  doctorCommand,
  configCommand,
  daemonCommand,
  mcpCommand,
  demoCommand,
  completionCommand,
];

/** The whole command line. `onExitCode` is told the code of a command that ended without an error. */
export function createProgram(io: Io, onExitCode: (code: number) => void): Command {
  const program = new Command('memport');
  const act: Act = action =>
    async function () {
      const session = new Session(io, this.optsWithGlobals());
      try {
        await action(session, this);
      } finally {
        onExitCode(session.exitCode);
      }
    };
  program
    .description('The memory of your AI coding assistant, kept by you.')
    .version(packageVersion(), '-V, --version')
    .option('--home <folder>', 'where memport keeps everything (default: $MEMPORT_HOME, else ~/.claude-rag)')
    .option('--store <file>', "another store than the home's memport.db")
    .option('--json', 'machine-readable output')
    .option('-q, --quiet', 'only data, warnings and errors')
    .option('-v, --verbose', 'more detail')
    .option('--no-input', 'never ask; what needs an answer fails')
    .option('-y, --yes', 'answer every question with yes');
  for (const make of COMMANDS) program.addCommand(make(act));
  applyToAll(program, command => {
    command.exitOverride();
    command.configureHelp({ showGlobalOptions: true });
    command.configureOutput({
      writeOut: text => void io.stdout.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
    });
  });
  return program;
}

function applyToAll(command: Command, change: (command: Command) => void): void {
  change(command);
  for (const child of command.commands) applyToAll(child, change);
}
