import { Command } from 'commander';
import type { Act } from '../act.ts';
import { operand } from '../operands.ts';
import type { Session } from '../session.ts';

export interface SettingsOptions {
  readonly description: string;
  /** Which settings the list shows. Others can be named all the same. */
  readonly shows: (name: string) => boolean;
  /** What is to be said of a value that has just been set. */
  readonly afterSet: (session: Session, name: string, value: unknown) => Promise<void>;
}

export const configCommand = (act: Act): Command =>
  settingsCommand(act, {
    description: 'show and change settings',
    shows: () => true,
    afterSet: async () => {},
  });

/** `config` with its sub-commands, over all settings or some. */
export const settingsCommand = (act: Act, { description, shows, afterSet }: SettingsOptions): Command =>
  new Command('config')
    .description(description)
    .action(act(session => show(session, shows)))
    .addCommand(
      new Command('show')
        .description('all settings, and where each comes from')
        .action(act(session => show(session, shows))),
    )
    .addCommand(
      new Command('get')
        .description('the value of one setting')
        .argument('<name>')
        .action(
          act(async (session, command) => {
            const { knownName, settingText } = await import('../../config.ts');
            const name = knownName(operand(command, 0));
            const value = (await session.config())[name];
            await session.out(session.json ? JSON.stringify(value) : settingText(value));
          }),
        ),
    )
    .addCommand(
      new Command('set')
        .description('change a setting; the value is checked')
        .argument('<name>')
        .argument('<value>')
        .action(
          act(async (session, command) => {
            const [name, text] = [operand(command, 0), operand(command, 1)];
            const { knownName, setSetting, settingText, shownSetting } = await import('../../config.ts');
            await session.makeHome();
            const value = await setSetting(session.home.config, name, text);
            if (session.json) await session.outJson({ [name]: value });
            await session.note(`${name} is ${settingText(shownSetting(knownName(name), value))}`);
            await afterSet(session, name, value);
          }),
        ),
    )
    .addCommand(
      new Command('unset')
        .description('back to the default')
        .argument('<name>')
        .action(
          act(async (session, command) => {
            const name = operand(command, 0);
            const { unsetSetting } = await import('../../config.ts');
            const was = await unsetSetting(session.home.config, name);
            if (session.json) await session.outJson({ unset: was ? name : null });
            await session.note(was ? `${name} has its default again` : `${name} was not set`);
          }),
        ),
    )
    .addCommand(
      new Command('path').description("the configuration file's path").action(
        act(async session => {
          await session.out(session.json ? JSON.stringify(session.home.config) : session.home.config);
        }),
      ),
    );

async function show(session: Session, shows: SettingsOptions['shows']): Promise<void> {
  const { describeSetting, loadConfig, SETTING_NAMES, settingText, shownSetting } = await import(
    '../../config.ts'
  );
  const { table } = await import('../ui/table.ts');
  const { values, origins, warnings } = loadConfig(session.home.config, session.io.env);
  for (const warning of warnings) await session.warn(warning);
  const names = SETTING_NAMES.filter(shows);
  if (session.json) {
    await session.outJson(
      Object.fromEntries(
        names.map(name => [name, { value: shownSetting(name, values[name]), from: origins[name] }]),
      ),
    );
    return;
  }
  const columns = [
    { title: 'SETTING' },
    { title: 'VALUE' },
    { title: 'FROM' },
    { title: 'WHAT FOR', flexible: true },
  ];
  const rows = names.map(name => [
    name,
    settingText(shownSetting(name, values[name])),
    origins[name],
    describeSetting(name),
  ]);
  await session.out(table(columns, rows, session.width).join('\n'));
}
