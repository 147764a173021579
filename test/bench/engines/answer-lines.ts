import { createInterface } from 'node:readline';
import type { EngineResult, EngineTask, EngineWord } from './engine-process.js';

const MICROSECONDS = 1e6;
const KIB_PER_MIB = 1024;

export interface Heard {
  readonly text: string;
  readonly language: string | null;
  readonly words: readonly EngineWord[] | null;
}

/** Says that the engine is ready, then answers each line of standard input with what `transcribe` hears and what that took. */
export async function answerLines(transcribe: (task: EngineTask) => Promise<Heard>): Promise<void> {
  process.stdout.write('{}\n');
  for await (const line of createInterface({ input: process.stdin })) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const heard = await transcribe(JSON.parse(line) as EngineTask);
    const { user, system } = process.cpuUsage(cpu);
    const result: EngineResult = {
      ...heard,
      wall_s: (performance.now() - start) / 1000,
      cpu_s: (user + system) / MICROSECONDS,
      peak_rss_mib: process.resourceUsage().maxRSS / KIB_PER_MIB,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}
