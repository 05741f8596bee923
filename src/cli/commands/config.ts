import { Command } from 'commander';
import type { Act } from '../act.ts';
import { operand } from '../operands.ts';
import type { Session } from '../session.ts';

export const configCommand = (act: Act): Command =>
  new Command('config')
    .description('show and change settings')
    .action(act(show))
    .addCommand(new Command('show').description('all settings, and where each comes from').action(act(show)))
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
            const { setSetting, settingText } = await import('../../config.ts');
            await session.makeHome();
            const value = await setSetting(session.home.config, name, text);
            if (session.json) await session.outJson({ [name]: value });
            await session.note(`${name} is ${settingText(value)}`);
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

async function show(session: Session): Promise<void> {
  const { describeSetting, loadConfig, SETTING_NAMES, settingText } = await import('../../config.ts');
  const { table } = await import('../ui/table.ts');
  const { values, origins, warnings } = loadConfig(session.home.config, session.io.env);
  for (const warning of warnings) await session.warn(warning);
  if (session.json) {
    await session.outJson(
      Object.fromEntries(SETTING_NAMES.map(name => [name, { value: values[name], from: origins[name] }])),
    );
    return;
  }
  const columns = [
    { title: 'SETTING' },
    { title: 'VALUE' },
    { title: 'FROM' },
    { title: 'WHAT FOR', flexible: true },
  ];
  const rows = SETTING_NAMES.map(name => [
    name,
    settingText(values[name]),
    origins[name],
    describeSetting(name),
  ]);
  await session.out(table(columns, rows, session.width).join('\n'));
}
