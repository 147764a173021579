import type { Submission } from '../service-jobs.js';

/** How the service names the classes of error of the manifest, and the status that belongs to each. */
const REFUSALS = {
  unsupported_media: { code: 'unsupported_media', status: 415 },
  corrupt_media: { code: 'corrupt_media', status: 422 },
  empty_file: { code: 'empty_file', status: 422 },
  empty_audio: { code: 'empty_audio', status: 422 },
  no_audio: { code: 'no_audio', status: 422 },
  too_long: { code: 'audio_too_long', status: 413 },
} as const;

/**
 * What became of a file, in one word or two: `text`, `empty`, `415 unsupported_media` when the upload was refused,
 * `failed corrupt_media` when the job failed.
 */
export function treatmentOf(submission: Submission): string {
  if ('refused' in submission) return `${submission.refused.status} ${submission.refused.code}`;
  const { status, transcript, error } = submission.job;
  if (status === 'completed') return (transcript ?? '').trim() === '' ? 'empty' : 'text';
  return `${status} ${error?.code ?? 'without a reason'}`;
}

/**
 * All treatments that an `expected` of the manifest allows. A damage that only shows while the file is decoded may come out as a
 * failed job instead of a refusal, with the same code.
 *
 * @throws Error when the sentence allows nothing that is known here
 */
export function allowedTreatments(expected: string): Set<string> {
  // What follows a semicolon are remarks.
  const [rule = ''] = expected.split(';');
  const allowed = new Set<string>();
  if (/^transcribe\b|\bpartial transcript\b|\bany short\b|\btranscript of the\b/.test(rule))
    allowed.add('text');
  // "transcript of the 1 s that is there": one second may hold no whole word.
  if (/\bempty transcript\b|\btranscript of the\b/.test(rule)) allowed.add('empty');
  for (const [reason, { code, status }] of Object.entries(REFUSALS)) {
    if (!new RegExp(`\\b${reason}\\b`).test(rule)) continue;
    allowed.add(`${status} ${code}`).add(`failed ${code}`);
  }
  if (allowed.size === 0) throw new Error(`The manifest expects something unknown: ${expected}`);
  return allowed;
}
