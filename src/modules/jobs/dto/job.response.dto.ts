import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageDto } from '../../../platform/http/page.response.dto.js';
import { CHANNEL_MODES, TASKS, type ChannelMode, type Task } from '../decoding-options.view.js';
import { JOB_STAGES, JOB_STATUSES, type JobStage, type JobStatus } from '../job.machine.js';
import { JOB_PRIORITIES, type JobPriority } from '../job-priority.view.js';
import type { JobView } from '../job.view.js';

/** Of the work on a job whose speakers are told apart. */
const TEXT_SHARE = 0.9;

@ApiSchema({ name: 'JobProgress' })
export class JobProgressDto {
  @ApiProperty({
    description: 'Seconds of the recording that are done; while `diarizing` they count anew',
    example: 42.5,
  })
  processed_seconds!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Length of the recording in seconds; null while unknown',
    example: 180,
  })
  total_seconds!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description:
      'Of all of the work, 0 to 100; null while the total is unknown. Where speakers are told apart the last 10 are for that',
    example: 23.6,
  })
  percent!: number | null;

  @ApiProperty({
    enum: JOB_STAGES,
    enumName: 'JobStage',
    nullable: true,
    description: 'What the worker is at; null while nobody works on it',
  })
  stage!: JobStage | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description:
      'Seconds of the recording that are done in one second; null while unknown, as when nothing was done for much longer than usual',
    example: 21.3,
  })
  speed!: number | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it will have ended if it goes on at this speed; null while unknown',
  })
  estimated_end_at!: string | null;
}

@ApiSchema({ name: 'JobError' })
export class JobErrorDto {
  @ApiProperty({ description: 'Stable code', example: 'corrupt_media' })
  code!: string;

  @ApiProperty({ description: 'The reason in words' })
  detail!: string;
}

@ApiSchema({ name: 'JobLinks' })
export class JobLinksDto {
  @ApiProperty({ description: 'This job' })
  self!: string;

  @ApiProperty({ description: 'The transcript as JSON, once the job is completed' })
  transcript!: string;

  @ApiProperty({ description: 'The transcript as a file; add ?format=txt, srt, vtt or json' })
  download!: string;
}

/** A job as it stands in lists. */
@ApiSchema({ name: 'JobSummary' })
export class JobSummaryDto {
  @ApiProperty({ format: 'uuid' })
  job_id!: string;

  @ApiProperty({ enum: JOB_STATUSES, enumName: 'JobStatus' })
  status!: JobStatus;

  @ApiProperty({ format: 'uuid', description: 'The same as job_id' })
  queue_job_id!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The recording, at /media/{media_id}; null once it was deleted',
  })
  media_id!: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The batch that it was created with, at /jobs/batches/{batch_id}',
  })
  batch_id!: string | null;

  @ApiProperty({ description: 'Name of the file as it was sent', example: 'interview.mp3' })
  original_filename!: string;

  @ApiProperty({ description: 'The model that is used', example: 'base' })
  model!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Which files of the model: a commit on the hub, or a digest of their checksums',
  })
  model_revision!: string | null;

  @ApiProperty({ enum: JOB_PRIORITIES, enumName: 'JobPriority' })
  priority!: JobPriority;

  @ApiProperty({ type: 'integer', description: 'How often a worker began it' })
  attempts!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The language that was asked for; null: detect it',
    example: 'en',
  })
  language!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The language that was heard; null until the job is completed, and where nobody spoke',
    example: 'en',
  })
  detected_language!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The audio track that was asked for, 0 being the first; null: the default one of the file',
    example: null,
  })
  track!: number | null;

  @ApiProperty({ enum: TASKS, enumName: 'Task' })
  task!: Task;

  @ApiProperty({ description: 'Whether words with their times were asked for' })
  words!: boolean;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'The temperature that was asked for; null: none',
    example: null,
  })
  temperature!: number | null;

  @ApiProperty({ enum: CHANNEL_MODES, enumName: 'ChannelMode' })
  channels!: ChannelMode;

  @ApiProperty({ description: 'Whether speakers are told apart' })
  diarize!: boolean;

  @ApiProperty({ type: 'integer', nullable: true, description: 'How many people speak, as was said' })
  num_speakers!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'The fewest that can speak, as was said' })
  min_speakers!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'The most that can speak, as was said' })
  max_speakers!: number | null;

  @ApiProperty({ type: [String], description: 'Ids of saved voices whose names speakers get' })
  known_voices!: string[];

  @ApiProperty({ type: Number, nullable: true, description: 'Length of the recording' })
  duration_seconds!: number | null;

  @ApiProperty({ type: JobProgressDto })
  progress!: JobProgressDto;

  @ApiProperty({ type: JobErrorDto, nullable: true, description: 'Why the job failed' })
  error!: JobErrorDto | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When a worker first took the job',
  })
  started_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the job ended' })
  completed_at!: string | null;

  @ApiProperty({ type: JobLinksDto })
  links!: JobLinksDto;
}

/** A job with all that is known of it. */
@ApiSchema({ name: 'Job' })
export class JobDto extends JobSummaryDto {
  @ApiProperty({
    type: Number,
    nullable: true,
    description: '1 is the next to be taken; null when the job does not wait',
  })
  queue_position!: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Text that could have been said before' })
  prompt!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Names and terms that are likely to be said' })
  hotwords!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The text, once the job is completed' })
  transcript!: string | null;
}

@ApiSchema({ name: 'DeletedJob' })
export class JobDeletedDto {
  @ApiProperty({ example: 'The job is deleted.' })
  message!: string;
}

@ApiSchema({ name: 'JobList' })
export class JobListDto extends PageDto {
  @ApiProperty({ type: [JobSummaryDto], description: 'In the order that was asked for' })
  jobs!: JobSummaryDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Gives the next page as `cursor`, whatever comes and goes meanwhile; null on the last one',
  })
  next_cursor!: string | null;
}

/** @param baseUrl put before the links; empty for links relative to the host */
export function toJobSummary(job: JobView, baseUrl: string): JobSummaryDto {
  return {
    job_id: job.id,
    status: job.status,
    queue_job_id: job.id,
    media_id: job.mediaFileId,
    batch_id: job.batchId,
    original_filename: job.originalFilename,
    model: job.model,
    model_revision: job.modelRevision,
    priority: job.priority,
    attempts: job.attempts,
    language: job.language,
    detected_language: job.detectedLanguage,
    track: job.track,
    task: job.decoding.task,
    words: job.decoding.words,
    temperature: job.decoding.temperature,
    channels: job.decoding.channels,
    diarize: job.decoding.diarize !== null,
    num_speakers: job.decoding.diarize?.exactly ?? null,
    min_speakers: job.decoding.diarize?.least ?? null,
    max_speakers: job.decoding.diarize?.most ?? null,
    known_voices: [...job.decoding.knownVoices],
    duration_seconds: job.durationSeconds === null ? null : toMilliseconds(job.durationSeconds),
    progress: toJobProgress(job),
    error: job.error === null ? null : { code: job.error.code, detail: job.error.detail },
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    completed_at: job.finishedAt?.toISOString() ?? null,
    links: linksOf(job.id, baseUrl),
  };
}

/** @param baseUrl put before the links; empty for links relative to the host */
export function linksOf(jobId: string, baseUrl: string): JobLinksDto {
  return {
    self: `${baseUrl}/jobs/${jobId}`,
    transcript: `${baseUrl}/transcripts/${jobId}`,
    download: `${baseUrl}/transcripts/${jobId}/download`,
  };
}

export function toJobResponse(
  job: JobView,
  baseUrl: string,
  queuePosition: number | null,
  transcript: string | null,
): JobDto {
  const { prompt, hotwords } = job.decoding;
  const more = { queue_position: queuePosition, prompt, hotwords, transcript };
  return Object.assign(toJobSummary(job, baseUrl), more);
}

/** Seconds to three digits: what is beyond is noise of the arithmetic. */
function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** Counted from when the job last moved on: heartbeats alone do not renew `updatedAt`. */
function estimateEnd({ durationSeconds, processedSeconds, speed, updatedAt }: JobView): Date | null {
  if (durationSeconds === null || speed === null || speed <= 0) return null;
  const secondsLeft = Math.max(0, durationSeconds - processedSeconds) / speed;
  return new Date(updatedAt.getTime() + secondsLeft * 1000);
}

/** Speakers are told apart after all of the text is there, in a tenth of the time or less. */
function doneShare({ stage, decoding }: JobView, share: number): number {
  const done = Math.min(1, share);
  if (decoding.diarize === null || stage === 'saving') return done;
  return stage === 'diarizing' ? TEXT_SHARE + (1 - TEXT_SHARE) * done : TEXT_SHARE * done;
}

/** A header may promise less than the file holds: what is done is never more than 100 percent. */
export function toJobProgress(job: JobView): JobProgressDto {
  const done = toMilliseconds(job.processedSeconds);
  const total = job.durationSeconds === null ? null : toMilliseconds(job.durationSeconds);
  const percent = total === null || total === 0 ? null : Math.round(doneShare(job, done / total) * 1000) / 10;
  return {
    processed_seconds: done,
    total_seconds: total,
    percent: job.status === 'completed' ? 100 : percent,
    stage: job.stage,
    speed: job.speed === null ? null : toMilliseconds(job.speed),
    estimated_end_at: estimateEnd(job)?.toISOString() ?? null,
  };
}
