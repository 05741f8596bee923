import type { Backup } from './catalog.ts';

/** A backup under the names of `--json`. */
export function backupRecord(backup: Backup) {
  const { id, path, createdMs, host, trigger, format, encrypted, state, problem, bytes, sidecar } = backup;
  return {
    id,
    path,
    created: new Date(createdMs).toISOString(),
    host,
    trigger,
    format,
    encrypted,
    state,
    problem,
    bytes,
    memories: sidecar?.memories ?? null,
    code_units: sidecar?.code_units ?? null,
    tombstones: sidecar?.tombstones ?? null,
    vectors: sidecar?.vectors ?? null,
    sha256: sidecar?.sha256 ?? null,
    content_digest: sidecar?.content_digest ?? null,
    schema_version: sidecar?.schema_version ?? null,
    generator: sidecar?.generator ?? null,
    verified_at: sidecar?.verified_at ?? null,
    shrunken: sidecar?.shrunken ?? null,
  };
}
