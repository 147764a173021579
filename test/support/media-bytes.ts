/** Small pieces that the makers of media files share. */
export type Part = Uint8Array | string;

export function join(...parts: readonly Part[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
}

/** Big-endian, each number in `bytes` bytes. */
export function big(bytes: number, ...values: readonly number[]): Buffer {
  return join(
    ...values.map((value) => {
      const number = Buffer.alloc(8);
      number.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)));
      return number.subarray(8 - bytes);
    }),
  );
}

/** Little-endian. */
export function little(bytes: number, ...values: readonly number[]): Buffer {
  return join(...values.map((value) => big(bytes, value).reverse()));
}

/** A loud tone of 16 bit samples, mono, little-endian. */
export function tone(hertz: number, seconds: number, sampleRate: number): Buffer {
  const samples = new Int16Array(Math.round(seconds * sampleRate)).map((_, index) =>
    Math.round(12_000 * Math.sin((2 * Math.PI * hertz * index) / sampleRate)),
  );
  return Buffer.from(samples.buffer);
}
