import { createHash, randomBytes } from 'node:crypto';

/** Namespace of every UUIDv5 that memport derives. It never changes: ids of imported records depend on it. */
export const MEMPORT_NAMESPACE = '5a7e2d0c-9f0b-5c1e-8a55-6d656d706f72';

const HYPHENATED = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const BARE = /^[0-9a-f]{32}$/;

export function isId(text: string): boolean {
  return HYPHENATED.test(text);
}

/** A time-ordered UUIDv7 for the given moment (ms since 1970). */
export function newId(nowMs: number, random: (size: number) => Uint8Array = randomBytes): string {
  const bytes = random(16);
  new DataView(bytes.buffer, bytes.byteOffset, 16).setUint16(0, Math.floor(nowMs / 2 ** 32));
  new DataView(bytes.buffer, bytes.byteOffset, 16).setUint32(2, nowMs % 2 ** 32);
  return formatUuid(bytes, 7);
}

/**
 * UUIDv5 (RFC 9562) of a name in the memport namespace: the same name gives the same id on every machine. A name with
 * lone surrogates has no UTF-8 of its own and goes in by its JSON spelling.
 */
export function derivedId(name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(MEMPORT_NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(name.isWellFormed() ? name : JSON.stringify(name), 'utf8');
  return formatUuid(hash.digest().subarray(0, 16), 5);
}

/**
 * The id under which a foreign record is kept. A UUID in any spelling (upper case, 32 digits, braces no) keeps its
 * value; anything else becomes a UUIDv5 of `<system>:<id>`, and `original` says what it was.
 */
export function adoptId(
  foreign: string,
  system: string,
): { readonly id: string; readonly original: string | null } {
  const lower = foreign.toLowerCase();
  if (HYPHENATED.test(lower)) return { id: lower, original: null };
  if (BARE.test(lower)) return { id: hyphenate(lower), original: null };
  return { id: derivedId(`${system}:${foreign}`), original: foreign };
}

/** The 16 bytes of a hyphenated id. */
export function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

/** The id of these 16 bytes. */
export function idFromBytes(bytes: Buffer): string {
  return hyphenate(bytes.toString('hex'));
}

function formatUuid(bytes: Uint8Array, version: number): string {
  const copy = Buffer.from(bytes);
  copy.writeUInt8((copy.readUInt8(6) & 0x0f) | (version << 4), 6);
  copy.writeUInt8((copy.readUInt8(8) & 0x3f) | 0x80, 8);
  return hyphenate(copy.toString('hex'));
}

function hyphenate(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
