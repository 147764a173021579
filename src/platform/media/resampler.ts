import { AV_SAMPLE_FMT_FLTP, type AVSampleFormat } from 'node-av/constants';
import { type ChannelLayout, Frame, SoftwareResampleContext } from 'node-av/lib';

/** Bytes of one float sample. */
const SAMPLE_BYTES = 4;

/**
 * Brings frames of one sample format, rate and channel count to planar float at the wanted rate; FFmpeg's swresample does
 * the work. Frames gather inside until about a second is there: one crossing into JavaScript a second instead of forty.
 */
export class Resampler {
  private readonly context = new SoftwareResampleContext();
  private heldSamples = 0;

  private constructor(
    private readonly outputRate: number,
    private readonly layout: ChannelLayout,
    private readonly inputRate: number,
    private readonly inputFormat: AVSampleFormat,
  ) {}

  /** Null where swresample cannot take such frames. */
  static open(frame: Frame, outputRate: number): Resampler | null {
    const layout = frame.channelLayout;
    // The library types one field for pictures and sound; frames of an audio decoder have sample formats.
    const format = frame.format as AVSampleFormat;
    const resampler = new Resampler(outputRate, layout, frame.sampleRate, format);
    const { context } = resampler;
    const set = context.allocSetOpts2(
      layout,
      AV_SAMPLE_FMT_FLTP,
      outputRate,
      layout,
      format,
      frame.sampleRate,
    );
    if (set >= 0 && context.init() >= 0) return resampler;
    context.free();
    return null;
  }

  /** False when the stream changed its parameters and another resampler is needed. */
  fits(frame: Frame): boolean {
    return (
      frame.sampleRate === this.inputRate &&
      frame.channels === this.layout.nbChannels &&
      frame.format === this.inputFormat
    );
  }

  /** Takes a frame in. Returns the planes of about one second when so much has gathered, else nothing. */
  write(frame: Frame): Float32Array[] {
    this.heldSamples += frame.nbSamples;
    if (this.heldSamples >= this.inputRate) return this.convert(frame);
    this.context.convertFrame(null, frame);
    return [];
  }

  /** What is left at the end, the tail of the resampling filter included. */
  flush(): Float32Array[] {
    return this.convert(null);
  }

  close(): void {
    this.context.free();
  }

  private convert(input: Frame | null): Float32Array[] {
    this.heldSamples = 0;
    const output = new Frame();
    output.alloc();
    output.format = AV_SAMPLE_FMT_FLTP;
    output.sampleRate = this.outputRate;
    output.channelLayout = this.layout;
    try {
      if (this.context.convertFrame(output, input) < 0) return [];
      return (output.extendedData ?? []).map((plane) => copyOf(plane, output.nbSamples));
    } finally {
      output.free();
    }
  }
}

/** The plane is native memory that ends with its frame. */
function copyOf(plane: Buffer, samples: number): Float32Array {
  const copy = new Float32Array(samples);
  new Uint8Array(copy.buffer).set(plane.subarray(0, samples * SAMPLE_BYTES));
  return copy;
}
