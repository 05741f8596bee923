import { MemportError } from '../../errors.ts';

export type Transformers = typeof import('@huggingface/transformers');
export type ImportPackage = () => Promise<Transformers>;

const NAME = '@huggingface/transformers';
const importPackage: ImportPackage = () => import('@huggingface/transformers');

/** The optional peer that runs models, found beside memport or above it. Throws with the command to install it where there is none. */
export async function loadPackage(load: ImportPackage = importPackage): Promise<Transformers> {
  try {
    return await load();
  } catch (cause) {
    if (isMissing(cause)) {
      throw new MemportError('not_found', `the package ${NAME}, which runs the model, is not installed`, {
        hint: `npm install --global ${NAME}, or without it: memport config set embedding_provider hashing`,
        cause,
      });
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MemportError('failed', `the package ${NAME} can't be loaded: ${why}`, {
      hint: `npm install --global ${NAME}@4`,
      cause,
    });
  }
}

function isMissing(error: unknown): boolean {
  const isUnresolved = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  return isUnresolved && error.message.includes(`'${NAME}'`);
}
