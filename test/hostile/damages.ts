import { blockLength } from '../../src/formats/archive/container/gzip-block.ts';

/** A file that was damaged, and how. */
export interface Damage {
  readonly what: string;
  readonly bytes: Buffer;
}

export function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

/** One random bit flipped, `count` times. */
export function flips(bytes: Buffer, count: number, random: () => number): Damage[] {
  return Array.from({ length: count }, () => {
    const bit = Math.floor(random() * bytes.length * 8);
    return { what: `bit ${bit} flipped`, bytes: flipped(bytes, bit) };
  });
}

/** Cut off at random lengths, and by the last byte. */
export function truncations(bytes: Buffer, count: number, random: () => number): Damage[] {
  return Array.from({ length: count }, (_, n) => {
    const length = n === 0 ? bytes.length - 1 : Math.floor(random() * bytes.length);
    return { what: `cut at ${length}`, bytes: bytes.subarray(0, length) };
  });
}

export function additions(bytes: Buffer): Damage[] {
  const more = [Buffer.from([0]), Buffer.alloc(1024), Buffer.from('more'), bytes, bytes.subarray(0, 600)];
  return more.map(end => ({ what: `${end.length} bytes appended`, bytes: Buffer.concat([bytes, end]) }));
}

/** The beginning of one file with the end of the other, joined at the middle of each and at places that `joints` names. */
export function splices(one: Buffer, other: Buffer, joints: (bytes: Buffer) => readonly number[]): Damage[] {
  const pairs = [
    [one.length >> 1, other.length >> 1],
    ...joints(one)
      .slice(1)
      .map((place, n) => [place, joints(other)[n + 1] ?? other.length >> 1]),
  ];
  return pairs
    .map(([end = 0, start = 0]) => ({
      what: `joined at ${end} and ${start}`,
      bytes: Buffer.concat([one.subarray(0, end), other.subarray(start)]),
    }))
    .filter(({ bytes }) => !bytes.equals(one) && !bytes.equals(other));
}

/** Neighbouring parts swapped, the first of them twice, and without it. `starts`: where parts begin. */
export function reordered(bytes: Buffer, starts: readonly number[]): Damage[] {
  const ends = [...starts.slice(1), bytes.length];
  const parts = starts.map((start, n) => bytes.subarray(start, ends[n]));
  const head = bytes.subarray(0, starts[0]);
  return parts.slice(0, -1).flatMap((one, n) => {
    const two = parts[n + 1] ?? one;
    const middles = { swapped: [two, one], doubled: [one, one, two], 'left out': [two] };
    return Object.entries(middles).map(([how, middle]) => ({
      what: `part ${n} ${how}`,
      bytes: Buffer.concat([head, ...parts.slice(0, n), ...middle, ...parts.slice(n + 2)]),
    }));
  });
}

/** Where the blocks of an archive begin. */
export function blockStarts(archive: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 0; at < archive.length; at += blockLength(archive.subarray(at))) starts.push(at);
  return starts;
}

/** Where the chunks of an age file begin (age-encryption.org/v1, STREAM). */
export function chunkStarts(sealed: Buffer): number[] {
  const payload = sealed.indexOf('\n', sealed.indexOf('\n--- ') + 1) + 1 + 16;
  const starts: number[] = [];
  for (let at = payload; at < sealed.length; at += 64 * 1024 + 16) starts.push(at);
  return starts;
}
