/** No number is written longer than this. */
export const MAX_FLOAT32_BYTES = 24;

const POWERS = Array.from({ length: 18 }, (_, exponent) => Number(`1e${exponent}`));
const [MINUS, POINT, ZERO] = [0x2d, 0x2e, 0x30];
/** In between, digits and power of ten are exact doubles, so that one division gives what a parser would read. */
const [SMALLEST_FAST, LARGEST_FAST] = [1e-7, 1e6];
const [FEWEST_DIGITS, MOST_DIGITS] = [6, 9];

/**
 * Writes a float32 as a JSON number at `at` and returns where it ends: the decimal nearest to it with as few digits as
 * still round to exactly this float32. -0 is `-0.0`, because readers with whole numbers take `-0` for 0. Throws
 * RangeError for a number that is not finite or no float32.
 */
export function writeFloat32(value: number, target: Buffer, at: number): number {
  const size = Math.abs(value);
  if (!(size >= SMALLEST_FAST && size < LARGEST_FAST))
    return at + target.write(exactText(value), at, 'latin1');
  const exponent = decimalExponent(size);
  for (let digits = FEWEST_DIGITS; digits <= MOST_DIGITS; digits += 1) {
    const decimals = digits - 1 - exponent;
    const scale = POWERS[decimals] ?? 1;
    const scaled = Math.round(size * scale);
    if (Math.fround(scaled / scale) !== size) continue;
    let start = at;
    if (value < 0) {
      target[start] = MINUS;
      start += 1;
    }
    return writeDigits(scaled, decimals, target, start);
  }
  throw new RangeError(`${value} is no float32`);
}

/** For all numbers, at leisure. */
function exactText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0';
  for (let digits = 1; digits <= MOST_DIGITS; digits += 1) {
    const near = Number(value.toPrecision(digits));
    if (Math.fround(near) === value && Number.isFinite(value)) return String(near);
  }
  throw new RangeError(`${value} is no finite float32`);
}

/** Of the first digit, from -7 to 5. */
function decimalExponent(size: number): number {
  let exponent = -1;
  while (size * (POWERS[-exponent] ?? 1) < 1) exponent -= 1;
  while (size >= (POWERS[exponent + 1] ?? Infinity)) exponent += 1;
  return exponent;
}

/** Writes `scaled / 10^decimals` without zeros at its end. */
function writeDigits(scaled: number, decimals: number, target: Buffer, at: number): number {
  // At most ten digits of a number below 2^31: as an int32 the remainders are cheap.
  let rest = scaled | 0;
  let places = decimals;
  while (places > 0 && rest % 10 === 0) {
    rest = (rest / 10) | 0;
    places -= 1;
  }
  let count = places + 1;
  while ((POWERS[count] ?? Infinity) <= rest) count += 1;
  const end = at + count + (places > 0 ? 1 : 0);
  let position = end;
  for (let written = 0; written < count; written += 1) {
    if (written === places && places > 0) {
      position -= 1;
      target[position] = POINT;
    }
    position -= 1;
    target[position] = ZERO + (rest % 10);
    rest = (rest / 10) | 0;
  }
  return end;
}
