/** Below this share of the energy that independent channels would leave, the mean counts as cancelled out. */
const CANCELLED_BELOW = 0.2;
/** Above this share the mean is trusted again; the distance to the first keeps the choice from flickering. */
const TRUSTED_ABOVE = 0.5;

/**
 * Mixes planar channels to mono, block by block. Normally the mean of all channels. Where the channels cancel each other
 * out (one side recorded with inverted polarity), the mean would be near silence: then the loudest channel is
 * taken alone. The mean of N independent channels, or of one voice on one of N channels, keeps 1/N of the mean channel
 * energy; the decision compares with that.
 */
export class Downmix {
  private cancelled = false;

  /** `channels` are planes of one length; the answer is a new array and values that are no numbers count as 0. */
  mix(channels: readonly Float32Array[]): Float32Array {
    const first = channels[0];
    if (first === undefined) return new Float32Array(0);
    channels.forEach(replaceNonFinite);
    if (channels.length === 1) return first.slice();
    const mean = meanOf(channels, first.length);
    const energies = channels.map(energyOf);
    const independent = energies.reduce((sum, energy) => sum + energy, 0) / channels.length ** 2;
    // Digital silence says nothing about the channels: the last decision stands.
    if (independent > 0) this.decide(energyOf(mean) / independent);
    return this.cancelled ? loudest(channels, energies).slice() : mean;
  }

  private decide(share: number): void {
    if (share < CANCELLED_BELOW) this.cancelled = true;
    else if (share > TRUSTED_ABOVE) this.cancelled = false;
  }
}

/** In place. */
export function replaceNonFinite(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i += 1) {
    if (!Number.isFinite(samples[i])) samples[i] = 0;
  }
}

function meanOf(channels: readonly Float32Array[], length: number): Float32Array {
  const mean = new Float32Array(length);
  for (const channel of channels) {
    for (let i = 0; i < length; i += 1) mean[i] = (mean[i] ?? 0) + (channel[i] ?? 0);
  }
  for (let i = 0; i < length; i += 1) mean[i] = (mean[i] ?? 0) / channels.length;
  return mean;
}

function energyOf(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return energy;
}

function loudest(channels: readonly Float32Array[], energies: readonly number[]): Float32Array {
  // The first of equals, so that the same file always gives the same samples.
  return channels[energies.indexOf(Math.max(...energies))] ?? new Float32Array(0);
}
