import { availableParallelism } from 'node:os';
import { HashingThread, type FollowedFile } from './hashing-thread.js';

const MOST_THREADS = 4;

/** As many threads as are of use, started when they are needed first; one that ended is replaced. */
export class HashingThreads {
  private threads: HashingThread[] = [];
  private readonly most = Math.min(availableParallelism(), MOST_THREADS);

  follow(path: string): FollowedFile {
    return this.leastBusy().follow(path);
  }

  private leastBusy(): HashingThread {
    this.threads = this.threads.filter(({ isLost }) => !isLost);
    const idle = this.threads.find(({ openFiles }) => openFiles === 0);
    if (idle === undefined && this.threads.length < this.most) this.threads.push(new HashingThread());
    return idle ?? this.threads.reduce((best, next) => (next.openFiles < best.openFiles ? next : best));
  }
}
