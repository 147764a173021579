import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../../platform/database/unit-of-work.js';
import { AppError } from '../../../../platform/errors/app-error.js';
import { Clock } from '../../../../platform/runtime/clock.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { AuditTrail } from '../../../auth/audit/audit-trail.service.js';
import { TranscriptWebhooksService } from '../../../jobs/webhooks/transcript-webhooks.service.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { assertCompleted } from '../finished-job.js';
import { joinSegments, separatorIn } from '../join-segments.js';
import type { Transcript } from '../transcript.entity.js';
import { toTranscriptView } from '../to-transcript-view.js';
import type { TranscriptView } from '../transcript.view.js';
import { countWords } from './count-words.js';
import { applyEdits } from './edited-segments.js';
import { isMeant, tagOf } from './revision-tag.js';
import { readSegmentEdits } from './segment-edits.js';
import { assertNamed, readSpeakers } from './speaker-names.js';
import { TranscriptVersionsRepository } from './transcript-versions.repository.js';
import { TranscriptVersionsService } from './transcript-versions.service.js';

/** So long after its begin a version takes what the same person saves. */
const FOLD_MS = 10 * 60_000;

/** What takes the place of what there is; absent: stays. */
export interface TranscriptChange {
  readonly segments?: readonly unknown[];
  readonly speakers?: Readonly<Record<string, unknown>>;
}

type Content = Pick<Transcript, 'kind' | 'restoredFrom' | 'text' | 'segments' | 'speakers'>;
/** Which version something becomes part of. */
type Place = Pick<Transcript, 'version' | 'authorId' | 'authorName' | 'beganAt'>;

/** Changes transcripts, each change on the state that its author has seen. */
@Injectable()
export class TranscriptEditsService {
  constructor(
    private readonly repository: TranscriptVersionsRepository,
    private readonly versions: TranscriptVersionsService,
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobsService,
    private readonly audit: AuditTrail,
    private readonly webhooks: TranscriptWebhooksService,
    private readonly clock: Clock,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /**
   * Saves what somebody wrote. It becomes a version, or a part of the one that the same person has begun within ten minutes.
   *
   * @param ifMatch the tag of the state that it is a change of
   * @throws AppError job_not_found, transcript_not_ready, transcript_unavailable, transcript_version_unnamed, transcript_changed,
   *   validation_failed
   */
  save(
    actor: KnownActor,
    jobId: string,
    ifMatch: string | undefined,
    change: TranscriptChange,
  ): Promise<TranscriptView> {
    return this.change(actor, jobId, ifMatch, (transcript) => Promise.resolve(toContent(transcript, change)));
  }

  /**
   * Makes an earlier version the newest one. Those after it stay.
   *
   * @param ifMatch the tag of the state that it takes the place of
   * @throws AppError transcript_version_not_found, and what `save` throws but validation_failed
   */
  restore(
    actor: KnownActor,
    jobId: string,
    number: number,
    ifMatch: string | undefined,
  ): Promise<TranscriptView> {
    return this.change(actor, jobId, ifMatch, async (transcript) => {
      const { text, segments, speakers } = await this.versions.find(transcript, number);
      return { kind: 'restored', restoredFrom: number, text, segments, speakers };
    });
  }

  private async change(
    actor: KnownActor,
    jobId: string,
    ifMatch: string | undefined,
    decide: (transcript: Transcript) => Promise<Content>,
  ): Promise<TranscriptView> {
    const job = await this.jobs.get(actor.principal, jobId);
    assertCompleted(job);
    if (ifMatch === undefined)
      throw new AppError('transcript_version_unnamed', 'Send the ETag of the transcript as If-Match.');
    return this.unitOfWork.run(async () => {
      const transcript = await this.repository.lock(job.id);
      if (transcript === null) throw new AppError('job_not_found', 'There is no job with this id.');
      if (!isMeant(ifMatch, transcript)) throw changedSince(transcript);
      const content = await decide(transcript);
      if (isSame(content, transcript)) return toTranscriptView(transcript);
      return this.write(actor, transcript, content);
    });
  }

  private async write(actor: KnownActor, transcript: Transcript, content: Content): Promise<TranscriptView> {
    const now = this.clock.now();
    const isFold = isFolded(transcript, content, actor, now);
    const place = isFold ? placeOf(transcript) : await this.begin(actor, transcript, content, now);
    const state = { ...content, ...place, savedAt: now, revision: transcript.revision + 1 };
    await this.repository.replace(transcript.jobId, state);
    const { text, segments, speakers, version, revision } = state;
    return { ...toTranscriptView(transcript), text, segments, speakers, version, revision };
  }

  /** Keeps what there is as an earlier version, and no more of them than may be kept. */
  private async begin(
    actor: KnownActor,
    { jobId, version: before, segments, text }: Transcript,
    { kind }: Content,
    beganAt: Date,
  ): Promise<Place> {
    await this.repository.keep(jobId, { segmentCount: segments.length, wordCount: countWords(text) });
    const { userId: authorId, username: authorName } = actor.principal;
    const version = before + 1;
    await this.repository.deleteOlderThan(jobId, version - this.config.transcripts.keptVersions + 1);
    const action = kind === 'restored' ? 'transcript.restored' : 'transcript.edited';
    await this.audit.record(actor, action, jobId, { version });
    await this.webhooks.tellUpdated(authorId, { jobId, version, at: beganAt });
    return { version, authorId, authorName, beganAt };
  }
}

function placeOf({ version, authorId, authorName, beganAt }: Transcript): Place {
  return { version, authorId, authorName, beganAt };
}

function toContent(transcript: Transcript, change: TranscriptChange): Content {
  const language = transcript.writtenIn;
  const speakers = change.speakers === undefined ? transcript.speakers : readSpeakers(change.speakers);
  const segments =
    change.segments === undefined
      ? transcript.segments
      : editSegments(transcript, change.segments, speakers, language);
  assertNamed(segments, speakers);
  const text = joinSegments(segments, language);
  return { kind: 'edited', restoredFrom: null, text, segments, speakers };
}

function editSegments(
  { segments: before, durationSeconds: duration }: Transcript,
  segments: readonly unknown[],
  speakers: Transcript['speakers'],
  language: string | null,
): Transcript['segments'] {
  const channels = new Set(before.flatMap(({ channel }) => (channel === undefined ? [] : [channel])));
  // The engine may hear the last words end a little after the recording; who saves them again has done nothing wrong.
  const heardUntil = before.reduce((latest, { end }) => Math.max(latest, end), duration);
  const edits = readSegmentEdits(segments, { duration: heardUntil, speakers, channels });
  return applyEdits(edits, before, separatorIn(language) !== '');
}

/** A version that somebody restored or that another has made takes nothing more. */
function isFolded(
  { kind, authorId, beganAt }: Transcript,
  content: Content,
  { principal }: KnownActor,
  now: Date,
): boolean {
  const isOwnEdit = kind === 'edited' && content.kind === 'edited' && authorId === principal.userId;
  return isOwnEdit && now.getTime() - beganAt.getTime() < FOLD_MS;
}

function isSame(content: Content, transcript: Transcript): boolean {
  return (
    content.kind === 'edited' &&
    isDeepStrictEqual([content.segments, content.speakers], [transcript.segments, transcript.speakers])
  );
}

function changedSince(transcript: Transcript): AppError {
  const { version, kind, authorId, authorName, savedAt } = transcript;
  return new AppError('transcript_changed', `Version ${version} was saved meanwhile.`, {
    members: {
      current_version: {
        number: version,
        kind,
        author: authorId === null ? null : { id: authorId, name: authorName },
        saved_at: savedAt.toISOString(),
        etag: tagOf(transcript),
      },
    },
  });
}
