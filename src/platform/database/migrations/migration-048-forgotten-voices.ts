import { Migration } from '@mikro-orm/migrations';

/**
 * The state of a diarizer holds embeddings of everybody who was heard, which are kept only while their job runs. A job is ended by its
 * worker, by its user and by whoever finds its lease run out: what goes with each end is seen to where all of them come through.
 */
export class Migration048ForgottenVoices extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create function forget_heard_voices() returns trigger language plpgsql as $$
      begin
        update transcript_drafts set diarizer_state = null where job_id = new.id and diarizer_state is not null;
        return null;
      end $$`);
    this.addSql(`
      create trigger jobs_forget_heard_voices after update of status on jobs for each row
        when (new.status in ('completed', 'failed', 'cancelled'))
        execute function forget_heard_voices()`);
    this.addSql(`
      update transcript_drafts set diarizer_state = null from jobs
      where diarizer_state is not null and jobs.id = job_id and jobs.status in ('completed', 'failed', 'cancelled')`);
  }

  override async down(): Promise<void> {
    this.addSql('drop trigger jobs_forget_heard_voices on jobs');
    this.addSql('drop function forget_heard_voices');
  }
}
