export const MAX_VOICE_NAME = 100;
/** In place of ids and names: every voice that the user has. */
export const ALL_VOICES = '*';

/** A saved voice, without what tells it. */
export interface VoiceView {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}
