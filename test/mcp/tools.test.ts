import { connectHere } from '../support/mcp.ts';
import { toolSuite } from './tool-suite.ts';

toolSuite(connectHere);
