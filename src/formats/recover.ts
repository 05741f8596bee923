import { type FileHandle, stat } from 'node:fs/promises';
import { MemportError } from '../errors.ts';
import { type ReadableFile, readUpTo } from '../file-access.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { Keys } from './age/keys.ts';
import { RecoveredArchive } from './archive/recovery/recovered-archive.ts';
import { SalvageContainer } from './archive/recovery/salvage-container.ts';
import { isGzip } from './archive/sniff.ts';
import { DelegatingSource } from './delegating-source.ts';
import { openPlain, openSource } from './detect.ts';
import { RecoveredJson } from './json/recover.ts';
import { Losses, type Lost, lostText } from './lost.ts';
import { MEMPORT_MIGRATIONS } from './migrations/memport.ts';
import { MigratedSource } from './migrations/migrated-source.ts';
import type { OpenedFile } from './opened-file.ts';
import type { FormatName, Source, Verification } from './source.ts';

/** What damage looks like; any other failure is not one of the file's content. */
const DAMAGE: ReadonlySet<string> = new Set(['integrity', 'unknown_format']);
const HEAD = 64 * 1024;

/**
 * A file of which every record that is whole is wanted. `verify` proves it first like any other; only where that fails
 * is it searched for what is left, and `lost` says what that is not. It throws what the proof threw when no record is
 * left, and `integrity` for a hostile archive. What the source says of itself is known after `verify`.
 */
export class RecoverySource extends DelegatingSource {
  readonly #file: string | FileHandle;
  readonly #from: FormatName | undefined;
  readonly #keys: Keys | undefined;
  #opened: Source | null = null;
  #lost: (() => Lost | null) | null = null;

  /** A handle that is given stays open. */
  constructor(file: string | FileHandle, from?: FormatName, keys?: Keys) {
    super();
    this.#file = file;
    this.#from = from;
    this.#keys = keys;
  }

  /** null when nothing was wrong. */
  get lost(): Lost | null {
    return this.#lost?.() ?? null;
  }

  protected get inner(): Source {
    if (this.#opened === null) throw new RangeError('a file that is to be recovered is verified first');
    return this.#opened;
  }

  override async verify(options: WorkOptions = {}): Promise<Verification> {
    await this[Symbol.asyncDispose]();
    try {
      this.#opened = await openSource(this.#file, { from: this.#from, keys: this.#keys });
      return await this.#opened.verify(options);
    } catch (error) {
      if (!(error instanceof MemportError) || !DAMAGE.has(error.code)) throw error;
      await this[Symbol.asyncDispose]();
      return await this.#salvage(error, options);
    }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened?.[Symbol.asyncDispose]();
    this.#opened = null;
    this.#lost = null;
  }

  async #salvage(damage: MemportError, options: WorkOptions): Promise<Verification> {
    const losses = new Losses();
    losses.add(damage.message);
    if (typeof this.#file === 'string' && (await stat(this.#file)).isDirectory()) throw damage;
    const opened = await openPlain(this.#file, { keys: this.#keys, onDamage: 'blank' });
    const found = await openDamaged(opened, losses, this.#from);
    if (found === null) throw damage;
    this.#opened = new MigratedSource(found, MEMPORT_MIGRATIONS);
    this.#lost = () => found.lost;
    const verification = await this.#opened.verify(options);
    if (verification.memories + verification.codeUnits + verification.tombstones === 0) throw damage;
    const notes = found.lost === null ? [] : [lostText(found.lost)];
    return { ...verification, warnings: [...verification.warnings, damage.message, ...notes] };
  }
}

/** null for a file that is of no kind that can be searched for records. */
async function openDamaged(
  opened: OpenedFile,
  losses: Losses,
  from: FormatName | undefined,
): Promise<RecoveredArchive | RecoveredJson | null> {
  const head = await readUpTo(opened.handle, HEAD, 0);
  if (from?.endsWith('-archive') || isGzip(head)) return new RecoveredArchive(opened, losses);
  if (from?.endsWith('-json') || looksLikeJson(head)) return new RecoveredJson(opened, losses, from);
  // The beginning may be lost: what is behind it tells.
  if ((await SalvageContainer.open(opened.handle)).blocked) return new RecoveredArchive(opened, losses);
  if (looksLikeJson(await behindBlank(opened.handle))) return new RecoveredJson(opened, losses, from);
  await opened[Symbol.asyncDispose]();
  return null;
}

function looksLikeJson(bytes: Buffer): boolean {
  return /"(?:memories|id|version)"\s*:/.test(bytes.toString('latin1'));
}

/** The first bytes behind those that read as zeros, from a multiple of HEAD on: so long are the parts of an encrypted file. */
async function behindBlank(file: ReadableFile): Promise<Buffer> {
  for (let at = 0; ; at += HEAD) {
    const bytes = await readUpTo(file, HEAD, at);
    if (bytes.length < HEAD || bytes.some(byte => byte !== 0)) return bytes;
  }
}
