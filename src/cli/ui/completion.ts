import type { Command } from 'commander';

interface Words {
  /** `memport`, `memport config`, … */
  readonly path: string;
  readonly subcommands: readonly string[];
  readonly flags: readonly string[];
}

/** A completion script for one shell, made from all commands and options of the program that `command` is part of, so that it can't fall behind. */
export function completionScript(shell: string, command: Command): string {
  const root = rootOf(command);
  const words = collectWords(root, '', flagsOf(root));
  if (shell === 'fish') return fish(words);
  const functions = bash(words);
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${functions}` : functions;
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

function collectWords(command: Command, parent: string, inherited: readonly string[]): readonly Words[] {
  const path = parent === '' ? command.name() : `${parent} ${command.name()}`;
  const subcommands = command.commands.map(child => child.name());
  const flags = [...new Set([...flagsOf(command), ...inherited, '--help'])].sort();
  return [
    { path, subcommands, flags },
    ...command.commands.flatMap(child => collectWords(child, path, inherited)),
  ];
}

function flagsOf(command: Command): readonly string[] {
  return command.options.map(option => option.long).filter(long => long != null);
}

function bash(words: readonly Words[]): string {
  const cases = words.map(
    ({ path, subcommands, flags }) => `    '${path}') words='${[...subcommands, ...flags].join(' ')}' ;;`,
  );
  return `_memport() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path=memport word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
      ${words
        .slice(1)
        .map(({ path }) => `'${path}'`)
        .join('|')}) path="$path $word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _memport memport`;
}

function fish(words: readonly Words[]): string {
  return words
    .flatMap(({ path, subcommands, flags }) => {
      const names = path.split(' ').slice(1);
      const others = words
        .filter(other => other.path === `${path} ${other.path.split(' ').at(-1)}`)
        .map(other => other.path.split(' ').at(-1));
      const seen = names.map(name => `__fish_seen_subcommand_from ${name}`);
      const unseen = others.length > 0 ? [`not __fish_seen_subcommand_from ${others.join(' ')}`] : [];
      const condition = [...seen, ...unseen].join('; and ');
      const when = condition === '' ? '' : ` -n '${condition}'`;
      return [
        ...subcommands.map(name => `complete -c memport -f${when} -a ${name}`),
        ...flags.map(
          flag =>
            `complete -c memport${names.length > 0 ? ` -n '${seen.join('; and ')}'` : ''} -l ${flag.slice(2)}`,
        ),
      ];
    })
    .join('\n');
}
