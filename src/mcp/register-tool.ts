import type {
  CallToolResult,
  InputRequiredResult,
  McpServer,
  ServerContext,
  StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { askForRoots, givenRoots, hasRoots, RootsNeeded } from './client-roots.ts';
import type { McpHost } from './host.ts';
import { OutsideError, type PathRules, readablePath, writablePath } from './paths.ts';
import { ProgressReporter } from './progress.ts';
import type { Tool, ToolCall } from './tool.ts';
import { errorAnswer } from './tool-error.ts';

/** Offers a tool: its errors become answers with `isError`; only faults of the protocol are protocol errors. */
export function registerTool(server: McpServer, tool: Tool, host: McpHost): void {
  const { name, title, description, effects, input, output } = tool;
  const annotations = { title, ...effects, openWorldHint: false };
  server.registerTool(
    name,
    { title, description, annotations, inputSchema: unchecked(input), outputSchema: output },
    (args, context) => answer(server, tool, host, args, context),
  );
}

/** Shown with the tool and not checked by the library: a wrong argument is to be answered with a code and a next step. */
function unchecked(schema: z.ZodType): StandardSchemaWithJSON {
  const { jsonSchema } = schema['~standard'];
  return {
    '~standard': { version: 1, vendor: 'memport', validate: value => ({ value }), jsonSchema },
  };
}

async function answer(
  server: McpServer,
  tool: Tool,
  host: McpHost,
  args: unknown,
  context: ServerContext,
): Promise<CallToolResult | InputRequiredResult> {
  const progress = reporter(tool, host, context);
  try {
    const { text, data } = await tool.run(args, toolCall(server, host, context, progress));
    await progress?.finish();
    return { content: [{ type: 'text', text }], structuredContent: data };
  } catch (error) {
    return error instanceof RootsNeeded ? askForRoots() : errorAnswer(error, tool.recovery);
  }
}

function reporter(tool: Tool, host: McpHost, { mcpReq }: ServerContext): ProgressReporter | null {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined || tool.phases.length === 0) return null;
  // A client that is gone needs no progress; the call is aborted by itself.
  const send = (note: object): Promise<void> =>
    mcpReq.notify({ method: 'notifications/progress', params: { progressToken, ...note } }).catch(() => {});
  return new ProgressReporter(tool.phases, send, host.now);
}

function toolCall(
  server: McpServer,
  host: McpHost,
  context: ServerContext,
  progress: ProgressReporter | null,
): ToolCall {
  const given = givenRoots(context);
  const rules = (): PathRules => ({
    home: host.home,
    folders: [...host.config().mcp_allowed_paths, host.destination().folder, ...(given ?? [])],
  });
  const orAskForRoots = async (check: Promise<string>): Promise<string> => {
    try {
      return await check;
    } catch (error) {
      if (given === null && error instanceof OutsideError && hasRoots(server, context))
        throw new RootsNeeded();
      throw error;
    }
  };
  return {
    host,
    signal: context.mcpReq.signal,
    onProgress: progress?.update,
    readable: path => orAskForRoots(readablePath(path, rules())),
    writable: path => orAskForRoots(writablePath(path, rules())),
  };
}
