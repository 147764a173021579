import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  AVDISCARD_ALL,
  AVERROR_EOF,
  AVMEDIA_TYPE_VIDEO,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_DISPOSITION_STILL_IMAGE,
  AV_DISPOSITION_TIMED_THUMBNAILS,
  AV_LOG_QUIET,
  AV_NOPTS_VALUE,
} from 'node-av/constants';
import { Dictionary, FFmpegError, FormatContext, Log, type Packet, type Stream } from 'node-av/lib';
import { AppError } from '../errors/app-error.js';
import { emptyFile } from '../errors/empty-file.js';
import {
  MAX_COUNTED_TRACKS,
  MICROSECONDS,
  assertTrackCount,
  audioStreams,
  describeTracks,
} from './audio-tracks.js';
import { DiskCheck } from './disk-check.js';
import { findInputFormat } from './media-format-probe.js';
import {
  AUDIO_DECODERS,
  CONTAINERS,
  isAcceptedContainer,
  isGuessedFormat,
  isPicture,
  readableName,
} from './media-formats.js';
import type { AudioTrack } from './media-info.js';
import { SOUND_LIMITS_DETAIL, isPossibleSound } from './sound-limits.js';
import { chooseTrack } from './track-choice.js';

/** Demuxers that know where they are go on after a bad piece; this many in a row without a packet mean that they do not. */
const MAX_READ_ERRORS_IN_A_ROW = 100;

/** What a stranger's file is told when nothing in it can be read as media. */
export const UNSUPPORTED_DETAIL = 'The content is not an audio or video format that this service reads.';

/**
 * One opened media file with its chosen audio track. The native library runs in the caller's process: only child processes
 * may import this.
 */
export class MediaInput {
  readErrors = 0;
  private errorsInARow = 0;

  private constructor(
    readonly format: FormatContext,
    readonly formatName: string,
    readonly tracks: readonly AudioTrack[],
    readonly audio: Stream,
    private readonly disk: DiskCheck,
  ) {}

  /**
   * @param track index among the audio tracks; null: the default one
   *
   * Throws AppError: empty_file, unsupported_media, corrupt_media, too_many_tracks, no_audio, track_unknown.
   */
  static open(path: string, track: number | null): MediaInput {
    Log.setLevel(AV_LOG_QUIET);
    const absolute = resolve(path);
    const fileBytes = statSync(absolute).size;
    if (fileBytes === 0) throw emptyFile();
    const disk = new DiskCheck(absolute);
    const { format, formatName } = openContainer(absolute, disk);
    try {
      assertTrackCount(format);
      if (format.findStreamInfoSync() < 0) throw damagedStart(formatName);
      // Some containers name their tracks only where the sound begins.
      assertTrackCount(format);
      const tracks = describeTracks(format, fileBytes);
      return new MediaInput(format, formatName, tracks, selectAudio(format, tracks, track), disk);
    } catch (error) {
      format.closeInputSync();
      throw error;
    }
  }

  get hasVideo(): boolean {
    return this.format.streams.some(
      (stream) =>
        stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO &&
        !stream.hasDisposition(AV_DISPOSITION_ATTACHED_PIC) &&
        !stream.hasDisposition(AV_DISPOSITION_STILL_IMAGE) &&
        !stream.hasDisposition(AV_DISPOSITION_TIMED_THUMBNAILS),
    );
  }

  /** Where the file's own time begins, in seconds: that of the track that starts first. */
  get startSeconds(): number | null {
    const { startTime } = this.format;
    return startTime === AV_NOPTS_VALUE ? null : Number(startTime) / MICROSECONDS;
  }

  /** Reads the next packet of the audio track into `packet`; false at the end of what can be read. */
  readAudio(packet: Packet): boolean {
    while (this.errorsInARow < MAX_READ_ERRORS_IN_A_ROW) {
      packet.unref();
      const result = this.format.readFrameSync(packet);
      if (result === AVERROR_EOF) return false;
      if (result >= 0) {
        this.errorsInARow = 0;
        if (packet.streamIndex === this.audio.index) return true;
      } else {
        this.disk.judge(result);
        this.readErrors += 1;
        this.errorsInARow += 1;
      }
    }
    return false;
  }

  /** The reason to give when not one sample came out. */
  nothingDecoded(sawDamage: boolean): AppError {
    if (!sawDamage) return new AppError('empty_audio', 'The audio track has no samples.');
    return damagedStart(this.formatName);
  }

  close(): void {
    this.format.closeInputSync();
  }
}

function openContainer(path: string, disk: DiskCheck): { format: FormatContext; formatName: string } {
  const inputFormat = findInputFormat(path);
  const formatName = inputFormat?.name;
  if (inputFormat == null || formatName == null) throw new AppError('unsupported_media', UNSUPPORTED_DETAIL);
  if (isPicture(formatName))
    throw new AppError('no_audio', 'The file is a picture; there is nothing to hear in it.');
  if (!isAcceptedContainer(formatName)) throw new AppError('unsupported_media', UNSUPPORTED_DETAIL);
  const format = new FormatContext();
  // The lists are passed although the format is already checked: they also bind whatever a demuxer opens inside of itself.
  const options = Dictionary.fromObject({
    protocol_whitelist: 'file',
    format_whitelist: CONTAINERS.join(','),
    codec_whitelist: AUDIO_DECODERS.join(','),
    max_streams: String(MAX_COUNTED_TRACKS),
  });
  const result = format.openInputSync(`file:${path}`, inputFormat, options);
  options.free();
  if (result < 0) {
    disk.judge(result);
    throw damagedStart(formatName, FFmpegError.strerror(result));
  }
  return { format, formatName };
}

function damagedStart(formatName: string, cause?: string): AppError {
  if (isGuessedFormat(formatName)) return new AppError('unsupported_media', UNSUPPORTED_DETAIL, { cause });
  return new AppError(
    'corrupt_media',
    `The file looks like ${readableName(formatName)}, but it is damaged or incomplete: no sound could be read from it.`,
    { cause },
  );
}

/** Throws AppError: no_audio, track_unknown, unsupported_media, corrupt_media, too_many_tracks. */
function selectAudio(format: FormatContext, tracks: readonly AudioTrack[], track: number | null): Stream {
  const { index } = chooseTrack(tracks, track);
  const audio = audioStreams(format)[index];
  if (audio === undefined) throw new Error('The tracks are not those of this file');
  const { channelLayout, sampleRate } = audio.codecpar;
  const { nbChannels } = channelLayout;
  // What the header leaves open the decoder tells.
  if (nbChannels > 0 && sampleRate > 0 && !isPossibleSound(nbChannels, sampleRate)) {
    throw new AppError('corrupt_media', SOUND_LIMITS_DETAIL);
  }
  for (const stream of format.streams) {
    if (stream.index !== audio.index) stream.discard = AVDISCARD_ALL;
  }
  return audio;
}
