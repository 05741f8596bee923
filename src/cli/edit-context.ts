import type { EditContext } from '../memories/edit.ts';
import type { Session } from './session.ts';

/** What a command that writes memories hands to its service. */
export interface CommandEditContext extends EditContext {
  /** Says why memories got no vector, once what was written is told. */
  readonly warn: () => Promise<void>;
}

export async function editContext(session: Session): Promise<CommandEditContext> {
  const embedder = await session.embedder();
  const model = embedder === null ? 'none' : embedder.model;
  const failures: unknown[] = [];
  return {
    embedder,
    nowMs: session.io.now(),
    signal: session.io.signal,
    onVectorFailure: error => void failures.push(error),
    warn: async () => {
      const { describeFailure } = await import('../embedding/failure.ts');
      for (const error of failures) await session.warn(describeFailure(model, error));
    },
  };
}
