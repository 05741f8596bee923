import { connectHere } from '../support/mcp.ts';
import { codeToolSuite } from './code-tool-suite.ts';

codeToolSuite(connectHere);
