import { AVMEDIA_TYPE_AUDIO, AV_DISPOSITION_DEFAULT, AV_NOPTS_VALUE } from 'node-av/constants';
import { Codec, type FormatContext, type Stream, avGetCodecName } from 'node-av/lib';
import { AppError } from '../errors/app-error.js';
import { AUDIO_DECODERS } from './media-formats.js';
import type { AudioTrack } from './media-info.js';

/** FFmpeg's unit for the times of a whole file. */
export const MICROSECONDS = 1_000_000;

/** Of any kind: more than films carry with all their languages, subtitles and fonts. Each costs memory and a look at its beginning. */
const MAX_TRACKS = 1000;
const MAX_AUDIO_TRACKS = 64;
/** Files with more than are allowed are opened up to here, so that they can be told what is wrong with them. */
export const MAX_COUNTED_TRACKS = 20_000;

/** Languages and titles are a stranger's text of any length. */
const MAX_TAG_LENGTH = 200;

const DECODERS: ReadonlySet<string> = new Set(AUDIO_DECODERS);

export function audioStreams(format: FormatContext): Stream[] {
  return format.streams.filter(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_AUDIO);
}

/** @throws AppError too_many_tracks */
export function assertTrackCount(format: FormatContext): void {
  if (format.nbStreams > MAX_TRACKS) throw tooManyTracks(`${MAX_TRACKS} tracks`);
  if (audioStreams(format).length > MAX_AUDIO_TRACKS) throw tooManyTracks(`${MAX_AUDIO_TRACKS} audio tracks`);
}

function tooManyTracks(limit: string): AppError {
  return new AppError('too_many_tracks', `The file has more than ${limit}.`);
}

export function describeTracks(format: FormatContext, fileBytes: number): AudioTrack[] {
  return audioStreams(format).map((stream, index) => ({
    index,
    codec: codecName(stream),
    isReadable: findDecoder(stream) !== null,
    isDefault: stream.hasDisposition(AV_DISPOSITION_DEFAULT),
    language: tagOf(stream, 'language'),
    title: tagOf(stream, 'title'),
    channels: stream.codecpar.channelLayout.nbChannels,
    sampleRate: stream.codecpar.sampleRate,
    durationSeconds: durationOf(format, stream, fileBytes),
  }));
}

/** Null where the track is coded in a way that is not on the list of accepted decoders. */
export function findDecoder(stream: Stream): Codec | null {
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  return codec?.name != null && DECODERS.has(codec.name) ? codec : null;
}

function codecName(stream: Stream): string {
  return avGetCodecName(stream.codecpar.codecId) ?? 'unknown codec';
}

function tagOf(stream: Stream, name: string): string | null {
  const text = (stream.metadata?.get(name) ?? '').slice(0, MAX_TAG_LENGTH).replace(/\p{C}/gu, '').trim();
  // FFmpeg's word for a language that was not filled in.
  return text === '' || (name === 'language' && text === 'und') ? null : text;
}

/** The track's own length, else the container's; never more than uncompressed samples of this file size can last. */
function durationOf(format: FormatContext, stream: Stream, fileBytes: number): number | null {
  const { codecpar } = stream;
  const track = stream.duration === AV_NOPTS_VALUE ? 0 : Number(stream.duration) * stream.timeBase.toDouble();
  const whole = format.duration === AV_NOPTS_VALUE ? 0 : Number(format.duration) / MICROSECONDS;
  const stated = track > 0 ? track : whole;
  if (stated <= 0 || !Number.isFinite(stated)) return null;
  const pcmBitsPerSecond = codecName(stream).startsWith('pcm_')
    ? codecpar.bitsPerCodedSample * codecpar.sampleRate * codecpar.channelLayout.nbChannels
    : 0;
  return pcmBitsPerSecond > 0 ? Math.min(stated, (fileBytes * 8) / pcmBitsPerSecond) : stated;
}
