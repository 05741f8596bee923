import { describe } from 'vitest';
import { backupToolSuite } from '../mcp/backup-tool-suite.ts';
import { codeToolSuite } from '../mcp/code-tool-suite.ts';
import { toolSuite } from '../mcp/tool-suite.ts';
import { connectBinary } from '../support/mcp.ts';

describe('[P5-01] [P5-02] [P5-03] [P5-04] [P5-05] [GOAL-09] over real pipes', () => {
  toolSuite(connectBinary);
  backupToolSuite(connectBinary);
  codeToolSuite(connectBinary);
});
