/**
 * What the decoder may be asked to open. FFmpeg knows some 360 demuxers; among them are playlists and scripts that open
 * other files or addresses, picture sequences and capture devices. Listed here are self-contained containers that
 * recorders, phones, editors and meeting tools write; none of them makes FFmpeg open anything but the file itself.
 */
export const CONTAINERS = [
  // uncompressed
  'wav',
  'w64',
  'aiff',
  'au',
  'caf',
  // one audio codec
  'flac',
  'mp3',
  'aac',
  'ac3',
  'eac3',
  'amr',
  'wv',
  'ape',
  'tta',
  // audio and video
  'ogg',
  'matroska',
  'webm',
  'mov',
  'mp4',
  'm4a',
  '3gp',
  'asf',
  'avi',
  'flv',
  'mpeg',
  'mpegts',
] as const;

/**
 * Audio decoders of FFmpeg itself that the containers above carry in practice. Game and studio codecs are left out, as are
 * wrappers of other libraries: less code that meets strangers' bytes. No video decoder is listed, so none is ever opened.
 */
export const AUDIO_DECODERS = [
  'aac',
  'aac_latm',
  'ac3',
  'adpcm_ima_qt',
  'adpcm_ima_wav',
  'adpcm_ms',
  'adpcm_swf',
  'adpcm_yamaha',
  'alac',
  'amrnb',
  'amrwb',
  'ape',
  'dca',
  'eac3',
  'flac',
  'g722',
  'g723_1',
  'g726',
  'g726le',
  'g729',
  'gsm',
  'gsm_ms',
  'mp1float',
  'mp2float',
  'mp3float',
  'nellymoser',
  'opus',
  'pcm_alaw',
  'pcm_bluray',
  'pcm_dvd',
  'pcm_f32be',
  'pcm_f32le',
  'pcm_f64be',
  'pcm_f64le',
  'pcm_mulaw',
  'pcm_s16be',
  'pcm_s16le',
  'pcm_s24be',
  'pcm_s24le',
  'pcm_s32be',
  'pcm_s32le',
  'pcm_s8',
  'pcm_u16be',
  'pcm_u16le',
  'pcm_u8',
  'qdm2',
  'speex',
  'truehd',
  'truespeech',
  'tta',
  'vorbis',
  'wavpack',
  'wmalossless',
  'wmapro',
  'wmav1',
  'wmav2',
  'wmavoice',
] as const;

/** Formats that are recognised by a bit pattern alone: when nothing in them decodes, the guess was wrong. */
const GUESSED = new Set(['mp3', 'aac', 'ac3', 'eac3', 'mpeg', 'mpegts']);

/** Containers that store a time with each piece of sound. For all others FFmpeg computes times from what it has read so far. */
const TIMED = new Set(['ogg', 'matroska', 'mov', 'asf', 'flv', 'mpeg', 'mpegts']);

const PICTURES = /^(image2|gif|apng|ico|\w+_pipe)$/;

/** FFmpeg names a demuxer by all its aliases: `mov,mp4,m4a,3gp,3g2,mj2`. */
export function isAcceptedContainer(formatName: string): boolean {
  const names = new Set(formatName.split(','));
  return CONTAINERS.some((name) => names.has(name));
}

export function isPicture(formatName: string): boolean {
  return PICTURES.test(formatName);
}

export function isGuessedFormat(formatName: string): boolean {
  return GUESSED.has(formatName);
}

export function hasTimestamps(formatName: string): boolean {
  return TIMED.has(containerName(formatName));
}

/** The first alias stands for the container: `mov,mp4,…` is reported as `mov`. */
export function containerName(formatName: string): string {
  return formatName.split(',')[0] ?? formatName;
}

const READABLE: ReadonlyMap<string, string> = new Map([
  ['mov', 'MP4 or M4A'],
  ['matroska', 'WebM or Matroska'],
  ['asf', 'WMA or WMV'],
]);

/** For sentences that people read. */
export function readableName(formatName: string): string {
  const name = containerName(formatName);
  return READABLE.get(name) ?? name.toUpperCase();
}
