import { AV_NOPTS_VALUE } from 'node-av/constants';
import { Packet, avGetCodecName } from 'node-av/lib';
import { AudioDecoder } from './audio-decoder.js';
import { containerName, isGuessedFormat } from './media-formats.js';
import type { MediaInfo } from './media-info.js';
import { MICROSECONDS, MediaInput } from './media-input.js';
import { audioTooLong } from './pcm-source.js';

/**
 * Opens the file, really decodes its first piece of sound, and describes it. Native code: child processes only.
 * Throws AppError: empty_file, unsupported_media, corrupt_media, no_audio, empty_audio, audio_too_long.
 */
export function inspectMedia(path: string, maxDurationSeconds: number | null): MediaInfo {
  const input = MediaInput.open(path);
  try {
    const { sampleRate, channels } = decodeFirstFrame(input);
    const durationSeconds = durationOf(input);
    if (maxDurationSeconds !== null && isLonger(input, durationSeconds, maxDurationSeconds)) {
      throw audioTooLong(maxDurationSeconds);
    }
    const bitRate = Number(input.format.bitRate);
    return {
      container: containerName(input.formatName),
      codec: avGetCodecName(input.audio.codecpar.codecId) ?? 'unknown',
      durationSeconds,
      sampleRate,
      channels,
      hasVideo: input.hasVideo,
      bitRate: bitRate > 0 ? bitRate : null,
    };
  } finally {
    input.close();
  }
}

/** What the decoder gives counts, not what the header claims: AAC with SBR, for example, doubles the rate. */
function decodeFirstFrame(input: MediaInput): { sampleRate: number; channels: number } {
  const decoder = AudioDecoder.open(input);
  try {
    for (let step = decoder.next(); step !== 'end'; step = decoder.next()) {
      if (step !== 'nothing_yet') return { sampleRate: step.frame.sampleRate, channels: step.frame.channels };
    }
    throw input.nothingDecoded(decoder.damagedPackets + input.readErrors > 0);
  } finally {
    decoder.close();
  }
}

/** The audio track's own length, else the container's; never more than uncompressed samples of this file size can last. */
function durationOf(input: MediaInput): number | null {
  const { audio, format, fileBytes } = input;
  const { codecpar } = audio;
  const track = audio.duration === AV_NOPTS_VALUE ? 0 : Number(audio.duration) * audio.timeBase.toDouble();
  const whole = format.duration === AV_NOPTS_VALUE ? 0 : Number(format.duration) / MICROSECONDS;
  const stated = track > 0 ? track : whole;
  if (stated <= 0 || !Number.isFinite(stated)) return null;
  const pcmBitsPerSecond = isPcm(input)
    ? codecpar.bitsPerCodedSample * codecpar.sampleRate * codecpar.channelLayout.nbChannels
    : 0;
  return pcmBitsPerSecond > 0 ? Math.min(stated, (fileBytes * 8) / pcmBitsPerSecond) : stated;
}

function isPcm(input: MediaInput): boolean {
  return avGetCodecName(input.audio.codecpar.codecId)?.startsWith('pcm_') === true;
}

/**
 * MP3 and AAC streams without an index are only estimated from their first bit rate. Before such a file is turned away its
 * packets are counted, which needs no decoding.
 */
function isLonger(input: MediaInput, durationSeconds: number | null, limit: number): boolean {
  if (durationSeconds === null || durationSeconds <= limit) return false;
  return isGuessedFormat(input.formatName) ? countedSeconds(input, limit) > limit : true;
}

/** Stops as soon as the limit is passed. What the first look has read is missing, which is less than a second. */
function countedSeconds(input: MediaInput, limit: number): number {
  const packet = new Packet();
  packet.alloc();
  try {
    const unit = input.audio.timeBase.toDouble();
    let seconds = 0;
    while (seconds <= limit && input.readAudio(packet)) seconds += Number(packet.duration) * unit;
    return seconds;
  } finally {
    packet.free();
  }
}
