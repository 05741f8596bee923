import { type MessagePort, Worker } from 'node:worker_threads';

const RUN = `const { workerData } = require('node:worker_threads');
import(workerData.module).then(({ serve }) => serve(workerData.data));`;

/**
 * Starts a thread that runs the function `serve` of the module `name`, beside the module of the URL `beside`, with `data`.
 * It keeps no process alive. Throws where no thread can be had.
 */
export function startThread(
  beside: string,
  name: string,
  data: unknown,
  ports: readonly MessagePort[] = [],
): Worker {
  const module = beside.replace(/[^/]+(\.\w+)$/, `${name}$1`);
  const worker = new Worker(RUN, {
    eval: true,
    workerData: { module, data },
    transferList: [...ports],
    // What these threads hold is outside of the heap, and what V8 would take for it counts for this process.
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
    execArgv: [],
  });
  worker.unref();
  return worker;
}
