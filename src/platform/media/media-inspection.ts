import { Packet } from 'node-av/lib';
import { AudioDecoder } from './audio-decoder.js';
import { containerName, isGuessedFormat } from './media-formats.js';
import type { MediaInfo } from './media-info.js';
import { MediaInput } from './media-input.js';
import { audioTooLong } from './pcm-source.js';
import { chooseTrack } from './track-choice.js';

/**
 * Opens the file, really decodes its first piece of sound, and describes it. Native code: child processes only.
 * Throws AppError: empty_file, unsupported_media, corrupt_media, too_many_tracks, no_audio, empty_audio, audio_too_long.
 */
export function inspectMedia(path: string, maxDurationSeconds: number | null): MediaInfo {
  const input = MediaInput.open(path, null);
  try {
    const { sampleRate, channels } = decodeFirstFrame(input);
    const { codec, durationSeconds } = chooseTrack(input.tracks, null);
    if (maxDurationSeconds !== null && isLonger(input, durationSeconds, maxDurationSeconds)) {
      throw audioTooLong(maxDurationSeconds);
    }
    const bitRate = Number(input.format.bitRate);
    return {
      container: containerName(input.formatName),
      codec,
      durationSeconds,
      sampleRate,
      channels,
      hasVideo: input.hasVideo,
      bitRate: bitRate > 0 ? bitRate : null,
      tracks: input.tracks,
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
