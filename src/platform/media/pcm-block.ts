/** Some sound: samples of each channel, as many of each. */
export type PcmBlock = readonly Float32Array[];

/** Samples of each channel of a block. */
export function lengthOf([first]: PcmBlock): number {
  return first?.length ?? 0;
}
