import { join } from 'node:path';
import { memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import { ok } from '../support/cli.ts';
import { aMemory, idOf } from '../support/records.ts';
import { Site } from './site.ts';

const RECORDS = 160;
const DAY_MS = 86_400_000;
const BEGIN = Date.parse('2026-05-01T00:00:00Z');

/** Memories from `first` on, of which those from `changed` on have another text and are newer. */
async function fill(home: string, first: number, changed: number): Promise<void> {
  await using store = await openStore({ path: join(home, 'memport.db') });
  const entries = Array.from({ length: RECORDS }, (_, i) => {
    const n = first + i;
    const content = `Memory ${n} ${n >= changed ? 'changed' : 'as it was'} ${'word '.repeat(50)}`;
    return memoryEntry(
      aMemory({ id: idOf(n), content, updatedAt: n >= changed ? 2n ** 51n : 2n ** 50n }),
      null,
    );
  });
  await store.transact(transaction => transaction.put(entries.map(entry => ({ entry, searchVector: null }))));
}

/** A command, and what it needs before. */
export interface Command {
  readonly name: string;
  readonly args: (site: Site) => readonly string[];
  readonly prepare?: (site: Site, input: string) => Promise<void>;
  /** Whether to run it again is to do nothing more. */
  readonly isIdempotent: boolean;
  /** Whether it does one thing after the other, of which each is whole. */
  readonly isStepwise?: boolean;
  /** Whether what it makes has an id of its own in each run. */
  readonly isUnique?: boolean;
}

const input = (site: Site): string => join(site.folder, 'input.tar.gz');

async function backUp(home: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await ok(['backup', 'create'], { home, now: () => BEGIN + n * DAY_MS });
}

export const IMPORT: Command = {
  name: 'import',
  args: site => ['import', input(site)],
  isIdempotent: true,
};

export const RESTORE: Command = {
  name: 'restore',
  args: site => ['restore', input(site), '--yes'],
  isIdempotent: true,
};

export const UNDO: Command = {
  name: 'undo',
  args: () => ['undo'],
  prepare: async ({ home }, file) => void (await ok(['import', file], { home })),
  isIdempotent: false,
};

export const CREATE: Command = {
  name: 'backup create',
  args: () => ['backup', 'create'],
  prepare: ({ home }) => backUp(home, 2),
  isIdempotent: true,
};

/** As the very first: the folder is made. */
export const CREATE_FIRST: Command = {
  name: 'backup create, the first',
  args: () => ['backup', 'create'],
  isIdempotent: true,
};

export const CLEANUP: Command = {
  name: 'backup cleanup',
  args: () => ['backup', 'cleanup', '--keep', '2'],
  prepare: ({ home }) => backUp(home, 5),
  isIdempotent: true,
  isStepwise: true,
};

/** An export over an older one. */
function exportTo(name: string, ...more: readonly string[]): Command {
  return {
    name: `export to ${name}`,
    args: site => ['export', join(site.target, name), ...more],
    prepare: async site => {
      await ok(['export', join(site.target, name), ...more], { home: site.home });
      await ok(['add', 'New since then.'], { home: site.home });
    },
    isIdempotent: true,
  };
}

export const EXPORT_ARCHIVE = exportTo('memories.tar.gz');
export const EXPORT_JSON = exportTo('memories.json');
export const EXPORT_MARKDOWN = exportTo('memories.md', '--single-file');
export const EXPORT_FOLDER: Command = {
  ...exportTo('pages', '--format', 'markdown'),
  isStepwise: true,
};
/** Where a page of the older one is needed no longer, and its folder has no other change. */
export const EXPORT_FOLDER_LESS: Command = {
  name: 'export to a folder, of less',
  args: site => ['export', join(site.target, 'pages'), '--format', 'markdown'],
  prepare: async site => {
    const { home } = site;
    await ok(['add', 'A fact of the shop.', '--project', 'shop'], { home });
    const event = await ok(['add', 'An event.', '--project', 'shop', '--category', 'event'], { home });
    const other = await ok(['add', 'Another one.', '--project', 'gone'], { home });
    await ok(['export', join(site.target, 'pages'), '--format', 'markdown'], { home });
    await ok(['delete', event, other], { home });
  },
  isIdempotent: true,
};

export const EXPORT_FOLDER_FIRST: Command = {
  name: 'export to a folder, the first',
  args: site => ['export', join(site.target, 'pages'), '--format', 'markdown'],
  isIdempotent: true,
};

export const EXPORT_ENCRYPTED: Command = {
  ...exportTo('memories.tar.gz.age'),
  prepare: async site => {
    await ok(['key', 'generate'], { home: site.home });
    await EXPORT_ARCHIVE.prepare?.(site, '');
    await ok(['export', join(site.target, 'memories.tar.gz.age')], { home: site.home });
  },
};

export const ADD: Command = {
  name: 'add',
  args: () => ['add', 'One more.'],
  isIdempotent: false,
  isUnique: true,
};

/** Into a home that is not there yet. */
export const ADD_FIRST: Command = {
  name: 'add, the first',
  args: site => ['--home', join(site.target, 'new', 'home'), 'add', 'One.'],
  isIdempotent: false,
  isUnique: true,
};

export const CONFIG_SET: Command = {
  name: 'config set',
  args: () => ['config', 'set', 'backup_retention_count', '9'],
  prepare: async ({ home }) => void (await ok(['config', 'set', 'backup_retention_count', '8'], { home })),
  isIdempotent: true,
};

export const KEY_GENERATE: Command = {
  name: 'key generate',
  args: () => ['key', 'generate'],
  isIdempotent: false,
};

/** A site in the state before the command. */
export async function siteFor(command: Command, site: Site = new Site()): Promise<Site> {
  const other = join(site.folder, 'other');
  await fill(site.home, 0, RECORDS);
  await fill(other, RECORDS / 2, (RECORDS * 3) / 4);
  await ok(['export', input(site)], { home: other });
  await command.prepare?.(site, input(site));
  site.save();
  return site;
}
