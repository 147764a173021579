/** Any number will do, as long as every version of the service uses the same one. A backup holds it exclusively while it runs. */
const BACKUP_LOCK = 7_246_120_932;

/** Waits for nobody. The lock ends with the session, however that ends. */
export const TAKE_BACKUP_LOCK = `select pg_try_advisory_lock(${BACKUP_LOCK}) as taken`;

/**
 * Whether no backup runs. Whoever deletes what a backup may still have to read asks after it was committed that nothing names it: a
 * backup that is not seen then begins later, and does not know of it.
 */
export const ASK_FOR_BACKUP = `select pg_try_advisory_xact_lock_shared(${BACKUP_LOCK}) as free`;
