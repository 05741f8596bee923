import { describe } from 'vitest';
import { toolSuite } from '../mcp/tool-suite.ts';
import { connectBinary } from '../support/mcp.ts';

describe('[P5-02] [P5-03] [P5-05] over real pipes', () => toolSuite(connectBinary));
