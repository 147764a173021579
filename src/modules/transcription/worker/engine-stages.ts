import { beginSpan, type BegunSpan } from '../../../platform/tracing/spans.js';
import type { TranscriptionEvent } from '../engine/transcriber.port.js';

/** A long recording has thousands of pieces, and nobody reads so many spans. */
const MOST_PIECES = 100;

/** What the engine is at, as spans of the work that is under way: the model is loaded, then one piece of text follows the other. */
export class EngineStages {
  private current: BegunSpan | undefined = beginSpan('engine load');
  private pieces = 0;

  /** Passes on what the engine says. The time that text takes to be stored belongs to no stage of the engine. */
  async *watch(events: AsyncIterable<TranscriptionEvent>): AsyncGenerator<TranscriptionEvent> {
    for await (const event of events) {
      this.current?.end(describe(event));
      this.current = undefined;
      yield event;
      if (event.type !== 'finished') this.current = this.nextPiece();
    }
  }

  end(): void {
    this.current?.end({});
    this.current = undefined;
  }

  private nextPiece(): BegunSpan | undefined {
    this.pieces += 1;
    return this.pieces > MOST_PIECES ? undefined : beginSpan('engine transcribe');
  }
}

function describe(event: TranscriptionEvent): Record<string, number> {
  switch (event.type) {
    case 'started':
      return {};
    case 'chunk':
      return { 'whisper.position_seconds': event.position, 'whisper.segments': event.segments.length };
    case 'finished':
      return { 'whisper.audio_seconds': event.duration };
  }
}
