/**
 * A condition that is always true, and lets the transaction it is evaluated in end without waiting for the disk. When the database crashes
 * within the next moment, all of that transaction may be gone: only for what is written again by itself, and what nobody relies on before
 * something later was committed, since no commit is kept without those before it.
 */
export const COMMIT_EARLY = `set_config('synchronous_commit', 'off', true) = 'off'`;
