import type { AuditAction, AuditEvent } from '@whisper-transcriber/client-sdk';

/** Those that can be looked for. */
export const AUDIT_ACTIONS = [
  'sign_in.succeeded',
  'sign_in.failed',
  'sign_in.limited',
  'sign_out',
  'session.ended',
  'session.reuse_detected',
  'password.changed',
  'password.change_failed',
  'api_key.created',
  'api_key.revoked',
  'first_administrator.created',
  'first_administrator.password_replaced',
  'user.created',
  'user.role_changed',
  'user.quotas_changed',
  'user.disabled',
  'user.enabled',
  'user.signed_out',
  'user.password_reset',
  'user.deleted',
  'user.deletion_failed',
  'user.data_exported',
  'model.pull_started',
  'model.pull_cancelled',
  'model.removed',
  'worker.paused',
  'worker.resumed',
  'worker.drained',
  'upload.cancelled',
  'job.created',
  'job.cancelled',
  'job.cancelled_by_admin',
  'job.retried_by_admin',
  'job.retried',
  'job.priority_changed',
  'job.deleted',
  'job.looked_at',
  'media.created',
  'media.exported',
  'media.deleted',
  'media.looked_at',
  'media.expired',
  'media.retention_changed',
  'transcript.edited',
  'transcript.restored',
  'transcript.looked_at',
  'transcript.exported',
  'webhook.created',
  'webhook.changed',
  'webhook.disabled',
  'webhook.deleted',
  'webhook.secret_rotated',
  'webhook.callback_secret_rotated',
  'webhook.tested',
  'webhook.redelivered',
  'storage.collection_started',
  'setting.changed',
  'audit.exported',
] as const satisfies readonly AuditAction[];

/** "User: role changed" for `user.role_changed`. */
export function actionWords(action: AuditAction): string {
  const words = action.replaceAll('_', ' ').replace('.', ': ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Who did it. */
export function actorWords({ actor_kind: kind, actor_name: name }: AuditEvent): string {
  if (kind === 'local') return 'the user of this machine';
  if (kind === 'system') return 'the service';
  return name ?? 'somebody not signed in';
}
