import { addressOf } from '../api/service';

export const EXPORT_FORMATS = {
  txt: { name: 'Text (TXT)', takes: ['times', 'speakers'] },
  docx: { name: 'Word (DOCX)', takes: ['times', 'speakers'] },
  srt: { name: 'Subtitles (SRT)', takes: ['speakers', 'lines'] },
  vtt: { name: 'Subtitles (WebVTT)', takes: ['speakers', 'lines'] },
  tsv: { name: 'Table (TSV)', takes: ['speakers'] },
  json: { name: 'Everything (JSON)', takes: [] },
} as const satisfies Record<string, { name: string; takes: readonly ('times' | 'speakers' | 'lines')[] }>;

export type ExportFormat = keyof typeof EXPORT_FORMATS;

export interface ExportOptions {
  readonly times: boolean;
  readonly speakers: boolean;
  /** As they were typed; empty: no limit. */
  readonly lineLength: string;
  readonly maxWords: string;
  readonly maxLines: string;
}

export function takes(format: ExportFormat, option: 'times' | 'speakers' | 'lines'): boolean {
  return (EXPORT_FORMATS[format].takes as readonly string[]).includes(option);
}

/** Options that the format has no use for are left out: the service refuses them. */
export function exportAddress(jobId: string, format: ExportFormat, options: ExportOptions): string {
  const query = new URLSearchParams({ format });
  if (takes(format, 'times')) query.set('times', String(options.times));
  if (takes(format, 'speakers')) query.set('speakers', String(options.speakers));
  if (takes(format, 'lines')) {
    if (options.lineLength !== '') query.set('line_length', options.lineLength);
    if (options.maxWords !== '') query.set('max_words', options.maxWords);
    if (options.lineLength !== '' && options.maxLines !== '') query.set('max_lines', options.maxLines);
  }
  return addressOf(`transcripts/${encodeURIComponent(jobId)}/download?${query}`);
}
