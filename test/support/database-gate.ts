import pg from 'pg';

const LOCK = 4711;
const HELD_UP = `from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
const WAITING = `${HELD_UP} and wait_event = 'advisory'`;

/** Stops statements inside the database, so that a test can act at that very moment. */
export class DatabaseGate {
  private constructor(private readonly client: pg.Client) {}

  /** @param event what is stopped, as in "before insert on api_keys for each row" */
  static async close(url: string, event: string): Promise<DatabaseGate> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`
      select pg_advisory_lock(${LOCK});
      create function wait_at_gate() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock_shared(${LOCK}); return new; end $$;
      create trigger gate ${event} execute function wait_at_gate()`);
    return new DatabaseGate(client);
  }

  async countWaiting(): Promise<number> {
    return (await this.client.query(`select 1 ${WAITING}`)).rows.length;
  }

  /** With those who wait for somebody who waits at the gate. */
  async countHeldUp(): Promise<number> {
    return (await this.client.query(`select 1 ${HELD_UP}`)).rows.length;
  }

  /** Lets everybody go on. */
  async open(): Promise<void> {
    await this.client.query(`select pg_advisory_unlock(${LOCK})`);
    await this.client.query('drop function wait_at_gate cascade');
    await this.client.end();
  }

  /** Takes back what waits, as when its client is gone, and lets everybody else go on. */
  async openForOthers(): Promise<void> {
    await this.client.query(`select pg_terminate_backend(pid) ${WAITING}`);
    await this.open();
  }
}
