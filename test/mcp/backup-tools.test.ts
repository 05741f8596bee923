import { connectHere } from '../support/mcp.ts';
import { backupToolSuite } from './backup-tool-suite.ts';

backupToolSuite(connectHere);
