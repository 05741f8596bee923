import { Console } from 'node:console';
import { Writable } from 'node:stream';

/**
 * Keeps standard output for the protocol: what anything else writes to it, also over `console`, goes to standard error.
 * Returns the way to the real standard output; disposing ends the guard.
 */
export function guardStdout(
  stdout: Writable,
  stderr: Writable,
): { readonly protocol: Writable } & Disposable {
  const write = stdout.write;
  const protocol = new Writable({
    decodeStrings: false,
    write: (chunk, encoding, done) => void write.call(stdout, chunk, encoding, done),
  });
  stdout.on('error', error => protocol.destroy(error));
  protocol.on('error', () => {});
  stdout.write = stderr.write.bind(stderr);
  const before = globalThis.console;
  globalThis.console = new Console(stderr, stderr);
  return {
    protocol,
    [Symbol.dispose]() {
      stdout.write = write;
      globalThis.console = before;
    },
  };
}
