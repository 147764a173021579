// Half precision as 16-bit patterns: not every Node that runs the engine has a Float16Array, and ONNX Runtime takes none.

const EXPONENT_BIAS = 15;
const FRACTION_BITS = 10;
const INFINITE = 31;
const SIGN = 0x8000;
const NOT_A_NUMBER = 0x7e00;
/** From here on a float is nearer to what would follow the largest half. */
const OVERFLOW = 65_520;
const PATTERNS = 1 << 16;

let table: Float32Array | undefined;

/** f16 patterns to floats. */
export function fromHalves(halves: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: PATTERNS }, (_, pattern) => valueOf(pattern));
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = table[halves[i] ?? 0] ?? 0;
  return values;
}

function valueOf(pattern: number): number {
  const sign = (pattern & SIGN) === 0 ? 1 : -1;
  const exponent = (pattern & (SIGN - 1)) >> FRACTION_BITS;
  const fraction = (pattern & ((1 << FRACTION_BITS) - 1)) / 2 ** FRACTION_BITS;
  if (exponent === INFINITE) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - EXPONENT_BIAS);
  return sign * (1 + fraction) * 2 ** (exponent - EXPONENT_BIAS);
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** Floats to the nearest f16 patterns, ties to even; what is too large becomes infinite. */
export function toHalves(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = patternOf(values[i] ?? 0);
  return halves;
}

function patternOf(value: number): number {
  FLOAT[0] = value;
  const sign = ((BITS[0] ?? 0) >>> 16) & SIGN;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return sign | NOT_A_NUMBER;
  if (size >= OVERFLOW) return sign | (INFINITE << FRACTION_BITS);
  const exponent = Math.max(Math.floor(Math.log2(size)), 1 - EXPONENT_BIAS);
  // A fraction that is rounded up to the next power of two carries into the exponent.
  const fraction = roundHalfEven(size / 2 ** (exponent - FRACTION_BITS));
  return sign | (((exponent + EXPONENT_BIAS - 1) << FRACTION_BITS) + fraction);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
