/** A way to break the program on purpose, and the test that must notice. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly test: {
    readonly file: string;
    /** As it stands in the file. */
    readonly title: string;
    /** Of a test over several rows: the one meant, as it comes into the title. */
    readonly row?: string;
    /** Where the title stands, when the file only runs it. */
    readonly suite?: string;
  };
  /** Whether the test starts the built program. */
  readonly built?: boolean;
}

/** What would cost a user memories, or tell them something that is not so; by the part of the program that is broken. */
export const MUTATIONS: readonly Mutation[] = [
  // Files
  {
    name: 'no fsync of a file before it gets its name',
    file: 'src/pending-file.ts',
    find: 'await handle.sync();',
    replace: '',
    test: {
      file: 'test/pending-file.test.ts',
      title: 'a file is on stable storage before it has its name, and the name after it: %s',
      row: 'replace',
    },
  },
  {
    name: 'no fsync of the folder after a rename',
    file: 'src/pending-file.ts',
    find: 'await synced.sync();',
    replace: '',
    test: {
      file: 'test/pending-file.test.ts',
      title: 'a file is on stable storage before it has its name, and the name after it: %s',
      row: 'replace',
    },
  },
  {
    name: 'an error of fsync is passed over',
    file: 'src/folder.ts',
    find: "if (!['EINVAL', 'ENOTSUP'].includes(systemCode(error))) throw error;",
    replace: 'systemCode(error);',
    test: { file: 'test/pending-file.test.ts', title: 'a folder whose sync ends with %s', row: 'EIO' },
  },
  {
    name: 'a file is renamed before it is verified',
    file: 'src/atomic-file.ts',
    find: `    await options.verify?.(file.handle, written);
    return { path: await file.publish(), written };`,
    replace: `    const path = await file.publish();
    await options.verify?.(file.handle, written);
    return { path, written };`,
    test: {
      file: 'test/atomic-file.test.ts',
      title: 'an old file is there until the new one is proven, and is replaced then',
    },
  },
  {
    name: 'standard output gets bytes that are not proven',
    file: 'src/atomic-file.ts',
    find: `    await options.verify?.(file.handle, written);
    await sendAll(`,
    replace: '    await sendAll(',
    test: { file: 'test/atomic-file.test.ts', title: 'when the proof fails, nothing goes out' },
  },
  {
    name: 'files that anyone can read',
    file: 'src/pending-file.ts',
    find: "open(temporary, 'wx+', 0o600)",
    replace: "open(temporary, 'wx+', 0o644)",
    test: { file: 'test/atomic-file.test.ts', title: 'it appears whole, private, alone' },
  },
  {
    name: 'an export may be written over the store',
    file: 'src/protected-files.ts',
    find: 'if (!(await isSameFile(target, file))) continue;',
    replace: 'if (target !== file) continue;',
    test: {
      file: 'test/protected-files.test.ts',
      title: '%s is a file of the store',
      row: 'folder/up/memport.db',
    },
  },
  {
    name: 'files that another process is writing are removed as leftovers',
    file: 'src/leftovers.ts',
    find: 'nowMs - found.mtimeMs > DAY_MS',
    replace: 'nowMs - found.mtimeMs > -DAY_MS',
    test: {
      file: 'test/leftovers.test.ts',
      title: 'what a killed process left is removed after a day; nothing else is',
    },
  },
  {
    name: 'an export to a folder writes over pages that were edited',
    file: 'src/transfer/markdown/target-folder.ts',
    find: 'if (found.size > 0 && !meets(found, ours.get(path) ?? NONE)) foreign.push(path);',
    replace: 'if (found.size > 9 && !meets(found, ours.get(path) ?? NONE)) foreign.push(path);',
    test: {
      file: 'test/cli/commands/markdown.test.ts',
      title: 'with edits that the store does not have is left alone; --force replaces them',
    },
  },
  {
    name: 'a lock that locks nothing',
    file: 'src/store/sqlite/file-lock.ts',
    find: 'BEGIN IMMEDIATE',
    replace: 'BEGIN',
    test: {
      file: 'test/store/sqlite/file-lock.test.ts',
      title: 'is held by one at a time, also within one process, and leaves an empty file',
    },
  },

  // Checksums on another thread
  {
    name: 'the thread mixes up hashes',
    file: 'src/hash-ring.ts',
    find: "this.#hashes.get(number) ?? createHash('sha256')",
    replace: "[...this.#hashes.values()][0] ?? createHash('sha256')",
    test: {
      file: 'test/hash-ring.test.ts',
      title: 'hashes several at once, in pieces of any size, more than the ring holds',
    },
  },
  {
    name: 'the digest of the hash before',
    file: 'src/hash-ring.ts',
    find: 'this.#waitWhile(read => read !== this.#written);',
    replace: '',
    test: {
      file: 'test/hash-ring.test.ts',
      title: 'hashes several at once, in pieces of any size, more than the ring holds',
    },
  },
  {
    name: 'slots are written over before they are read',
    file: 'src/hash-ring.ts',
    find: 'this.#waitWhile(read => ((this.#written - read) | 0) >= SLOTS);',
    replace: '',
    test: {
      file: 'test/hash-ring.test.ts',
      title: 'hashes several at once, in pieces of any size, more than the ring holds',
    },
  },

  // Archives
  {
    name: 'blocks are given back while they are written',
    file: 'src/formats/archive/container/block-writer.ts',
    find: '.then(() => {\n      for (const part of passing) giveBack(part);\n    });',
    replace: ';\n    for (const part of passing) giveBack(part);',
    test: {
      file: 'test/formats/archive/container/block-writer.test.ts',
      title: '%s: what a write has been given stays until it is over',
      row: 'deflate',
    },
  },
  {
    name: 'the checksum of a member is skipped',
    file: 'src/formats/archive/verify.ts',
    find: 'if (this.#manifest.checksums.get(name) !== sum)',
    replace: 'if (!this.#manifest.checksums.has(name))',
    test: { file: 'test/hostile/archives.test.ts', title: '%s', row: 'a wrong checksum in the manifest' },
  },
  {
    name: 'the content digest is not compared',
    file: 'src/formats/archive/verify.ts',
    find: 'if (this.#digest.finish() !== this.#manifest.contentDigest)',
    replace: "if (this.#digest.finish() === '')",
    test: {
      file: 'test/hostile/archives.test.ts',
      title: '%s',
      row: 'a changed record with right checksums',
    },
  },
  {
    name: 'what changed between opening and verifying is taken',
    file: 'src/formats/archive/verify.ts',
    find: 'if (manifest.sha256() !== manifestSum)',
    replace: "if (manifest.sha256() === '')",
    test: {
      file: 'test/formats/archive/reader.test.ts',
      title: 'a file that changes between opening and verifying is refused',
    },
  },
  {
    name: 'vectors are paired by position',
    file: 'src/formats/archive/archive-index.ts',
    find: 'const position = this.ids.find(id, after + 1);',
    replace: 'const position = after + 1 < this.ids.length ? after + 1 : this.ids.find(id, 0);',
    test: { file: 'test/formats/archive/round-trip.test.ts', title: 'for any records and vectors' },
  },
  {
    name: 'a name that leads out of an archive is taken',
    file: 'src/formats/archive/tar/tar-reader.ts',
    find: "if (name.startsWith('/') || parts.includes('..'))",
    replace: "if (name.startsWith('/') && parts.includes('..'))",
    test: { file: 'test/hostile/archives.test.ts', title: '%s', row: 'a folder that leads up' },
  },
  {
    name: 'no limit to how much an archive grows',
    file: 'src/formats/archive/container/gzip-container.ts',
    find: 'if (end > FREE_BYTES + MAX_RATIO * gunzip.bytesWritten)',
    replace: 'if (end < 0)',
    test: {
      file: 'test/formats/archive/container/container.test.ts',
      title: 'gzip that grows like a bomb is refused on the way',
    },
  },
  {
    name: 'a recovery takes vectors by damaged ids',
    file: 'src/formats/archive/npz/zip-reader.ts',
    find: 'declared.crc !== this.#crc || ',
    replace: '',
    test: {
      file: 'test/formats/archive/recovery/recovered-archive.test.ts',
      title: 'a npz whose ids are damaged gives no vector',
    },
  },
  {
    name: 'tombstones are left out of archives',
    file: 'src/transfer/export-archive.ts',
    find: '...(!isEverything(filter) && { tombstones: 0 }),',
    replace: 'tombstones: 0,',
    test: {
      file: 'test/backup/restore.test.ts',
      title: 'with more tombstones and records than one batch takes',
    },
  },
  {
    name: 'an export is not compared with the store',
    file: 'src/transfer/export.ts',
    find: '  if (!same)\n',
    replace: '  if (!same && written.memories < 0)\n',
    test: {
      file: 'test/transfer/export.test.ts',
      title: 'a file that is not what the store holds gets no name',
    },
  },

  // Values
  {
    name: 'dates are cut to milliseconds',
    file: 'src/model/instant.ts',
    find: "const micros = Number(fraction.slice(0, 6).padEnd(6, '0'));",
    replace: "const micros = Number(fraction.slice(0, 3).padEnd(6, '0'));",
    test: {
      file: 'test/model/instant.test.ts',
      title: 'survives writing and reading, from the year 1 to 9999',
    },
  },
  {
    name: 'large integers go through Number',
    file: 'src/model/json-parse.ts',
    find: 'return String(number) === found[0] ? number : new NumberToken(found[0]);',
    replace: 'return number;',
    test: { file: 'test/model/json-parse.test.ts', title: 'keeps any run of digits' },
  },
  {
    name: 'no limit to the depth of JSON',
    file: 'src/model/json-parse.ts',
    find: 'if (depth > this.#maxDepth)',
    replace: 'if (depth < 0)',
    test: { file: 'test/model/json-parse.test.ts', title: 'bounds the depth, by default at 64' },
  },
  {
    name: 'lone surrogates of a text are replaced',
    file: 'src/model/canonical.ts',
    find: "case 'string':\n      return JSON.stringify(value);",
    replace: "case 'string':\n      return JSON.stringify(value.toWellFormed());",
    test: { file: 'test/model/canonical.test.ts', title: 'writes %j' },
  },
  {
    name: 'names that differ in a lone surrogate become one',
    file: 'src/store/sqlite/text-value.ts',
    find: "return text.isWellFormed() ? text : Buffer.from(text, 'utf16le');",
    replace: 'return text.toWellFormed();',
    test: {
      file: 'test/store/sqlite/contract.test.ts',
      suite: 'test/contract/code.ts',
      title: 'keeps paths apart that differ in a lone surrogate only',
    },
  },
  {
    name: 'a text ends at NUL',
    file: 'src/model/read-memory.ts',
    find: "const content = fields.filledText('content');",
    replace: "const content = fields.filledText('content').split('\\0', 1)[0] ?? '';",
    test: {
      file: 'test/model/read-memory.test.ts',
      title: 'keeps any content, tags and metadata byte for byte',
    },
  },

  // Imports
  {
    name: 'newer and older are swapped',
    file: 'src/transfer/import/resolve.ts',
    find: 'const [mine, theirs] = [changedAt(existing), changedAt(imported)];',
    replace: 'const [mine, theirs] = [changedAt(imported), changedAt(existing)];',
    test: {
      file: 'test/transfer/import/strategies.test.ts',
      title: 'the store is what the table says; dry run is real run; twice is once; undo is before',
    },
  },
  {
    name: 'of two versions of one time the imported wins',
    file: 'src/transfer/import/resolve.ts',
    find: '  if (theirs > mine)\n',
    replace: '  if (theirs >= mine)\n',
    test: {
      file: 'test/transfer/import/strategies.test.ts',
      title: 'the store is what the table says; dry run is real run; twice is once; undo is before',
    },
  },
  {
    name: 'an import takes a vector away from its text',
    file: 'src/transfer/import/resolve.ts',
    find: 'const entry = fits ? { ...imported, vector: existing.vector } : imported;',
    replace: 'const entry = fits ? { ...imported, vector: null } : imported;',
    test: {
      file: 'test/transfer/import/resolve.test.ts',
      title: 'does not take them away from the same text',
    },
  },
  {
    name: 'merging forgets the imported tags',
    file: 'src/transfer/import/merge.ts',
    find: 'tags: [...existing.tags, ...new Set(imported.tags.filter(tag => !known.has(tag)))],',
    replace: 'tags: [...existing.tags, ...new Set(imported.tags.filter(tag => known.has(tag)))],',
    test: {
      file: 'test/transfer/import/strategies.test.ts',
      title: 'the store is what the table says; dry run is real run; twice is once; undo is before',
    },
  },
  {
    name: 'merging writes over stored metadata',
    file: 'src/transfer/import/merge.ts',
    find: 'metadata: withKeys(imported.metadata, existing.metadata),\n    provenance',
    replace: 'metadata: withKeys(existing.metadata, imported.metadata),\n    provenance',
    test: {
      file: 'test/transfer/import/strategies.test.ts',
      title: 'the store is what the table says; dry run is real run; twice is once; undo is before',
    },
  },
  {
    name: 'a duplicate is left out although the note that it repeats got another text',
    file: 'src/transfer/import/pipeline.ts',
    find: '  await takeOrphans(source, context);\n',
    replace: '',
    test: {
      file: 'test/cli/commands/import-duplicates.test.ts',
      title: 'of many that were passed over, only those that came in are told of no more',
    },
  },
  {
    name: 'an import deletes what was changed since its source was written',
    file: 'src/transfer/import/missing.ts',
    find: 'if (exportedAt === null || changed > exportedAt)',
    replace: 'if (exportedAt === null)',
    test: {
      file: 'test/cli/commands/markdown.test.ts',
      title:
        'nothing is deleted that was changed since, or when a part could not be read, or that the filter leaves out',
    },
  },
  {
    name: 'an import deletes although it could not read all',
    file: 'src/transfer/import/missing.ts',
    find: "if (tally.rejected > 0) return 'it stays, since not all could be read';",
    replace: '',
    test: {
      file: 'test/cli/commands/markdown.test.ts',
      title:
        'nothing is deleted that was changed since, or when a part could not be read, or that the filter leaves out',
    },
  },
  {
    name: 'the rollback of a dry run is forgotten',
    file: 'src/transfer/import/pipeline.ts',
    find: 'rollback: request.dryRun || request.rollback === true,',
    replace: 'rollback: request.rollback === true,',
    test: {
      file: 'test/transfer/import/strategies.test.ts',
      title: 'the store is what the table says; dry run is real run; twice is once; undo is before',
    },
  },
  {
    name: 'rejected records are not kept',
    file: 'src/transfer/import/batch.ts',
    find: '  await context.rejects.add(reject);\n',
    replace: '',
    test: {
      file: 'test/cli/commands/import.test.ts',
      title: 'are rejected alone, kept whole in a file, and the exit code is 3',
    },
  },
  {
    name: 'the same words in another project are a duplicate',
    file: 'src/model/identity.ts',
    find: '[entry.record.category, entry.record.scope, entry.record.projectName, entry.record.content]',
    replace: '[entry.record.category, entry.record.scope, entry.record.content]',
    test: {
      file: 'test/model/identity.test.ts',
      title: 'goes by content, category, scope and project of a memory only',
    },
  },
  {
    name: 'an import replaces what is known of a deletion',
    file: 'src/store/sqlite/delete.ts',
    find: 'if (isKnown(connection, tombstone)) continue;',
    replace: '',
    test: {
      file: 'test/transfer/import/others.test.ts',
      title: 'is added where the store knows nothing of the record, once',
    },
  },
  {
    name: 'the thread that compares memories mixes up its answers',
    file: 'src/transfer/near/signature-thread.ts',
    find: 'const asked = this.#waiting.shift();',
    replace: 'const asked = this.#waiting.pop();',
    test: {
      file: 'test/transfer/near/signature-thread.test.ts',
      title: 'find what they find here, in each space its own',
    },
  },

  // The store
  {
    name: 'a commit after a write that failed',
    file: 'src/store/sqlite/transaction.ts',
    find: "if (onError === 'fails' || !this.#connection.inTransaction) this.failure = failure;",
    replace: "if (onError !== 'fails' && !this.#connection.inTransaction) this.failure = failure;",
    test: {
      file: 'test/store/sqlite/faults.test.ts',
      title: 'commits nothing when the work ignores that a write failed',
    },
  },
  {
    name: 'a commit does not wait for stable storage',
    file: 'src/store/sqlite/open-sqlite.ts',
    find: 'PRAGMA synchronous = FULL',
    replace: 'PRAGMA synchronous = NORMAL',
    test: { file: 'test/store/sqlite/open.test.ts', title: 'waits for stable storage at each commit' },
  },
  {
    name: 'what was called off at its end is committed',
    file: 'src/store/sqlite/sqlite-store.ts',
    find: '      throwIfAborted(options.signal);\n',
    replace: '',
    test: {
      file: 'test/store/sqlite/contract.test.ts',
      suite: 'test/contract/transactions.ts',
      title: 'leaves everything as it was when the work %s',
      row: 'ends as it is aborted',
    },
  },
  {
    name: 'a search vector is lost with a change of tags',
    file: 'src/store/sqlite/memory-rows.ts',
    find: 'else if (!keeps) this.#removeSearchVector(row.seq);',
    replace: 'else if (row.seq > 0) this.#removeSearchVector(row.seq);',
    test: {
      file: 'test/store/sqlite/contract.test.ts',
      suite: 'test/contract/writes.ts',
      title:
        'keeps a search vector where that is asked for, as long as the content stays and no own one is alike',
    },
  },
  {
    name: 'a deletion leaves no tombstone',
    file: 'src/store/sqlite/delete.ts',
    find: '    rows.remove(row);\n    setTombstone(connection, tombstone);\n',
    replace: '    rows.remove(row);\n',
    test: {
      file: 'test/memories/edit.test.ts',
      title: 'takes each once, and leaves a tombstone of that moment',
    },
  },

  // Undo
  {
    name: 'undo leaves the rows that an import created',
    file: 'src/transfer/undo.ts',
    find: "else places.push({ id, tombstone: before.type === 'tombstone' ? before.tombstone : null });",
    replace: "else if (before.type === 'tombstone') places.push({ id, tombstone: before.tombstone });",
    test: {
      file: 'test/transfer/undo.test.ts',
      title: 'brings back to the bit what an import changed, and again when the undo is undone',
    },
  },
  {
    name: 'undo forgets the vectors to search by',
    file: 'src/transfer/undo.ts',
    find: 'searchVector: before.searchVector',
    replace: 'searchVector: null',
    test: {
      file: 'test/transfer/undo.test.ts',
      title:
        'brings back just the vectors of before when `embed --all` follows an import, step by step and again',
    },
  },
  {
    name: 'undo writes over what was changed since',
    file: 'src/transfer/undo.ts',
    find: 'const untouched = page.filter(change => change.untouched);',
    replace: 'const untouched = page.filter(change => change.untouched || change.kind !== null);',
    test: {
      file: 'test/transfer/undo.test.ts',
      title: 'leaves rows that were changed since, names them, and takes back all others',
    },
  },
  {
    name: 'a dry run of undo undoes',
    file: 'src/transfer/undo.ts',
    find: 'rollback: request.dryRun,',
    replace: 'rollback: false,',
    test: {
      file: 'test/transfer/undo.test.ts',
      title: 'shows in a dry run what it would do, and does nothing',
    },
  },

  // Backups
  {
    name: 'a restore without a safety backup',
    file: 'src/backup/restore.ts',
    find: 'this.#safety = takeSafetyBackup(this.#store, this.#request.safety, this.#work);',
    replace: 'this.#safety = Promise.resolve(this.#request.safety.folder);',
    test: {
      file: 'test/backup/restore.test.ts',
      title: 'puts what was there before in a proven archive that only its owner can read',
    },
  },
  {
    name: 'a dry run of a restore takes any record for one that can be stored just as it stands there',
    file: 'src/transfer/record-check.ts',
    find: 'if (entry.line !== record.line) this.isExact = false;',
    replace: 'void record.line;',
    test: {
      file: 'test/backup/restore.test.ts',
      title: 'when an archive holds a record that can’t be stored, or not as it stands there',
    },
  },
  {
    name: 'what was restored is not compared before the commit',
    file: 'src/backup/restore.ts',
    find: '    if (isSame) return;\n',
    replace: '    if (isSame || store !== null) return;\n',
    test: {
      file: 'test/backup/restore.test.ts',
      title: 'and takes it back when %s',
      row: 'a record is missing',
    },
  },
  {
    name: 'the sidecar of a backup is not compared',
    file: 'src/backup/verify.ts',
    find: 'if (!isSame) throw',
    replace: 'if (!isSame && found.memories < 0) throw',
    test: {
      file: 'test/backup/verify.test.ts',
      title: 'finds it changed or missing, and what its sidecar does not say of it',
    },
  },
  {
    name: 'a damaged sidecar is believed',
    file: 'src/backup/sidecar.ts',
    find: 'checksumOf(sidecar.data) === checksum',
    replace: 'checksum !== undefined',
    test: { file: 'test/backup/catalog.test.ts', title: 'finds every flipped bit of a sidecar' },
  },
  {
    name: 'a backup with other bytes is called verified',
    file: 'src/backup/catalog.ts',
    find: 'const isSame = (await checksumOfFile(path, work)) === sidecar.sha256;',
    replace: "const isSame = (await checksumOfFile(path, work)) !== '';",
    test: {
      file: 'test/backup/catalog.test.ts',
      title: 'says what is missing, changed, cut off, or without its sidecar',
    },
  },
  {
    name: 'the sidecar of another backup is believed',
    file: 'src/backup/catalog.ts',
    find: ' || read.id !== name.id) {',
    replace: ') {',
    test: { file: 'test/backup/catalog.test.ts', title: 'does not believe a sidecar of another file' },
  },
  {
    name: 'an encrypted backup is in plain text',
    file: 'src/backup/create.ts',
    find: '{ ...what, format, target, exportDate, generator, config, lock },',
    replace: '{ ...what, format, target, exportDate, generator, config, lock: undefined },',
    test: {
      file: 'test/backup/create.test.ts',
      title: 'of JSON has the digest of the store, too; an encrypted one says so',
    },
  },
  {
    name: 'a backup that failed looks as if it was made',
    file: 'src/backup/create.ts',
    find: '    await rm(path, { force: true }).catch(() => {});\n',
    replace: '',
    test: { file: 'test/backup/create.test.ts', title: 'whose sidecar can not be written is none' },
  },
  {
    name: 'retention keeps one fewer',
    file: 'src/backup/retention.ts',
    find: 'usual.slice(0, rules.last)',
    replace: 'usual.slice(0, Math.max(1, rules.last - 1))',
    test: { file: 'test/backup/retention.test.ts', title: 'stay, newest first, and the others go' },
  },
  {
    name: 'retention counts and removes backups that nobody verified',
    file: 'src/backup/retention.ts',
    find: "if (state === 'unverified') return 'not verified: not counted';",
    replace: '',
    test: {
      file: 'test/backup/cleanup.test.ts',
      title: 'of 30 backups leaves seven, and all that it must not touch',
    },
  },
  {
    name: 'retention removes what was before the store shrank',
    file: 'src/backup/retention.ts',
    find: '  keepBeforeShrinking(usual, reasons);\n',
    replace: '',
    test: {
      file: 'test/backup/retention.test.ts',
      title: 'keeps what was before the store shrank, as long as what came after',
    },
  },
  {
    name: 'a slot of the schedule is made twice',
    file: 'src/backup/schedule/due.ts',
    find: 'if (slot <= settled)',
    replace: 'if (slot < settled)',
    test: {
      file: 'test/backup/schedule/scheduler.test.ts',
      title: 'a schedule that is switched on begins with its next slot, and makes each once',
    },
  },
  {
    name: 'two processes make the same slot',
    file: 'src/backup/schedule/scheduler.ts',
    find: '  const state = await readState(options.stateFile, options.log);\n  const found',
    replace: '  const state = seen;\n  const found',
    test: {
      file: 'test/backup/schedule/scheduler.test.ts',
      title: 'two processes on one state make each slot once',
    },
  },

  // Secrets, keys and access
  {
    name: 'exports tell addresses and folders of this machine',
    file: 'src/config.ts',
    find: "return !('local' in SETTINGS[name]);",
    replace: 'return name in SETTINGS;',
    test: {
      file: 'test/cli/commands/config.test.ts',
      title: 'an export tells neither addresses nor folders',
    },
  },
  {
    name: 'an encrypted file that was cut off is taken',
    file: 'src/formats/age/payload.ts',
    find: "return plain ?? (this.#onDamage === 'blank' && isLast",
    replace: 'return plain ?? (isLast',
    test: { file: 'test/formats/age/encrypted.test.ts', title: 'is found when chunks change places' },
  },
  {
    name: 'chunks of an encrypted file may change places',
    file: 'src/formats/age/payload.ts',
    find: 'const plain = unseal(this.#key, index, isLast, sealed);',
    replace:
      'const plain = unseal(this.#key, index, isLast, sealed) ?? unseal(this.#key, index ^ 1, false, sealed);',
    test: { file: 'test/formats/age/encrypted.test.ts', title: 'is found when chunks change places' },
  },
  {
    name: 'tools of MCP may use any folder',
    file: 'src/mcp/paths.ts',
    find: 'if (await isWithinAny(real, own)) return;',
    replace: "if ((await isWithinAny(real, own)) || real !== '') return;",
    test: {
      file: 'test/mcp/paths.test.ts',
      title: 'a folder whose name only begins like an allowed one is another one',
    },
  },
  {
    name: 'a restore over MCP does more than the plan that was shown',
    file: 'src/mcp/tools/restore-from-backup.ts',
    find: '(await storeState(before, { signal })) !== plan.state)',
    replace: "(await storeState(before, { signal })) === '')",
    test: {
      file: 'test/mcp/tools.test.ts',
      suite: 'test/mcp/tool-suite.ts',
      title: 'refuses a plan when the store has changed since, whoever changed it',
    },
  },
  {
    name: 'the server shows its token',
    file: 'src/mcp/http/token.ts',
    find: 'tokenOf(given, `the environment variable ',
    replace: 'tokenOf(given, given + `the environment variable ',
    built: true,
    test: {
      file: 'test/e2e/mcp-http.test.ts',
      title: 'makes a token that only its owner can read, once, and takes one of the environment',
    },
  },
  {
    name: 'the server takes any token',
    file: 'src/mcp/http/token.ts',
    find: "timingSafeEqual(digest(header ?? ''), expected)",
    replace: "timingSafeEqual(expected, digest(header ?? '')) || (header ?? '').startsWith('Bearer ')",
    test: { file: 'test/mcp/http/listen.test.ts', title: 'answers %i to what is not for it' },
  },
];
