import { searchTranscripts, type SearchHit } from '@whisper-transcriber/client-sdk';
import { problemOf, type ProblemWords } from '../api/problem';
import { api } from '../api/service';
import { queryOf, readFilter } from './search-filter';

/** What was found last. It outlives the page, so that whoever comes back to it finds it as it was. */
class TranscriptSearch {
  hits = $state.raw<readonly SearchHit[]>([]);
  /** Whether `hits` are the answer to what is asked; until then they are that to what was asked before. */
  answered = $state(false);
  problem = $state.raw<ProblemWords | null>(null);
  /** The address of the hit that was followed last, where a reader who comes back goes on. */
  followed: string | null = null;
  private cursor = $state.raw<string | null>(null);
  private reading = new AbortController();
  private user = '';
  private address: string | null = null;

  hasMore = $derived(this.cursor !== null);

  /** Answers for the query of a page's address, unless it has done so; what it was asked before does not matter any more. */
  async ask(user: string, address: string): Promise<void> {
    if (user === this.user && address === this.address && this.problem === null) return;
    if (user !== this.user) this.hits = [];
    if (address !== this.address) this.followed = null;
    this.user = user;
    this.address = address;
    this.cursor = null;
    await this.read();
  }

  /** Reads the next page, or that which could not be read. */
  async read(): Promise<void> {
    this.reading.abort();
    this.reading = new AbortController();
    const { signal } = this.reading;
    const { cursor } = this;
    const query = queryOf(readFilter(new URLSearchParams(this.address ?? '')));
    this.problem = null;
    this.answered = false;
    if (query === null) {
      this.hits = [];
      return;
    }
    try {
      const { data } = await searchTranscripts({
        client: api,
        query: { ...query, ...(cursor !== null && { cursor }) },
        signal,
      });
      if (signal.aborted) return;
      this.hits = cursor === null ? data.hits : [...this.hits, ...data.hits];
      this.cursor = data.next_cursor;
      this.answered = true;
    } catch (error) {
      if (!signal.aborted) this.problem = problemOf(error);
    }
  }
}

export const transcriptSearch = new TranscriptSearch();
