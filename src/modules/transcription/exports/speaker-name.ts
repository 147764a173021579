import type { Speakers, TranscriptSegment } from '../transcripts/transcript.view.js';

/** Who speaks, as a person named them or else by the channel; null: not known. People count channels from 1. */
export function speakerName({ speaker, channel }: TranscriptSegment, speakers: Speakers): string | null {
  if (speaker !== undefined) return speakers[speaker] ?? speaker;
  if (channel === undefined) return null;
  return speakers[`channel_${channel}`] ?? `Channel ${channel + 1}`;
}
