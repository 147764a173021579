import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Job, Transcript } from '@whisper-transcriber/client-sdk';
import { beginsWithWords, countErrors, type ErrorCount } from '../measures/error-rate.js';
import { fetchTranscript, submitFile } from '../service-jobs.js';
import { isJudgedByText, readReference, type ManifestEntry } from './manifest.js';
import { allowedTreatments, treatmentOf } from './treatment.js';

/** What one file of the set came to. */
export interface Trial {
  readonly entry: ManifestEntry;
  readonly treatment: string;
  /** The treatment is one that the manifest allows. */
  readonly allowed: boolean;
  /** From the first byte of the upload to the end of the job, with waiting for the answer. */
  readonly wallSeconds: number;
  /** What was recognised; null where no language is right or wrong. */
  readonly language: { readonly found: string | null; readonly right: boolean } | null;
  readonly errors: ErrorCount | null;
  readonly transcript: Transcript | null;
  /** What a person should look at, without the words that were spoken. */
  readonly remarks: readonly string[];
}

/** mp3 and aac add padding, and headers are rounded. */
const DURATION_TOLERANCE_S = 0.2;
const REMARKABLE_ERROR_RATE = 0.3;
/** One short utterance of a few words is quickly half wrong. */
const SHORTEST_JUDGED_UNITS = 5;
/** Shorter texts may stand in a log by chance. */
const SHORTEST_LEAK = 12;

/** Sends one file through the service and compares what comes back with the manifest. */
export async function tryFile(baseUrl: string, folder: string, entry: ManifestEntry): Promise<Trial> {
  const start = performance.now();
  const submission = await submitFile(baseUrl, path.join(folder, entry.path));
  const wallSeconds = (performance.now() - start) / 1000;
  const treatment = treatmentOf(submission);
  const job = 'job' in submission && submission.job.status === 'completed' ? submission.job : null;
  const transcript = job === null ? null : await fetchTranscript(baseUrl, job);
  const language = transcript === null ? null : judgeLanguage(entry, transcript);
  const errors = transcript === null ? null : await judgeText(folder, entry, transcript);
  const remarks = [
    ...(transcript === null ? [] : remarksOnTimes(entry, transcript)),
    ...(job === null ? [] : remarksOnName(entry, job)),
    ...remarksOnText(entry, transcript, errors),
    ...(language?.right === false ? [`language ${language.found ?? 'none'}`] : []),
  ];
  const allowed = allowedTreatments(entry.expected).has(treatment);
  return { entry, treatment, allowed, wallSeconds, language, errors, transcript, remarks };
}

function judgeLanguage({ language }: ManifestEntry, transcript: Transcript): Trial['language'] {
  if (language === null || transcript.text === '') return null;
  const found = transcript.language;
  return { found, right: found !== null && language.split('+').includes(found) };
}

async function judgeText(
  folder: string,
  entry: ManifestEntry,
  { text }: Transcript,
): Promise<ErrorCount | null> {
  const reference = await readReference(folder, entry);
  if (reference === null || entry.language === null || !isJudgedByText(entry, text)) return null;
  return countErrors(reference, text, entry.language.split('+')[0] ?? '');
}

function remarksOnTimes({ duration_s: expected }: ManifestEntry, transcript: Transcript): string[] {
  const { duration, segments } = transcript;
  const remarks: string[] = [];
  if (expected !== null && Math.abs(duration - expected) > DURATION_TOLERANCE_S) {
    remarks.push(`lasts ${duration.toFixed(2)} s instead of ${expected.toFixed(2)} s`);
  }
  let last = 0;
  for (const { id, start, end } of segments) {
    if (start < last || end <= start || end > duration + DURATION_TOLERANCE_S) {
      remarks.push(`segment ${id} lies at ${start} to ${end} s after ${last} s`);
    }
    last = end;
  }
  return remarks;
}

function remarksOnName(entry: ManifestEntry, job: Job): string[] {
  return job.original_filename === path.basename(entry.path) ? [] : ['the name of the file was changed'];
}

function remarksOnText(
  entry: ManifestEntry,
  transcript: Transcript | null,
  errors: ErrorCount | null,
): string[] {
  const remarks: string[] = [];
  if (errors !== null && errors.units >= SHORTEST_JUDGED_UNITS) {
    const rate = errors.errors / errors.units;
    if (rate > REMARKABLE_ERROR_RATE)
      remarks.push(`${errors.errors} of ${errors.units} ${errors.unit}s wrong`);
  }
  const { reference_prefix: prefix } = entry;
  if (transcript !== null && prefix !== undefined && !beginsWithWords(transcript.text, prefix)) {
    remarks.push('does not begin with the words that can be heard');
  }
  return remarks;
}

/** The parts of a service's log that no log may hold: names of files and words that were spoken. */
export async function findLeaks(log: string, folder: string, trials: readonly Trial[]): Promise<string[]> {
  const leaks: string[] = [];
  for (const { entry, transcript } of trials) {
    if (log.includes(path.basename(entry.path))) leaks.push(`${entry.path}: its name is in the log`);
    const text = transcript?.text.trim() ?? '';
    if (text.length >= SHORTEST_LEAK && log.includes(text))
      leaks.push(`${entry.path}: its transcript is in the log`);
    if (entry.kind === 'bad' && (await holdsContent(log, path.join(folder, entry.path)))) {
      leaks.push(`${entry.path}: its content is in the log`);
    }
  }
  return leaks;
}

/** Looks for the first line of files that are text: it is what a decoder's message would quote. */
async function holdsContent(log: string, file: string): Promise<boolean> {
  const [line = ''] = (await readFile(file, 'latin1')).split('\n');
  return /^[\x20-\x7e]{12,}$/.test(line) && log.includes(line);
}
