/** How long the storms are: short in `npm test`, as one likes in `npm run test:faults -- --rounds N`. */
export const STORM_ROUNDS = numberOf('STORM_ROUNDS', 4);
/** A hundred jobs in a long one. */
export const STORM_JOBS = numberOf('STORM_JOBS', Math.min(100, STORM_ROUNDS * 4));
export const STORM_SEED = numberOf('STORM_SEED', 42);
export const STORM_LIMIT_MS = limitOf(STORM_ROUNDS);

/** A storm strikes the same short job more often than the service believes that the job is not to blame for it. */
export const STORM_ENV = { JOB_MAX_ATTEMPTS: '100', MAX_ACTIVE_JOBS_PER_USER: '0' } as const;

/** A net for hangs, of a storm of so many rounds. */
export function limitOf(rounds: number): number {
  return 180_000 + rounds * 40_000;
}

function numberOf(name: string, fallback: number): number {
  const value = process.env[name] ?? '';
  if (value === '') return fallback;
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new Error(`${name} must be a whole number from 1.`);
  return Number(value);
}
