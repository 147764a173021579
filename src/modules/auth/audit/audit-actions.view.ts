import type { Role, Scope } from '../access/scopes.policy.js';

/** What may be told of an act besides who, what and when. Never a secret, a file name or what somebody said. */
interface DetailTypes {
  readonly username: string;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  readonly expires_at: string | null;
  readonly user_id: string;
  /** Of the session that begins. */
  readonly session_id: string;
  readonly media_file_id: string;
  readonly model: string;
  readonly priority: string;
  readonly format: string;
  /** Of a transcript. */
  readonly version: number;
  /** How many were ended or deleted. */
  readonly sessions: number;
  readonly api_keys: number;
  readonly jobs: number;
  readonly media_files: number;
  /** Null: for good; 0: until the jobs have ended. */
  readonly kept_days: number | null;
  /** Quotas that a user has of their own. Null: as the settings say; 0: no limit. */
  readonly max_active_jobs: number | null;
  readonly max_audio_minutes_per_day: number | null;
  readonly storage_quota_mb: number | null;
  /** The value of a setting, as it is written in the environment. */
  readonly before: string;
  readonly after: string;
  readonly pause_seconds: number;
  /** How many failures were not told since the last that was. */
  readonly left_out: number;
  /** By which an export was narrowed down, as in its query. */
  readonly filter: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export const OBJECT_KINDS = [
  'user',
  'session',
  'api_key',
  'model',
  'worker',
  'job',
  'upload',
  'media',
  'transcript',
  'webhook',
  'webhook_delivery',
  'voice',
  'audit_trail',
  'storage',
  'setting',
] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

export const OUTCOMES = ['success', 'failure'] as const;
export type Outcome = (typeof OUTCOMES)[number];

interface ActionEntry {
  readonly object: ObjectKind;
  readonly outcome: Outcome;
  readonly details: readonly (keyof DetailTypes)[];
}

/** Every act that the trail tells of, with the details that it may have. Names are stable. docs/audit.md explains them. */
export const AUDIT_ACTIONS = {
  'sign_in.succeeded': { object: 'user', outcome: 'success', details: [] },
  'sign_in.failed': { object: 'user', outcome: 'failure', details: ['left_out'] },
  'sign_in.limited': { object: 'user', outcome: 'failure', details: ['pause_seconds'] },
  sign_out: { object: 'session', outcome: 'success', details: [] },
  'session.ended': { object: 'session', outcome: 'success', details: [] },
  'session.reuse_detected': { object: 'session', outcome: 'failure', details: ['user_id'] },
  'password.changed': { object: 'user', outcome: 'success', details: ['sessions', 'api_keys', 'session_id'] },
  'password.change_failed': { object: 'user', outcome: 'failure', details: ['left_out'] },
  'api_key.created': { object: 'api_key', outcome: 'success', details: ['scopes', 'expires_at'] },
  'api_key.revoked': { object: 'api_key', outcome: 'success', details: [] },
  'first_administrator.created': { object: 'user', outcome: 'success', details: ['username'] },
  'first_administrator.password_replaced': { object: 'user', outcome: 'success', details: [] },
  'user.created': { object: 'user', outcome: 'success', details: ['username', 'role'] },
  'user.role_changed': { object: 'user', outcome: 'success', details: ['role', 'sessions'] },
  'user.quotas_changed': {
    object: 'user',
    outcome: 'success',
    details: ['max_active_jobs', 'max_audio_minutes_per_day', 'storage_quota_mb'],
  },
  'user.disabled': { object: 'user', outcome: 'success', details: ['sessions'] },
  'user.enabled': { object: 'user', outcome: 'success', details: [] },
  'user.signed_out': { object: 'user', outcome: 'success', details: ['sessions'] },
  'user.password_reset': { object: 'user', outcome: 'success', details: ['sessions'] },
  'user.deleted': {
    object: 'user',
    outcome: 'success',
    details: ['sessions', 'api_keys', 'jobs', 'media_files'],
  },
  'user.deletion_failed': { object: 'user', outcome: 'failure', details: ['left_out'] },
  'user.data_exported': { object: 'user', outcome: 'success', details: [] },
  'model.pull_started': { object: 'model', outcome: 'success', details: [] },
  'model.pull_cancelled': { object: 'model', outcome: 'success', details: [] },
  'model.removed': { object: 'model', outcome: 'success', details: [] },
  'worker.paused': { object: 'worker', outcome: 'success', details: [] },
  'worker.resumed': { object: 'worker', outcome: 'success', details: [] },
  'worker.drained': { object: 'worker', outcome: 'success', details: [] },
  'upload.cancelled': { object: 'upload', outcome: 'success', details: [] },
  'job.created': { object: 'job', outcome: 'success', details: ['media_file_id', 'model'] },
  'job.cancelled': { object: 'job', outcome: 'success', details: [] },
  'job.cancelled_by_admin': { object: 'job', outcome: 'success', details: ['user_id'] },
  'job.retried_by_admin': { object: 'job', outcome: 'success', details: ['user_id'] },
  'job.retried': { object: 'job', outcome: 'success', details: [] },
  'job.priority_changed': { object: 'job', outcome: 'success', details: ['priority'] },
  'job.deleted': { object: 'job', outcome: 'success', details: [] },
  'job.looked_at': { object: 'job', outcome: 'success', details: ['user_id'] },
  'media.created': { object: 'media', outcome: 'success', details: [] },
  'media.exported': { object: 'media', outcome: 'success', details: [] },
  'media.deleted': { object: 'media', outcome: 'success', details: [] },
  'media.looked_at': { object: 'media', outcome: 'success', details: ['user_id'] },
  'media.expired': { object: 'media', outcome: 'success', details: ['user_id'] },
  'media.retention_changed': { object: 'user', outcome: 'success', details: ['kept_days'] },
  'transcript.edited': { object: 'transcript', outcome: 'success', details: ['version'] },
  'transcript.restored': { object: 'transcript', outcome: 'success', details: ['version'] },
  'transcript.looked_at': { object: 'transcript', outcome: 'success', details: ['user_id'] },
  'transcript.exported': { object: 'transcript', outcome: 'success', details: ['format'] },
  'voice.created': { object: 'voice', outcome: 'success', details: [] },
  'voice.renamed': { object: 'voice', outcome: 'success', details: [] },
  'voice.deleted': { object: 'voice', outcome: 'success', details: [] },
  'webhook.created': { object: 'webhook', outcome: 'success', details: [] },
  'webhook.changed': { object: 'webhook', outcome: 'success', details: [] },
  'webhook.disabled': { object: 'webhook', outcome: 'success', details: ['user_id'] },
  'webhook.deleted': { object: 'webhook', outcome: 'success', details: [] },
  'webhook.secret_rotated': { object: 'webhook', outcome: 'success', details: [] },
  'webhook.callback_secret_rotated': { object: 'user', outcome: 'success', details: [] },
  'webhook.tested': { object: 'webhook', outcome: 'success', details: [] },
  'webhook.redelivered': { object: 'webhook_delivery', outcome: 'success', details: [] },
  'storage.collection_started': { object: 'storage', outcome: 'success', details: [] },
  'setting.changed': { object: 'setting', outcome: 'success', details: ['before', 'after'] },
  'audit.exported': { object: 'audit_trail', outcome: 'success', details: ['format', 'filter'] },
} as const satisfies Record<string, ActionEntry>;

export type AuditAction = keyof typeof AUDIT_ACTIONS;
export const AUDIT_ACTION_NAMES = Object.keys(AUDIT_ACTIONS) as AuditAction[];

/** The details of an act: all of those that its entry names, and no others. */
export type AuditDetails<A extends AuditAction> = Pick<
  DetailTypes,
  (typeof AUDIT_ACTIONS)[A]['details'][number]
>;
