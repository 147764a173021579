import type { HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { AppError } from '../errors/app-error.js';

const PROBE_TIMEOUT_MS = 2000;

type Session = ReturnType<HealthIndicatorService['check']>;

/**
 * Runs one readiness check: an error or a silence of two seconds is "down", never an exception and never a probe that hangs. The reason
 * that goes out is our own sentence; what the driver says may name hosts.
 */
export async function probeHealth(
  session: Session,
  probe: () => Promise<void>,
): Promise<HealthIndicatorResult> {
  const timeout = new AbortController();
  const timer = setTimeout(() => {
    timeout.abort();
  }, PROBE_TIMEOUT_MS);
  const silence = new Promise<never>((_resolve, reject) => {
    timeout.signal.addEventListener('abort', () => {
      reject(new AppError('service_unavailable', 'No answer in time.'));
    });
  });
  try {
    await Promise.race([probe(), silence]);
    return session.up();
  } catch (error) {
    return session.down({ reason: error instanceof AppError ? error.detail : 'It does not answer.' });
  } finally {
    clearTimeout(timer);
  }
}
