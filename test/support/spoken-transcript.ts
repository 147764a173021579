/** A recording that was transcribed, a segment of five seconds every ten. */
export interface SpokenTranscript {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  /** null: nobody knows. */
  readonly language: string | null;
  readonly texts: readonly string[];
  /** The day of the job. */
  readonly on: string;
}

/** The statements that put it into the database. */
export function spokenTranscript({ id, owner, name, language, texts, on }: SpokenTranscript): string {
  const certainty = { avgLogprob: 0, compressionRatio: 1, noSpeechProb: 0, temperature: 0 };
  const segments = texts.map((text, at) => ({ start: at * 10, end: at * 10 + 5, text, ...certainty }));
  const code = language === null ? 'null' : `'${language}'`;
  return `
    insert into jobs (id, owner_id, original_filename, status, model, created_at, updated_at, finished_at)
      values ('${id}', '${owner}', '${name}', 'completed', 'base', '${on}', now(), now());
    insert into transcripts (job_id, model, language, written_in, duration_seconds, text, segments, created_at)
      values ('${id}', 'base', ${code}, ${code}, 60, '${texts.join(' ')}', '${JSON.stringify(segments)}', now())`;
}
