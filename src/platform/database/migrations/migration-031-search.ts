import { Migration } from '@mikro-orm/migrations';

/** Languages with rules of their own in every PostgreSQL, by the codes of Whisper. All others are searched word by word as it stands. */
const CONFIGS = {
  ar: 'arabic',
  ca: 'catalan',
  da: 'danish',
  de: 'german',
  el: 'greek',
  en: 'english',
  es: 'spanish',
  eu: 'basque',
  fi: 'finnish',
  fr: 'french',
  hi: 'hindi',
  hu: 'hungarian',
  hy: 'armenian',
  id: 'indonesian',
  it: 'italian',
  lt: 'lithuanian',
  ne: 'nepali',
  nl: 'dutch',
  nn: 'norwegian',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sr: 'serbian',
  sv: 'swedish',
  ta: 'tamil',
  tr: 'turkish',
  yi: 'yiddish',
};

/** The language that transcripts are written in, and the search of their texts, which the database keeps up to date. */
export class Migration031Search extends Migration {
  override async up(): Promise<void> {
    this.addSql('alter table transcripts add column written_in text');
    this.addSql(`
      update transcripts set written_in = case when jobs.decoding->>'task' = 'translate' then 'en' else transcripts.language end
      from jobs where jobs.id = transcripts.job_id`);
    const cases = Object.entries(CONFIGS).map(
      ([code, config]) => `when '${code}' then 'pg_catalog.${config}'::regconfig`,
    );
    this.addSql(`
      create function transcript_config(language text) returns regconfig language sql immutable parallel safe
      return case language ${cases.join(' ')} else 'pg_catalog.simple'::regconfig end`);
    // A text with too many different words for a vector is still a transcript: its beginning is found.
    this.addSql(`
      create function transcript_vector(config regconfig, content text) returns tsvector language plpgsql immutable parallel safe as $$
      begin
        return to_tsvector(config, content);
      exception when program_limit_exceeded then
        return to_tsvector(config, left(content, 100000));
      end $$`);
    // One that an index can be asked for; which rows are meant in which language is looked at after that.
    const languages = [...new Set(Object.values(CONFIGS)), 'simple'];
    const queries = languages.map((config) => `websearch_to_tsquery('pg_catalog.${config}', words)`);
    this.addSql(`
      create function transcript_query(words text) returns tsquery language sql immutable parallel safe
      return ${queries.join(' || ')}`);
    this.addSql(`
      alter table transcripts add column search tsvector generated always as (transcript_vector(transcript_config(written_in), text)) stored`);
    this.addSql('create index transcripts_search on transcripts using gin (search)');
  }

  override async down(): Promise<void> {
    this.addSql('alter table transcripts drop column search, drop column written_in');
    this.addSql('drop function transcript_query(text)');
    this.addSql('drop function transcript_vector(regconfig, text)');
    this.addSql('drop function transcript_config(text)');
  }
}
