/** By the name of the container. What is not known here is sent as bytes: browsers are told not to guess. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  aac: 'audio/aac',
  aiff: 'audio/aiff',
  flac: 'audio/flac',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  matroska: 'video/x-matroska',
  webm: 'video/webm',
  mov: 'video/mp4',
  mp4: 'video/mp4',
  m4a: 'audio/mp4',
};

export function mediaTypeOf(container: string): string {
  return MEDIA_TYPES[container] ?? 'application/octet-stream';
}
