import type { CallToolResult } from '@modelcontextprotocol/server';
import { nextStep, toMemportError } from '../errors.ts';
import type { Recovery } from './tool.ts';

/** Under which name the error stands in `_meta`, for programs. Its members are those of the command line's error line. */
export const ERROR_META = 'memport/error';

/** An error as a model can use it: the code, what happened, and what to do next. */
export function errorAnswer(thrown: unknown, recovery: Recovery = {}): CallToolResult {
  const { code, exitCode, message, hint } = toMemportError(thrown);
  const own = hint === null || isForTheCommandLine(hint) ? null : hint;
  const next = own ?? recovery[code] ?? nextStep(code);
  return {
    isError: true,
    content: [{ type: 'text', text: `${code}: ${message}\nNext: ${next}` }],
    _meta: { [ERROR_META]: { code, exit_code: exitCode, message, hint: next } },
  };
}

/** Services are also called by the command line, and most of their hints are its commands. */
function isForTheCommandLine(hint: string): boolean {
  return /(^|\s)(memport [a-z]|--[a-z])/.test(hint) && !/(^|\s)memport config set mcp_/.test(hint);
}
