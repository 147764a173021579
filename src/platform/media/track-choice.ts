import { AppError } from '../errors/app-error.js';
import type { AudioTrack } from './media-info.js';

/**
 * The track of this index; for null the one that the file names as its default, else the first. What has no sound that can be
 * read is passed over as long as there is something else.
 *
 * @throws AppError no_audio, track_unknown, unsupported_media
 */
export function chooseTrack(tracks: readonly AudioTrack[], index: number | null): AudioTrack {
  if (tracks.length === 0) throw new AppError('no_audio', 'The file has no audio track.');
  const chosen = index === null ? defaultOf(tracks) : tracks[index];
  if (chosen === undefined) throw new AppError('track_unknown', describeChoice(tracks.length));
  if (!chosen.isReadable) {
    throw new AppError(
      'unsupported_media',
      `The sound is coded in a way that cannot be read here (${chosen.codec}).`,
    );
  }
  return chosen;
}

function defaultOf(tracks: readonly AudioTrack[]): AudioTrack | undefined {
  // Broadcasts announce tracks of which nothing comes.
  const heard = tracks.filter(
    ({ isReadable, sampleRate, channels }) => isReadable && sampleRate > 0 && channels > 0,
  );
  return heard.find(({ isDefault }) => isDefault) ?? heard[0] ?? tracks[0];
}

function describeChoice(count: number): string {
  if (count === 1) return 'The file has one audio track only, number 0.';
  return `The file has ${count} audio tracks, numbered from 0 to ${count - 1}.`;
}
