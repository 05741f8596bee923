import { join } from 'node:path';
import { openSqliteStore } from '../../../src/store/open.ts';
import { storeContract } from '../../contract/store-contract.ts';
import { scratchFolder } from './scratch.ts';

storeContract('sqlite', async () => {
  const path = join(await scratchFolder(), 'memport.db');
  return { open: options => openSqliteStore({ path, ...options }) };
});
