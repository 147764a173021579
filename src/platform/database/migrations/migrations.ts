import type { Constructor } from '@mikro-orm/core';
import type { Migration } from '@mikro-orm/migrations';
import { Migration001Transcription } from './migration-001-transcription.js';
import { Migration002Accounts } from './migration-002-accounts.js';
import { Migration003SignIn } from './migration-003-sign-in.js';
import { Migration005Audit } from './migration-005-audit.js';
import { Migration006Usage } from './migration-006-usage.js';
import { Migration007Media } from './migration-007-media.js';
import { Migration008UploadSessions } from './migration-008-upload-sessions.js';
import { Migration009AudioTrack } from './migration-009-audio-track.js';
import { Migration010Idempotency } from './migration-010-idempotency.js';
import { Migration011KnownAddresses } from './migration-011-known-addresses.js';
import { Migration012MediaLife } from './migration-012-media-life.js';
import { Migration013BootstrapPasswords } from './migration-013-bootstrap-passwords.js';
import { Migration014WaitingUploads } from './migration-014-waiting-uploads.js';
import { Migration015JobLife } from './migration-015-job-life.js';
import { Migration016TranscriptDrafts } from './migration-016-transcript-drafts.js';
import { Migration017Webhooks } from './migration-017-webhooks.js';
import { Migration018Workers } from './migration-018-workers.js';
import { Migration019BatchesAndStreams } from './migration-019-batches-and-streams.js';
import { Migration020UploadPieces } from './migration-020-upload-pieces.js';
import { Migration021BatchesDeletionsTexts } from './migration-021-batches-deletions-texts.js';
import { Migration022DecodingOptions } from './migration-022-decoding-options.js';
import { Migration023FruitlessAttempts } from './migration-023-fruitless-attempts.js';
import { Migration024HeardLanguages } from './migration-024-heard-languages.js';
import { Migration025DeliveryLogs } from './migration-025-delivery-logs.js';
import { Migration026OpenAiCalls } from './migration-026-openai-calls.js';
import { Migration027EndedJobs } from './migration-027-ended-jobs.js';
import { Migration030TranscriptVersions } from './migration-030-transcript-versions.js';
import { Migration031Search } from './migration-031-search.js';
import { Migration032MediaPeaks } from './migration-032-media-peaks.js';
import { Migration040Administration } from './migration-040-administration.js';
import { Migration041LastSignIn } from './migration-041-last-sign-in.js';

/** In the order in which they are applied. A migration that was released is never changed again. */
export const MIGRATIONS: readonly { name: string; class: Constructor<Migration> }[] = [
  { name: '001-transcription', class: Migration001Transcription },
  { name: '002-accounts', class: Migration002Accounts },
  { name: '003-sign-in', class: Migration003SignIn },
  { name: '005-audit', class: Migration005Audit },
  { name: '006-usage', class: Migration006Usage },
  { name: '007-media', class: Migration007Media },
  { name: '008-upload-sessions', class: Migration008UploadSessions },
  { name: '009-audio-track', class: Migration009AudioTrack },
  { name: '010-idempotency', class: Migration010Idempotency },
  { name: '011-known-addresses', class: Migration011KnownAddresses },
  { name: '012-media-life', class: Migration012MediaLife },
  { name: '013-bootstrap-passwords', class: Migration013BootstrapPasswords },
  { name: '014-waiting-uploads', class: Migration014WaitingUploads },
  { name: '015-job-life', class: Migration015JobLife },
  { name: '016-transcript-drafts', class: Migration016TranscriptDrafts },
  { name: '017-webhooks', class: Migration017Webhooks },
  { name: '018-workers', class: Migration018Workers },
  { name: '019-batches-and-streams', class: Migration019BatchesAndStreams },
  { name: '020-upload-pieces', class: Migration020UploadPieces },
  { name: '021-batches-deletions-texts', class: Migration021BatchesDeletionsTexts },
  { name: '022-decoding-options', class: Migration022DecodingOptions },
  { name: '023-fruitless-attempts', class: Migration023FruitlessAttempts },
  { name: '024-heard-languages', class: Migration024HeardLanguages },
  { name: '025-delivery-logs', class: Migration025DeliveryLogs },
  { name: '026-openai-calls', class: Migration026OpenAiCalls },
  { name: '027-ended-jobs', class: Migration027EndedJobs },
  { name: '030-transcript-versions', class: Migration030TranscriptVersions },
  { name: '031-search', class: Migration031Search },
  { name: '032-media-peaks', class: Migration032MediaPeaks },
  { name: '040-administration', class: Migration040Administration },
  { name: '041-last-sign-in', class: Migration041LastSignIn },
];
