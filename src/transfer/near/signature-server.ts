import type { MessagePort } from 'node:worker_threads';
import { messageOf } from '../../errors.ts';
import { SignatureSpace } from './signature-space.ts';
import type { Answer, Request } from './signature-thread.ts';

/** The other end of a SignatureThread: says that it is there, and answers until the port is closed. */
export function serve(port: MessagePort): void {
  const spaces = new Map<number, SignatureSpace>();
  port.on('message', ({ space: number, dimensions, batch, limit }: Request) => {
    const space = spaces.get(number) ?? new SignatureSpace(dimensions);
    spaces.set(number, space);
    port.postMessage(answer(() => space.take(batch, limit)));
  });
  port.postMessage('ready');
}

function answer(take: () => Extract<Answer, { found: unknown }>['found']): Answer {
  try {
    return { found: take() };
  } catch (error) {
    return { error: messageOf(error) };
  }
}
