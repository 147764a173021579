/** How a transcript is to be written, as far as its format has a choice. */
export interface ExportOptions {
  /** Say when each segment begins. */
  readonly times: boolean;
  /** Say who speaks, where that is known. */
  readonly speakers: boolean;
  /** Characters in a line of subtitles; null: as long as it comes. */
  readonly lineLength: number | null;
  /** Words in a subtitle; null: those of the segment. */
  readonly maxWords: number | null;
  /** Lines in a subtitle. */
  readonly maxLines: number;
}

export const DEFAULT_MAX_LINES = 2;

export const DEFAULT_EXPORT: ExportOptions = {
  times: false,
  speakers: true,
  lineLength: null,
  maxWords: null,
  maxLines: DEFAULT_MAX_LINES,
};

/** What a file says of the recording, or is written by. */
export interface ExportedRecording {
  readonly title: string;
  /** Of the text. */
  readonly language: string | null;
}
