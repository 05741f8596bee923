import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import { backupRecord } from '../backup/backup-record.ts';
import { toMemportError } from '../errors.ts';
import { projectRecord } from '../model/project.ts';
import { readBackupHealth } from './backup-health.ts';
import type { McpHost } from './host.ts';

const JSON_TYPE = 'application/json';

/** So many backups; list_backups gives all, in pages. */
const BACKUPS = 100;

/** Offers what can be read without a tool. */
export function registerResources(server: McpServer, host: McpHost): void {
  server.registerResource(
    'status',
    'memport://status',
    {
      title: 'State of the memory',
      description:
        'What the store holds, its projects, the newest change, and what has no vector yet, and how its backups stand.',
      mimeType: JSON_TYPE,
    },
    async uri => contents(uri, await guarded(() => status(host))),
  );
  server.registerResource(
    'backups',
    'memport://backups',
    {
      title: 'Backups',
      description: `How the backups stand, the schedule, and the newest ${BACKUPS} of them, each held against its checksum.`,
      mimeType: JSON_TYPE,
    },
    async uri => contents(uri, await guarded(() => backups(host))),
  );
  server.registerResource(
    'memory',
    // No list: there may be a hundred thousand. list_memories gives them in pages.
    new ResourceTemplate('memport://memory/{id}', { list: undefined }),
    {
      title: 'One memory, whole',
      description: 'The record of a memory with all of its fields, by its id; nothing is cut.',
      mimeType: JSON_TYPE,
    },
    async (uri, { id }) => contents(uri, await guarded(() => memory(host, String(id)))),
  );
}

function contents(uri: URL, text: string) {
  return { contents: [{ uri: uri.href, mimeType: JSON_TYPE, text }] };
}

async function status(host: McpHost): Promise<string> {
  const { readStatus } = await import('../memories/status.ts');
  const embedder = await host.embedder();
  const found = await host.withStore('existing', async store => ({
    home: host.home.path,
    ...(await readStatus(store, embedder)),
    project_list: (await store.projects()).map(projectRecord),
  }));
  return JSON.stringify({ ...found, backups: await readBackupHealth(host) }, null, 2);
}

async function backups(host: McpHost): Promise<string> {
  const { pageOfBackups } = await import('../backup/find.ts');
  const health = await readBackupHealth(host);
  const page = await pageOfBackups(host.backupFolders(), { after: null, limit: BACKUPS });
  const found = { ...health, backups: page.backups.map(backupRecord), complete: !page.hasMore };
  return JSON.stringify(found, null, 2);
}

async function memory(host: McpHost, id: string): Promise<string> {
  const { findMemory } = await import('../memories/resolve-id.ts');
  return (await host.withStore('existing', store => findMemory(store, id))).line;
}

/** A resource has no `isError`; its errors are those of the protocol, with the code in their data. */
async function guarded(read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (error) {
    const { code, exitCode, message } = toMemportError(error);
    const isTheirs = code === 'usage' || code === 'not_found';
    const kind = isTheirs ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
    throw new ProtocolError(kind, `${code}: ${message}`, { code, exit_code: exitCode });
  }
}
