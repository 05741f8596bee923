const WORDS = 4;
/** Value of the character codes up to `f`; 255 for what is no lower-case hexadecimal digit. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return digit === -1 ? 255 : digit;
});
/** Where the eight digits of each word stand in a hyphenated id. */
const PLACES = [
  [0, 1, 2, 3, 4, 5, 6, 7],
  [9, 10, 11, 12, 14, 15, 16, 17],
  [19, 20, 21, 22, 24, 25, 26, 27],
  [28, 29, 30, 31, 32, 33, 34, 35],
] as const;
const HYPHENS = [8, 13, 18, 23] as const;

/** Ascending ids, 16 bytes each, and the places of records without one. */
export class IdColumn {
  #words = new Uint32Array(WORDS * 1024);
  /** A bit to each place: whether there is an id. */
  #present = new Uint8Array(1024 / 8);
  #length = 0;
  /** Of the last id; -1 before the first. */
  #last = -1;
  readonly #parsed = new Uint32Array(WORDS);

  get length(): number {
    return this.#length;
  }

  /** Adds an id, or a place without one: where it is none, or not larger than the one before. */
  push(id: string | null): 'added' | 'not an id' | 'not larger' {
    const isId = id !== null && this.#parse(id);
    const isLarger = isId && (this.#last === -1 || this.#compare(this.#last) < 0);
    if ((this.#length + 1) * WORDS > this.#words.length) {
      const larger = new Uint32Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
      const present = new Uint8Array(this.#present.length * 2);
      present.set(this.#present);
      this.#present = present;
    }
    const at = this.#length * WORDS;
    if (isLarger) {
      this.#words.set(this.#parsed, at);
      const byte = this.#length >>> 3;
      this.#present[byte] = (this.#present[byte] ?? 0) | (1 << (this.#length & 7));
      this.#last = this.#length;
    } else if (at > 0) this.#words.copyWithin(at, at - WORDS, at); // Keeps the order; it is never taken for an id.
    this.#length += 1;
    if (isLarger) return 'added';
    return isId ? 'not larger' : 'not an id';
  }

  /** The position of an id at `from` or behind it; -1 when it is not there. */
  find(id: string, from: number): number {
    if (!this.#parse(id)) return -1;
    let index = this.#firstFrom(from);
    while (index < this.#length && !this.#isPresent(index) && this.#compare(index) === 0) index += 1;
    return index < this.#length && this.#compare(index) === 0 ? index : -1;
  }

  /** Whether the id at `index` is this one. */
  has(id: string, index: number): boolean {
    return this.#parse(id) && index < this.#length && this.#isPresent(index) && this.#compare(index) === 0;
  }

  #isPresent(index: number): boolean {
    return (((this.#present[index >>> 3] ?? 0) >>> (index & 7)) & 1) === 1;
  }

  /** The first place at `from` or behind it whose id is not smaller than the parsed one: in growing steps, then halving. */
  #firstFrom(from: number): number {
    let [low, step] = [from, 1];
    while (low + step <= this.#length && this.#compare(low + step - 1) < 0) {
      low += step;
      step *= 2;
    }
    let high = Math.min(low + step - 1, this.#length);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Order of the id at `index` and the parsed one: below 0 when it is smaller. */
  #compare(index: number): number {
    const at = index * WORDS;
    for (let word = 0; word < WORDS; word += 1) {
      const order = (this.#words[at + word] ?? 0) - (this.#parsed[word] ?? 0);
      if (order !== 0) return order;
    }
    return 0;
  }

  #parse(id: string): boolean {
    if (id.length !== 36) return false;
    for (const place of HYPHENS) if (id.charCodeAt(place) !== 0x2d) return false;
    for (let word = 0; word < WORDS; word += 1) {
      let value = 0;
      for (const place of PLACES[word] ?? []) {
        const digit = DIGITS[id.charCodeAt(place)] ?? 255;
        if (digit === 255) return false;
        value = value * 16 + digit;
      }
      this.#parsed[word] = value;
    }
    return true;
  }
}
