import { toolSuite } from '../mcp/tool-suite.ts';
import { connectBinary } from '../support/mcp.ts';

toolSuite(connectBinary);
