import { McpServer } from '@modelcontextprotocol/server';
import { packageVersion } from '../version.ts';
import type { McpHost } from './host.ts';
import { registerTool } from './register-tool.ts';
import { registerResources } from './resources.ts';
import { TOOLS } from './tools.ts';

const INSTRUCTIONS = `memport is the long-term memory of this user's coding assistants, kept on their own machine and shared by all of their editors.
At the beginning of a task call search_memories with what it is about. When you learn something that will matter later (a preference, a decision, how this project works), call store_memory, one thing a call; correct what is wrong with update_memory rather than storing it again.
Memories are the user's: delete_memory, import_memories and restore_from_backup change them, so ask first, and create_backup before. export_memories makes a file to keep; backup_status says whether all is backed up. index_codebase and search_code are for the code of a project. Every error names the next call.`;

/** A server for one connection; connections share the host. Nothing is opened before it is needed. */
export function createServer(host: McpHost): McpServer {
  const server = new McpServer(
    { name: 'memport', title: 'memport', version: packageVersion() },
    { instructions: INSTRUCTIONS, capabilities: { tools: {}, resources: {}, logging: {} } },
  );
  for (const tool of TOOLS) registerTool(server, tool, host);
  registerResources(server, host);
  // Whether anybody listens, and from which level on, is the library's to know.
  const log = host.onLog(
    (level, data) => void server.sendLoggingMessage({ level, data, logger: 'memport' }).catch(() => {}),
  );
  server.server.onclose = () => log[Symbol.dispose]();
  return server;
}
