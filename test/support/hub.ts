import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on loopback that gives files as the Hugging Face hub does: `/<owner>/<name>/resolve/main/<file>`. */
export class Hub implements AsyncDisposable {
  readonly asked: string[] = [];
  readonly #server;

  private constructor(name: string, files: ReadonlyMap<string, string | Uint8Array>) {
    const prefix = `/${name}/resolve/main/`;
    this.#server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? '');
      this.asked.push(path);
      const file = path.startsWith(prefix) ? files.get(path.slice(prefix.length)) : undefined;
      if (file === undefined) response.writeHead(404).end('Entry not found');
      else response.writeHead(200, { 'content-length': Buffer.byteLength(file) }).end(file);
    });
  }

  static async start(name: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<Hub> {
    const hub = new Hub(name, files);
    await new Promise<void>(resolve => hub.#server.listen(0, '127.0.0.1', resolve));
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise(resolve => this.#server.close(resolve));
  }
}
