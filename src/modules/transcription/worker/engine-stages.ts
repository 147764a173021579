import type { Clock } from '../../../platform/runtime/clock.js';
import { beginSpan, noteSpan, type BegunSpan } from '../../../platform/tracing/spans.js';
import { sumStages } from '../engine/stage-spans.js';
import type { StageSpan, TranscriptionEvent } from '../engine/transcriber.port.js';

type Heard = Exclude<TranscriptionEvent, { type: 'started' }>;

/** A piece of text, and what it took. */
interface Piece {
  readonly stages: readonly StageSpan[];
  readonly segments: number;
  readonly attributes: Readonly<Record<string, number>>;
}

/** A long recording has thousands of pieces, and nobody reads so many spans: the last one is all the rest. */
const MOST_PIECES = 100;
const NOTHING: Piece = { stages: [], segments: 0, attributes: {} };

/**
 * What the engine was at, as spans of the work that is under way: the model is loaded, then one piece of text follows the other. The engine
 * tells afterwards what a piece took, and works at several at a time.
 */
export class EngineStages {
  private loading: BegunSpan | undefined = beginSpan('engine load');
  /** The last one that was told of: more may have to be put to it. */
  private piece = NOTHING;
  private noted = 0;
  /** Since when the engine is at what it has not told of. */
  private busySince: Date | null = null;

  constructor(private readonly clock: Clock) {}

  /** Passes on what the engine says. */
  async *watch(events: AsyncIterable<TranscriptionEvent>): AsyncGenerator<TranscriptionEvent> {
    for await (const event of events) {
      this.endLoading();
      if (event.type !== 'started') this.take(event);
      if (event.type === 'finished') this.note();
      this.busySince = event.type === 'finished' ? null : this.clock.now();
      yield event;
    }
  }

  /** Of work that broke off nothing is known but how long it took. */
  end(): void {
    this.endLoading();
    this.note();
    if (this.busySince !== null)
      noteSpan({ name: 'engine transcribe', from: this.busySince, to: this.clock.now() });
    this.busySince = null;
  }

  private endLoading(): void {
    this.loading?.end({});
    this.loading = undefined;
  }

  private take(event: Heard): void {
    const isRest = event.type === 'finished' || this.noted === MOST_PIECES - 1;
    if (!isRest) this.note();
    const { stages, segments, attributes } = this.piece;
    this.piece = {
      stages: sumStages([...stages, ...event.stages]),
      segments: segments + (event.type === 'chunk' ? event.segments.length : 0),
      attributes: { ...attributes, ...describe(event) },
    };
  }

  private note(): void {
    const { stages, segments, attributes } = this.piece;
    this.piece = NOTHING;
    if (stages.length === 0) return;
    this.noted += 1;
    noteSpan({
      name: 'engine transcribe',
      from: new Date(Math.min(...stages.map(({ from }) => from))),
      to: new Date(Math.max(...stages.map(({ to }) => to))),
      attributes: { ...attributes, 'whisper.segments': segments },
      parts: stages.map(({ stage, from, to, busy }) => ({
        name: `engine ${stage}`,
        from: new Date(from),
        to: new Date(to),
        attributes: { 'whisper.busy_seconds': busy / 1000 },
      })),
    });
  }
}

function describe(event: Heard): Record<string, number> {
  return event.type === 'chunk'
    ? { 'whisper.position_seconds': event.position }
    : { 'whisper.audio_seconds': event.duration };
}
