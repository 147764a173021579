import type { WhisperText } from '../model/whisper-tokenizer.js';
import type { Segment } from '../transcript.js';

/** The tokens of a window's text without timestamps, of which each segment has a run. */
export class WindowTokens {
  /**
   * @param logprobs of the tokens
   * @param kept whether segments carry their tokens
   */
  constructor(
    private readonly ids: readonly number[],
    private readonly logprobs: readonly number[],
    private readonly text: Pick<WhisperText, 'decode' | 'bytes'>,
    private readonly kept: boolean,
  ) {}

  get count(): number {
    return this.ids.length;
  }

  /** Text of the tokens `from` up to, not including, `to`, without spaces around. */
  read(from: number, to: number): string {
    return this.text.decode(this.ids.slice(from, to)).trim();
  }

  /** What a segment over these tokens has of them. */
  of(from: number, to: number): Pick<Segment, 'tokens'> {
    if (!this.kept) return {};
    const tokens = this.ids.slice(from, to).map((id, index) => ({
      id,
      logprob: this.logprobs[from + index] ?? 0,
      bytes: this.text.bytes(id),
    }));
    return { tokens };
  }
}
