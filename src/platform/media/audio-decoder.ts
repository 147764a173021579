import { AVERROR_EOF, AV_NOPTS_VALUE } from 'node-av/constants';
import { CodecContext, FFmpegError, Frame, Packet, PosixError, avChannelLayoutDefault } from 'node-av/lib';
import { findDecoder } from './audio-tracks.js';
import { hasTimestamps } from './media-formats.js';
import type { MediaInput } from './media-input.js';
import { isPossibleSound } from './sound-limits.js';

/** Samples in one frame over all channels, far above what codecs use: a single packet must not ask for gigabytes. */
const MAX_FRAME_SAMPLES = 4_000_000;

/** The decoder wants another packet first; the number differs between systems. */
const WANTS_PACKET = FFmpegError.AVERROR(PosixError.EAGAIN);

/** Turns the packets of the chosen track into frames, one native frame that is used again and again. Damaged packets are skipped. */
export class AudioDecoder {
  /** Packets that the decoder refused. */
  damagedPackets = 0;
  private readonly unit: number;
  private readonly timed: boolean;
  private readonly packet = new Packet();
  private readonly frame = new Frame();
  private sending: 'packets' | 'drain' | 'done' = 'packets';

  private constructor(
    private readonly input: MediaInput,
    private readonly context: CodecContext,
  ) {
    this.unit = input.audio.timeBase.toDouble();
    this.timed = hasTimestamps(input.formatName);
    this.packet.alloc();
    this.frame.alloc();
  }

  /** Throws AppError: unsupported_media, corrupt_media when the decoder does not take what the header says. */
  static open(input: MediaInput): AudioDecoder {
    const parameters = input.audio.codecpar;
    const codec = findDecoder(input.audio);
    if (codec === null) throw new Error('The track is one that cannot be read');
    const context = new CodecContext();
    context.allocContext3(codec);
    context.parametersToContext(parameters);
    // Without the time base the decoder cannot drop the padding that MP3, AAC and Opus put before the first sample.
    context.pktTimebase = input.audio.timeBase;
    // One thread: files then give the same samples everywhere, and audio decoding gains nothing from more.
    context.threadCount = 1;
    context.setOption('max_samples', MAX_FRAME_SAMPLES);
    if (context.open2Sync(codec) < 0) {
      context.freeContext();
      throw input.nothingDecoded(true);
    }
    return new AudioDecoder(input, context);
  }

  /**
   * One small step: a frame (valid until the next call), or nothing yet (a packet went in or was damaged), or the end. Steps
   * are small so that the caller can give the event loop a turn in a file that is nothing but damage.
   */
  next(): { frame: Frame } | 'nothing_yet' | 'end' {
    if (this.sending === 'done') return 'end';
    this.frame.unref();
    const received = this.context.receiveFrameSync(this.frame);
    if (received >= 0) {
      if (this.frame.nbSamples === 0) return 'nothing_yet';
      // Streams may change on the way to what no header would have been believed.
      if (!isPossibleSound(this.frame.channels, this.frame.sampleRate)) {
        this.damagedPackets += 1;
        return 'nothing_yet';
      }
      // Which speaker a channel belongs to is of no use here, and layouts that swresample does not know would stop it.
      this.frame.channelLayout = avChannelLayoutDefault(this.frame.channels);
      return { frame: this.frame };
    }
    if (received === AVERROR_EOF) this.sending = 'done';
    else {
      if (received !== WANTS_PACKET) this.damagedPackets += 1;
      this.feed();
    }
    return 'nothing_yet';
  }

  /** Where the current frame begins in the file's own time, in seconds; null where the file does not say. */
  get frameStartSeconds(): number | null {
    const timestamp = this.frame.bestEffortTimestamp;
    return !this.timed || timestamp === AV_NOPTS_VALUE ? null : Number(timestamp) * this.unit;
  }

  close(): void {
    this.frame.free();
    this.packet.free();
    this.context.freeContext();
  }

  private feed(): void {
    if (this.sending === 'drain') {
      this.sending = 'done';
      return;
    }
    const more = this.input.readAudio(this.packet);
    if (!more) this.sending = 'drain';
    if (this.context.sendPacketSync(more ? this.packet : null) < 0 && more) this.damagedPackets += 1;
  }
}
