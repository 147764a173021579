import { AppError } from '../../../../platform/errors/app-error.js';
import type { JobTextPiece } from '../../../jobs/job-text.view.js';

/**
 * The text of a job as it was told to somebody, who is told each part once. Its segments may be cut otherwise when it is finished, at the
 * speakers, and spaces at cuts come and go; all else stays.
 */
export class ToldText {
  private texts: string[] = [];
  private told = '';
  /** What is there is what was told. */
  private isLevel = true;

  get text(): string {
    return this.told;
  }

  /**
   * What of the text is new with this piece.
   *
   * @throws AppError transcription_failed when the text was begun anew and is another one
   */
  add({ from, segments }: JobTextPiece, separator: string): string {
    const isNext = this.isLevel && from === this.texts.length;
    const before = from === 0 ? '' : separator;
    this.texts.splice(from, Infinity, ...segments.map(({ text }) => text));
    const fresh = isNext
      ? before + this.texts.slice(from).join(separator)
      : restOf(this.texts.join(separator), this.told);
    this.isLevel = fresh !== null;
    this.told += fresh ?? '';
    return fresh ?? '';
  }
}

/** What follows in a text after what was told of it; null where it is not that far yet. */
function restOf(text: string, told: string): string | null {
  let at = 0;
  for (const sign of told.replace(/\s/g, '')) {
    while (at < text.length && /\s/.test(text.charAt(at))) at += 1;
    if (at === text.length) return null;
    if (!text.startsWith(sign, at))
      throw new AppError('transcription_failed', 'The text was begun anew and came out differently.');
    at += sign.length;
  }
  return text.slice(at);
}
