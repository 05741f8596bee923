import { fileURLToPath } from 'node:url';
import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

const KEY = 'roots';
const CAPABLE = z.object({ roots: z.looseObject({}) });
/** What comes from a client is not checked yet; what is no list of folders is none. */
const ROOTS = z.object({ roots: z.array(z.object({ uri: z.string() })) }).catch({ roots: [] });

/** Thrown by a tool whose path is allowed by nothing but, maybe, the folders that the client has open. */
export class RootsNeeded extends Error {}

/** The folders that the client answered with; null as long as it was not asked. Only local ones count. */
export function givenRoots({ mcpReq }: ServerContext): readonly string[] | null {
  const answer = mcpReq.inputResponses?.[KEY];
  if (answer === undefined) return null;
  return ROOTS.parse(answer).roots.flatMap(({ uri }) => {
    try {
      return [fileURLToPath(uri)];
    } catch {
      return [];
    }
  });
}

/** Whether the client says that it knows its open folders: with each request, or once for all at the beginning. */
export function hasRoots(server: McpServer, { mcpReq }: ServerContext): boolean {
  const capabilities: unknown =
    mcpReq.envelope === undefined
      ? server.server.getClientCapabilities()
      : Reflect.get(mcpReq.envelope, CLIENT_CAPABILITIES_META_KEY);
  return CAPABLE.safeParse(capabilities).success;
}

/** Asks the client for them; the same call then comes again with the answer. */
export function askForRoots(): InputRequiredResult {
  return inputRequired({ inputRequests: { [KEY]: inputRequired.listRoots() } });
}
