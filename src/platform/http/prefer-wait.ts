import { AppError } from '../errors/app-error.js';

const MAX_WAIT_SECONDS = 300;

/**
 * How long the client is ready to wait for the outcome, from "Prefer: wait=SECONDS" (RFC 7240); 0 without it. Longer wishes are cut to
 * five minutes; `Preference-Applied` tells what holds.
 */
export function parsePreferWait(header: string | undefined): number {
  const match = /(?:^|[,;\s])wait=("?)(\d{1,9})\1(?:$|[,;\s])/.exec(header ?? '');
  if (match !== null) return Math.min(Number(match[2]), MAX_WAIT_SECONDS);
  if (/(?:^|[,;\s])wait\b/.test(header ?? '')) {
    throw new AppError(
      'malformed_request',
      'The header "Prefer: wait" needs whole seconds, as in "Prefer: wait=60".',
    );
  }
  return 0;
}
