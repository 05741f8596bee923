import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MemportError } from '../../errors.ts';
import { systemCode } from '../../file-target.ts';
import { makeFolder } from '../../folder.ts';
import type { Home } from '../../home.ts';
import { beginFile } from '../../pending-file.ts';

const VARIABLE = 'MEMPORT_MCP_TOKEN';
const SHORTEST = 16;

export interface Token {
  /** Where it stands, for people: never the token itself. */
  readonly from: string;
  /** Whether the header `Authorization` of a request has it. Takes the same time for every wrong one. */
  matches(authorization: string | undefined): boolean;
}

/** The token of the environment, else the one in the home's keys, which is made where it is missing, mode 0600. */
export async function loadToken(
  home: Pick<Home, 'keys'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Token> {
  const given = env[VARIABLE];
  if (given !== undefined && given !== '') return tokenOf(given, `the environment variable ${VARIABLE}`);
  const file = join(home.keys, 'mcp-token');
  return tokenOf((await readToken(file)) ?? (await makeToken(file)), file);
}

function tokenOf(secret: string, from: string): Token {
  if (secret.length < SHORTEST || /\s/.test(secret)) {
    throw new MemportError('usage', `the token of ${from} is too short or has spaces in it`, {
      hint: `it needs ${SHORTEST} characters or more`,
    });
  }
  const expected = digest(`Bearer ${secret}`);
  return { from, matches: header => timingSafeEqual(digest(header ?? ''), expected) };
}

async function readToken(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function makeToken(file: string): Promise<string> {
  await makeFolder(dirname(file));
  const token = randomBytes(32).toString('base64url');
  try {
    await using pending = await beginFile(file, 'refuse');
    await pending.handle.writeFile(`${token}\n`);
    await pending.publish();
    return token;
  } catch (error) {
    // Another server may have made one in the same moment; then that one holds.
    const made = await readToken(file);
    if (made !== null) return made;
    throw error;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
