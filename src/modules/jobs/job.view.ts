import type { ErrorCode } from '../../platform/errors/error-codes.js';
import { DEFAULT_DECODING, type DecodingOptions } from './decoding-options.view.js';
import type { JobStage, JobStatus } from './job.machine.js';
import type { Job } from './job.entity.js';
import type { KnownVoice } from './known-voice.view.js';
import { priorityOf, type JobPriority } from './job-priority.view.js';

/** What other rooms may know of a job. */
export interface JobView {
  readonly id: string;
  readonly ownerId: string;
  /** Null once the recording was deleted, which is after the job has ended. */
  readonly mediaFileId: string | null;
  /** What it was ordered with; null: nothing. */
  readonly batchId: string | null;
  readonly originalFilename: string;
  readonly status: JobStatus;
  readonly model: string;
  /** What the files of the model were when the job was made, or when its worker found others; null where nobody knows. */
  readonly modelRevision: string | null;
  readonly priority: JobPriority;
  /** What the request named; null asked for detection. */
  readonly language: string | null;
  /** What was heard; null before the end, and where nobody spoke. */
  readonly detectedLanguage: string | null;
  /** Index among the audio tracks of the recording; null: its default one. */
  readonly track: number | null;
  readonly decoding: DecodingOptions;
  readonly durationSeconds: number | null;
  readonly processedSeconds: number;
  /** What the worker is at; null while nobody works on it. */
  readonly stage: JobStage | null;
  /** Seconds of the recording that are done in one second; null while unknown. */
  readonly speed: number | null;
  /** Who works on it, or did so last. */
  readonly workerId: string | null;
  /** Of the request that ordered it; null where nobody knows. */
  readonly requestId: string | null;
  /** Where it belongs in a trace (W3C); null while nobody traces. */
  readonly traceparent: string | null;
  /** How often a worker began it. */
  readonly attempts: number;
  /** It may have run out of memory where it stands: the next attempt is to take as little as it can. */
  readonly frugal: boolean;
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly createdAt: Date;
  /** When its status changed last, or more of it was done. */
  readonly updatedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** A job that waits for a worker. */
export interface WaitingJob {
  readonly jobId: string;
  /** The event that made it wait: another one each time that it is queued. */
  readonly queuedBy: number;
  /** Until it may be taken. */
  readonly pauseMs: number;
}

/** A job in the hands of one worker. Every write of that worker names the lease; a lease that was lost writes nothing. */
export interface JobClaim {
  readonly job: JobView;
  readonly leaseToken: string;
  /** Whose names speakers may have. */
  readonly voices: readonly KnownVoice[];
  /** It was given some, which went when it had ended before. */
  readonly areVoicesGone: boolean;
}

/** What the text of a job depends on besides its recording. */
export interface JobOptions {
  readonly model: string;
  readonly modelRevision: string | null;
  readonly language: string | null;
  readonly track: number | null;
  readonly decoding: DecodingOptions;
  readonly durationSeconds: number | null;
}

export interface NewJob extends JobOptions {
  readonly mediaFileId: string;
  readonly batchId: string | null;
  readonly originalFilename: string;
  readonly priority: JobPriority;
  /** Kept until it has ended; null: none. */
  readonly voices: readonly KnownVoice[] | null;
  /** Is told how it ended, as WebhookTargetsService has accepted it. */
  readonly callbackUrl: string | null;
}

/** How far the work on a job is. */
export interface JobProgress {
  readonly stage: JobStage;
  readonly processedSeconds: number;
  /** Seconds of the recording that are done in one second; null while unknown. */
  readonly speed: number | null;
}

/** What was heard. */
export interface JobOutcome {
  readonly durationSeconds: number;
  /** Code of the language; null where nobody spoke. */
  readonly language: string | null;
}

export interface JobFailure {
  readonly code: ErrorCode;
  readonly detail: string;
}

export function toJobView(job: Omit<Job, 'turn' | 'voices'>): JobView {
  const error = job.errorCode === null ? null : { code: job.errorCode, detail: job.errorDetail ?? '' };
  return {
    id: job.id,
    ownerId: job.ownerId,
    mediaFileId: job.mediaFileId,
    batchId: job.batchId,
    originalFilename: job.originalFilename,
    status: job.status,
    model: job.model,
    modelRevision: job.modelRevision,
    priority: priorityOf(job.priority),
    language: job.language,
    detectedLanguage: job.detectedLanguage,
    track: job.track,
    // Jobs from before an option came to be do not name it.
    decoding: { ...DEFAULT_DECODING, ...job.decoding },
    durationSeconds: job.durationSeconds,
    processedSeconds: job.processedSeconds,
    stage: job.stage,
    speed: job.speed,
    workerId: job.workerId,
    requestId: job.requestId,
    traceparent: job.traceparent,
    attempts: job.attempts,
    frugal: job.frugal,
    error,
    createdAt: job.createdAt,
    updatedAt: job.updatedAt,
    startedAt: job.startedAt,
    finishedAt: job.finishedAt,
  };
}
