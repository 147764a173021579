import { createVoiceOfSpeaker, TranscriberError } from '@whisper-transcriber/client-sdk';
import { problemOf, type ProblemWords } from '../api/problem';
import { api } from '../api/service';
import type { SpeakerActs } from './speaker-acts.svelte';

const TOO_LITTLE = {
  title: 'There is too little of this voice',
  detail:
    'It takes at least 2 seconds in which this person speaks and nobody else does. Save it from a recording in which they say more.',
};
const UNSETTLED = {
  title: 'Your changes are not saved yet',
  detail:
    'Who speaks where is among them, so that the voice would be learned from the wrong places. Try again soon.',
};

/** A voice on its way to being saved, and what was wrong with it the last time. */
export class VoiceSaving {
  busy = $state(false);
  nameFault = $state<string | null>(null);
  problem = $state.raw<Pick<ProblemWords, 'title' | 'detail'> | null>(null);
  private readonly stop = new AbortController();

  constructor(private readonly speakers: SpeakerActs) {}

  /** @returns what it is called; null: it was not saved */
  async save(speaker: string, name: string): Promise<string | null> {
    this.busy = true;
    this.nameFault = null;
    this.problem = null;
    try {
      if (await this.speakers.settle()) return await this.learn(speaker, name);
      this.problem = UNSETTLED;
    } catch (error) {
      this.tell(error);
    } finally {
      this.busy = false;
    }
    return null;
  }

  /** Nobody waits for it any more. */
  giveUp(): void {
    this.stop.abort();
  }

  private async learn(speaker: string, name: string): Promise<string> {
    const body = { job_id: this.speakers.jobId, speaker, name };
    return (await createVoiceOfSpeaker({ client: api, body, signal: this.stop.signal })).data.name;
  }

  private tell(error: unknown): void {
    if (error instanceof TranscriberError && error.code === 'voice_name_taken')
      this.nameFault =
        'You have a voice with this name already. Choose another one, or delete that voice first.';
    else if (error instanceof TranscriberError && error.fields.some(({ field }) => field === 'speaker'))
      this.problem = TOO_LITTLE;
    else this.problem = problemOf(error);
  }
}
