import { hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { writeNamed } from '../atomic-file.ts';
import { systemCode } from '../file-target.ts';
import { canonicalJson } from '../model/canonical.ts';
import type { Naming } from '../pending-file.ts';

const MAX_BYTES = 64 * 1024;
const sha256 = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const count = z.number().int().min(0);

const SCHEMA = z.object({
  sidecar_version: z.literal('1.0.0'),
  id: z.string(),
  created: z.iso.datetime(),
  host: z.string(),
  trigger: z.enum(['manual', 'auto', 'safety']),
  format: z.enum(['archive', 'json', 'markdown']),
  generator: z.string(),
  schema_version: z.string(),
  memories: count,
  code_units: count,
  tombstones: count,
  vectors: count,
  /** Of the file. */
  bytes: count,
  sha256,
  /** Of what is in it; null where the file was found without its sidecar and does not say it. */
  content_digest: sha256.nullable(),
  encrypted: z.boolean(),
  /** When the file was last read in full and found to be what it should be. */
  verified_at: z.iso.datetime().nullable(),
  /** Whether the store was empty or had less than half of what the backup before it had. */
  shrunken: z.boolean(),
});

/** What lies beside a backup, as `<its name>.json`: what it should be, for whoever has no key and does not read it. */
export type Sidecar = Readonly<z.output<typeof SCHEMA>>;

export function sidecarPath(backup: string): string {
  return `${backup}.json`;
}

/** Whole or not there; it carries a checksum of itself. `naming`: `refuse` for a new one. */
export async function writeSidecar(backup: string, sidecar: Sidecar, naming: Naming): Promise<void> {
  const text = `${JSON.stringify({ ...sidecar, checksum: checksumOf(sidecar) }, null, 2)}\n`;
  await writeNamed(sidecarPath(backup), naming, handle => handle.writeFile(text));
}

/** null where there is none; `damaged` for one that is not as memport wrote it. */
export async function readSidecar(backup: string): Promise<Sidecar | 'damaged' | null> {
  const path = sidecarPath(backup);
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > MAX_BYTES) return 'damaged';
    const { checksum, ...rest } = z.looseObject({}).parse(JSON.parse(await readFile(path, 'utf8')));
    const sidecar = SCHEMA.strict().safeParse(rest);
    return sidecar.success && checksumOf(sidecar.data) === checksum ? sidecar.data : 'damaged';
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    if (error instanceof SyntaxError || error instanceof z.ZodError) return 'damaged';
    throw error;
  }
}

function checksumOf(sidecar: Sidecar): string {
  return `sha256:${hash('sha256', canonicalJson(sidecar))}`;
}
