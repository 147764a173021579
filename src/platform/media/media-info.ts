/** What the first look at a media file tells. */
export interface MediaInfo {
  /** Short name of the container format, for example `wav`, `mp3`, `matroska`. */
  readonly container: string;
  /** Short name of the audio codec, for example `pcm_s16le`, `aac`, `opus`. */
  readonly codec: string;
  /** Seconds of sound as far as the container can be trusted; null where it does not say. */
  readonly durationSeconds: number | null;
  /** Hz, before any resampling. */
  readonly sampleRate: number;
  readonly channels: number;
  /** A moving picture is there; cover art does not count. */
  readonly hasVideo: boolean;
  /** Bits per second of the whole file; null where unknown. */
  readonly bitRate: number | null;
  /** All audio tracks, as the headers describe them. The fields above are about the one that is heard when nobody chooses. */
  readonly tracks: readonly AudioTrack[];
}

export interface AudioTrack {
  /** Among the audio tracks, from 0. */
  readonly index: number;
  readonly codec: string;
  /** False where its codec is not among those that are read here. */
  readonly isReadable: boolean;
  /** The file says that players are to begin with it. */
  readonly isDefault: boolean;
  /** As the file has it, usually three letters; null where it does not say. */
  readonly language: string | null;
  readonly title: string | null;
  readonly channels: number;
  readonly sampleRate: number;
  readonly durationSeconds: number | null;
}
