export { takeFileLock } from './sqlite/file-lock.ts';
