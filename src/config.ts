import { readFileSync, statSync } from 'node:fs';
import { delimiter, isAbsolute } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from './atomic-file.ts';
import { BACKUP_SETTINGS } from './backup-settings.ts';
import { MemportError } from './errors.ts';
import { FIXED_STRATEGIES, strategyName } from './merge-strategies.ts';
import { SCHEDULE_SETTINGS } from './schedule-settings.ts';
import { serviceUrl } from './service-url.ts';

const MAX_CONFIG_BYTES = 1024 * 1024;
const MAX_SHOWN = 80;

/** A number, or the text of one. */
const NUMBER = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number),
]);

/** Every setting: its check, its default and what it is for. Values may come as text: from the environment or `config set`. */
const SETTINGS = {
  merge_strategy: {
    // Without `ask`: an import must also run where nobody is there to answer.
    schema: z.preprocess(
      value => (typeof value === 'string' ? strategyName(value) : value),
      z.enum(FIXED_STRATEGIES),
    ),
    fallback: 'keep-newer',
    about: 'what an import does with a record that the store has in another version',
  },
  embedding_provider: {
    schema: z.enum(['hashing', 'transformers', 'http', 'none']),
    fallback: 'hashing',
    about:
      'what makes vectors: hashing (built in), transformers (a model run here), http (a server); none: full text only',
  },
  embedding_model: {
    schema: z
      .string()
      .max(300)
      .regex(/^[^\p{Cc}]*$/u, 'it has control characters in it')
      .refine(text => text.trim() === text && !/^\.\.?([/\\]|$)/.test(text), 'a folder needs its whole path'),
    fallback: '',
    about: 'of transformers: a name on the Hugging Face hub, or a folder; of http: as the server calls it',
  },
  embedding_url: {
    schema: z
      .string()
      .max(2000)
      .refine(
        text => text === '' || serviceUrl(text) !== null,
        'it is no http or https URL without user, password, query and fragment',
      ),
    fallback: '',
    about: 'of http: the base URL, such as http://localhost:11434/v1 (the key: MEMPORT_EMBEDDING_API_KEY)',
    hidden: true,
    local: true,
  },
  embedding_dimensions: {
    schema: NUMBER.pipe(z.int().min(0).max(65_536)),
    fallback: 0,
    about: 'of http: how long vectors the server is asked for; 0: as the model makes them',
  },
  embedding_timeout: {
    schema: NUMBER.pipe(z.number().min(1).max(3600)),
    fallback: 60,
    about: 'of http: seconds to wait for an answer',
  },
  embedding_offline: {
    schema: z.union([
      z.boolean(),
      z.enum(['true', 'false', '1', '0']).transform(text => text === 'true' || text === '1'),
    ]),
    fallback: false,
    about: 'of transformers: never download a model',
  },
  store_busy_timeout: {
    schema: NUMBER.pipe(z.number().min(0).max(3600)),
    fallback: 10,
    about: 'seconds to wait for another process that is writing to the store',
  },
  ...BACKUP_SETTINGS,
  ...SCHEDULE_SETTINGS,
  mcp_allowed_paths: {
    // As text, in the environment or of `config set`, they are divided as in PATH.
    schema: z.preprocess(
      value => (typeof value === 'string' ? value.split(delimiter).filter(path => path !== '') : value),
      z.array(z.string().refine(isFolderPath, 'every folder is an absolute path, or begins with ~/')),
    ),
    fallback: [],
    about: "folders where MCP tools may read and write files, besides the home's exports and backups",
    local: true,
  },
} as const;

function isFolderPath(path: string): boolean {
  return isAbsolute(path) || path === '~' || path.startsWith('~/');
}

export type SettingName = keyof typeof SETTINGS;
export type Config = { readonly [K in SettingName]: z.output<(typeof SETTINGS)[K]['schema']> };
export type Origin = 'environment' | 'file' | 'default';

export interface LoadedConfig {
  readonly values: Config;
  readonly origins: Readonly<Record<SettingName, Origin>>;
  readonly warnings: readonly string[];
}

/** A value as text, as `config set` takes it. */
export function settingText(value: unknown): string {
  return Array.isArray(value) ? value.join(delimiter) : String(value);
}

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** The settings as an export may tell them: nothing of this machine, its folders and its network, and no secrets. */
export function portableConfig(config: Config): Partial<Config> {
  const isPortable = (name: SettingName): boolean => {
    if (name === 'embedding_model') return !/[\\~]|^\/|\/.*\//.test(config.embedding_model);
    return !('local' in SETTINGS[name]);
  };
  return Object.fromEntries(
    Object.entries(config).filter(([name]) => isSettingName(name) && isPortable(name)),
  );
}

/** A value as a list of all settings may show it: of a secret only whether it is set. */
export function shownSetting(name: SettingName, value: unknown): unknown {
  return 'secret' in SETTINGS[name] && value !== null ? '(set)' : value;
}

export function describeSetting(name: SettingName): string {
  return SETTINGS[name].about;
}

/** The effective settings: environment `MEMPORT_<NAME>` over the file over the defaults. A wrong value is a usage error that names where it stands. */
export function loadConfig(file: string, env: Readonly<Record<string, string | undefined>>): LoadedConfig {
  const stored = readConfigFile(file);
  const origins: Partial<Record<SettingName, Origin>> = {};
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of SETTING_NAMES) {
    const variable = `MEMPORT_${name.toUpperCase()}`;
    const fromEnv = env[variable];
    if (fromEnv !== undefined && fromEnv !== '') {
      values[name] = checkSetting(name, fromEnv, `the environment variable ${variable}`);
      origins[name] = 'environment';
    } else if (Object.hasOwn(stored, name)) {
      values[name] = checkSetting(name, stored[name], file);
      origins[name] = 'file';
    } else {
      values[name] = SETTINGS[name].fallback;
      origins[name] = 'default';
    }
  }
  const unknown = Object.keys(stored).filter(name => !isSettingName(name));
  return {
    values: values as Config,
    origins: origins as Record<SettingName, Origin>,
    warnings: unknown.map(name => `${file}: unknown setting ${shown(name)} is kept and not used`),
  };
}

/** Checks and writes one setting; other members of the file, known or not, stay. */
export async function setSetting(file: string, name: string, value: string): Promise<unknown> {
  const checked = checkSetting(knownName(name), value, 'config set');
  await writeConfigFile(file, { ...readConfigFile(file), [name]: checked });
  return checked;
}

/** Takes one setting out of the file, so that its default holds again. Resolves to whether it was there. */
export async function unsetSetting(file: string, name: string): Promise<boolean> {
  const stored = readConfigFile(file);
  if (!Object.hasOwn(stored, name)) {
    knownName(name);
    return false;
  }
  await writeConfigFile(file, Object.fromEntries(Object.entries(stored).filter(([key]) => key !== name)));
  return true;
}

export function knownName(name: string): SettingName {
  if (isSettingName(name)) return name;
  throw new MemportError('usage', `there is no setting ${shown(name)}`, {
    hint: `the settings are ${SETTING_NAMES.join(', ')}`,
  });
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

/** The value as the setting takes it; throws `usage`, naming `where` it stands. */
export function checkSetting(name: SettingName, value: unknown, where: string): unknown {
  const checked = SETTINGS[name].schema.safeParse(value);
  if (checked.success) return checked.data;
  // What was meant for an address may have a password in it.
  const what = 'hidden' in SETTINGS[name] ? 'that' : shown(value);
  const why = checked.error.issues[0]?.message;
  throw new MemportError('usage', `${name} in ${where} can't be ${what}: ${why}`, {
    hint: `memport config set ${name} <value>`,
  });
}

/** A value as a message can show it, whatever it is. */
function shown(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  } catch {
    return 'that';
  }
}

function readConfigFile(file: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    const { size } = requireFile(file);
    if (size > MAX_CONFIG_BYTES) throw new RangeError(`it is larger than ${MAX_CONFIG_BYTES} bytes`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    const isWrong = error instanceof RangeError || error instanceof TypeError;
    throw new MemportError(
      isWrong ? 'usage' : 'failed',
      `can't read the configuration ${file}: ${String(error)}`,
      {
        cause: error,
      },
    );
  }
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (error) {
    throw new MemportError('usage', `the configuration ${file} is not a JSON object`, {
      hint: `mend it, or move it away: mv ${file} ${file}.bad`,
      cause: error,
    });
  }
}

/** A pipe or a device would never end. */
function requireFile(file: string): { readonly size: number } {
  const stats = statSync(file);
  if (!stats.isFile()) throw new TypeError('it is not a regular file');
  return stats;
}

async function writeConfigFile(file: string, content: Readonly<Record<string, unknown>>): Promise<void> {
  const body = Buffer.from(`${JSON.stringify(content, null, 2)}\n`);
  await writeAtomically(file, async handle => {
    await handle.writeFile(body);
  });
}
