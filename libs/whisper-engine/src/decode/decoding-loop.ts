import { throwIfAborted, type StopFlag } from '../errors.js';
import { SAMPLE_RATE } from '../audio/sample-rate.js';
import type { GenerationConfig } from '../model/generation-config.js';
import { orderRows, removeRows, repeatRows, viewRows } from '../model/row-tensors.js';
import { TensorMemory, type Tensors } from '../model/tensor-memory.js';
import type { StepInput, WhisperGraphs } from '../model/whisper-graphs.js';
import { framesOf } from '../align/token-times.js';
import { AttentionLog } from './attention-log.js';
import { languageProbabilities, probabilityOf } from './language-detection.js';
import type { Prompt } from './prompt.js';
import type { RowStep, Search, SearchedText, WindowSearch } from './search.js';
import { TextLimits } from './text-limits.js';
import { tokenBias, type TokenBias } from './token-bias.js';

/** A window of a batch, with the caches of its row behind the start token. */
export interface StartedRow {
  noSpeechProb: number;
  /** Empty for English-only models. */
  languages: Map<string, number>;
}

/** What is to be decoded: rows of cross tensors, and for each of them what follows. */
export interface RowsToDecode {
  cross: Tensors;
  /** Caches behind the start token, or null. */
  past: Tensors | null;
  rows: readonly RowToDecode[];
}

export interface RowToDecode {
  /** As long as that of the other rows. */
  prompt: Prompt;
  /** Samples of the window. */
  samples: number;
  /** For what is drawn at random. */
  seed: number;
}

/** Text of one row. */
export interface DecodedRow extends SearchedText {
  row: number;
  /** Cross keys and values of the row: a view that is good until the next row is asked for. */
  cross: Tensors;
  /** Of the start and the text, where it was seen on the way; good until the next batch. */
  attention: AttentionLog | null;
}

interface LiveWindow<Answer> {
  row: number;
  search: WindowSearch<Answer>;
  /** Null where rows change their places, or where timestamps lie between the tokens of the text. */
  attention: AttentionLog | null;
}

/** Decodes windows side by side, a token a step. One batch at a time: its memory serves the next. */
export class DecodingLoop {
  private readonly bias: TokenBias;
  /** A step reads the caches in one and writes them into the other. */
  private caches: [TensorMemory, TensorMemory] = [new TensorMemory(), new TensorMemory()];
  private readonly logs: AttentionLog[] = [];

  constructor(
    private readonly graphs: WhisperGraphs,
    private readonly config: GenerationConfig,
  ) {
    this.bias = tokenBias(config);
  }

  /**
   * Feeds the start token: what follows it tells speech from noise and the language.
   * @param samples of each window
   */
  async start(cross: Tensors, samples: readonly number[]): Promise<{ rows: StartedRow[]; past: Tensors }> {
    const ids = samples.map(() => [this.config.startOfTranscript]);
    const input = { ids, cross, past: null, bias: this.bias.none };
    const { logits, past, attention } = await this.graphs.logits(input, this.nextMemory());
    for (const [row, length] of samples.entries()) this.newLog(row, length).add(attention, row);
    const { vocabulary, noSpeech, languages } = this.config;
    const rows = ids.map((_, row) => {
      const answer = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
      return {
        noSpeechProb: probabilityOf(answer, noSpeech),
        languages: languageProbabilities(answer, languages),
      };
    });
    return { rows, past };
  }

  /**
   * Decodes all rows and hands each out as soon as it ends, in any order. The memory of `cross` is used up.
   * @throws EngineError `aborted` between two steps
   */
  async *decode<Answer>(
    { cross: rowsOfCross, past: started, rows }: RowsToDecode,
    search: Search<Answer>,
    stop?: StopFlag,
  ): AsyncGenerator<DecodedRow, void, undefined> {
    const { width } = search;
    const crossWidth = this.graphs.sharesCross ? 1 : width;
    let cross = repeatRows(rowsOfCross, crossWidth);
    let { ids, past } = this.firstInput(rows, started, width);
    const live = rows.map((row, index): LiveWindow<Answer> => ({
      row: index,
      search: search.begin(this.limits(row), row.seed),
      attention: this.logFor(search, index, row, past !== null),
    }));
    // Of what was said before no time is wanted.
    let skip = past === null ? (rows[0]?.prompt.previous.length ?? 0) : 0;
    let bias = search.timestamps ? this.bias.firstTimed : this.bias.firstText;
    while (live.length > 0) {
      throwIfAborted(stop);
      const out = await search.ask(this.graphs, { ids, cross, past, bias }, this.nextMemory());
      bias = search.timestamps ? this.bias.timed : this.bias.text;
      for (const [at, { attention }] of live.entries()) attention?.add(out.attention, at, skip);
      skip = 0;
      const steps = live.map((window, at) =>
        window.search.advance(out.answers.slice(at * width, (at + 1) * width)),
      );
      past = orderRows(out.past, rowOrder(steps, width));
      // From the last window up: one that is removed is replaced by one that has been looked at.
      for (let at = live.length - 1; at >= 0; at--) {
        const window = live[at];
        if (window === undefined || steps[at] !== null) continue;
        const view = viewRows(cross, at * crossWidth);
        const { row, attention } = window;
        yield { ...window.search.result(), row, attention, cross: view };
        cross = removeRows(cross, at * crossWidth, crossWidth);
        past = removeRows(past, at * width, width);
        swapRemove(live, at);
        swapRemove(steps, at);
      }
      ids = steps.flatMap((rowSteps) => rowSteps ?? []).map(({ token }) => [token]);
    }
  }

  /** Each window takes as many rows as its search follows texts. */
  private firstInput(
    rows: readonly RowToDecode[],
    started: Tensors | null,
    width: number,
  ): Pick<StepInput, 'ids' | 'past'> {
    const reusable = rows.every(
      ({ prompt: { previous, start } }) => previous.length === 0 && start.length > 1,
    );
    const past = reusable ? started : null;
    const ids = rows.flatMap(({ prompt: { previous, start } }) =>
      Array.from({ length: width }, () => (past === null ? [...previous, ...start] : start.slice(1))),
    );
    return { ids, past: past === null ? null : repeatRows(past, width) };
  }

  /** Half of the decoder's positions belong to the text of a window, the other half to what was said before it. */
  private limits({ prompt: { previous, start }, samples }: RowToDecode): TextLimits {
    const { maxLength, firstTimestamp } = this.config;
    const longest = Math.min(maxLength / 2, maxLength - previous.length - start.length);
    return new TextLimits(samples / SAMPLE_RATE, longest, firstTimestamp);
  }

  /** @param continued the start token is in the log already */
  private logFor(
    { width, timestamps }: Search<unknown>,
    row: number,
    { samples }: RowToDecode,
    continued: boolean,
  ): AttentionLog | null {
    if (!this.graphs.attendsInSteps || width > 1 || timestamps) return null;
    return continued ? (this.logs[row] ?? null) : this.newLog(row, samples);
  }

  private newLog(row: number, samples: number): AttentionLog {
    const log = (this.logs[row] ??= new AttentionLog(this.graphs.alignmentHeads));
    log.reset(framesOf(samples));
    return log;
  }

  private nextMemory(): TensorMemory {
    const [reading, writing] = this.caches;
    this.caches = [writing, reading];
    return writing;
  }
}

/** Which row of the caches each row goes on from. */
function rowOrder(steps: readonly (readonly RowStep[] | null)[], width: number): number[] {
  return steps.flatMap((rowSteps, at) =>
    Array.from({ length: width }, (_, row) => at * width + (rowSteps?.[row]?.parent ?? row)),
  );
}

/** The last item takes the place of the one that goes. */
function swapRemove(items: unknown[], at: number): void {
  const last = items.pop();
  if (last !== undefined && at < items.length) items[at] = last;
}
