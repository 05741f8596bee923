import { type FileHandle, stat } from 'node:fs/promises';
import { MemportError } from '../errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { WorkOptions } from '../model/progress.ts';
import { RecoveredArchive } from './archive/recovery/recovered-archive.ts';
import { isGzip } from './archive/sniff.ts';
import { openSource } from './detect.ts';
import { RecoveredJson } from './json/recover.ts';
import { Losses, type Lost, lostText } from './lost.ts';
import { MEMPORT_MIGRATIONS } from './migrations/memport.ts';
import { MigratedSource } from './migrations/migrated-source.ts';
import { openFile } from './opened-file.ts';
import type { FormatName, Source, SourceItem, Verification } from './source.ts';

/** What damage looks like; any other failure is not one of the file's content. */
const DAMAGE: ReadonlySet<string> = new Set(['integrity', 'unknown_format']);
const HEAD = 64 * 1024;

/**
 * A file of which every record that is whole is wanted. `verify` proves it first like any other; only where that fails
 * is it searched for what is left, and `lost` says what that is not. It throws what the proof threw when no record is
 * left, and `integrity` for a hostile archive. What the source says of itself is known after `verify`.
 */
export class RecoverySource implements Source {
  readonly #file: string | FileHandle;
  readonly #from: FormatName | undefined;
  #inner: Source | null = null;
  #lost: (() => Lost | null) | null = null;

  /** A handle that is given stays open. */
  constructor(file: string | FileHandle, from?: FormatName) {
    this.#file = file;
    this.#from = from;
  }

  get format(): FormatName {
    return this.#source.format;
  }

  get version(): string {
    return this.#source.version;
  }

  get schemaVersion(): string {
    return this.#source.schemaVersion;
  }

  get system(): string {
    return this.#source.system;
  }

  get header(): JsonObject {
    return this.#source.header;
  }

  get migrations(): readonly string[] {
    return this.#source.migrations ?? [];
  }

  /** null when nothing was wrong. */
  get lost(): Lost | null {
    return this.#lost?.() ?? null;
  }

  get #source(): Source {
    if (this.#inner === null) throw new RangeError('a file that is to be recovered is verified first');
    return this.#inner;
  }

  async verify(options: WorkOptions = {}): Promise<Verification> {
    await this[Symbol.asyncDispose]();
    try {
      this.#inner = await openSource(this.#file, { from: this.#from });
      return await this.#inner.verify(options);
    } catch (error) {
      if (!(error instanceof MemportError) || !DAMAGE.has(error.code)) throw error;
      await this[Symbol.asyncDispose]();
      return await this.#salvage(error, options);
    }
  }

  read(options: WorkOptions = {}): AsyncIterable<readonly SourceItem[]> {
    return this.#source.read(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner?.[Symbol.asyncDispose]();
    this.#inner = null;
    this.#lost = null;
  }

  async #salvage(damage: MemportError, options: WorkOptions): Promise<Verification> {
    const losses = new Losses();
    losses.add(damage.message);
    const found = await openDamaged(this.#file, losses, this.#from);
    if (found === null) throw damage;
    this.#inner = new MigratedSource(found, MEMPORT_MIGRATIONS);
    this.#lost = () => found.lost;
    const verification = await this.#inner.verify(options);
    if (verification.memories + verification.codeUnits + verification.tombstones === 0) throw damage;
    const notes = found.lost === null ? [] : [lostText(found.lost)];
    return { ...verification, warnings: [...verification.warnings, damage.message, ...notes] };
  }
}

/** null for a file that is of no kind that can be searched for records. */
async function openDamaged(
  file: string | FileHandle,
  losses: Losses,
  from: FormatName | undefined,
): Promise<RecoveredArchive | RecoveredJson | null> {
  if (typeof file === 'string' && (await stat(file)).isDirectory()) return null;
  await using opened = await openFile(file);
  const { bytesRead, buffer } = await opened.handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
  const head = buffer.subarray(0, bytesRead);
  if (from?.endsWith('-archive') || isGzip(head)) return new RecoveredArchive(await openFile(file), losses);
  if (from?.endsWith('-json') || /"(?:memories|id|version)"\s*:/.test(head.toString('latin1')))
    return new RecoveredJson(await openFile(file), losses, from);
  return null;
}
