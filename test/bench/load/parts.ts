import { processTree, residentMib, sharedResidentMib } from '../measures/process-tree.js';
import type { LoadRoom } from './room.js';

const SAMPLE_MS = 3000;

/** One look: resident memory in MiB, processor time in seconds. */
export interface Sample {
  readonly seconds: number;
  readonly memory: number;
  readonly cpu: number;
}

export interface PartFigures {
  readonly part: string;
  /** Must not grow. A database fills its buffers, an engine takes what a recording needs. */
  readonly judged: boolean;
  readonly samples: readonly Sample[];
}

interface Part {
  readonly name: string;
  readonly judged: boolean;
  look(): Omit<Sample, 'seconds'>;
}

/** Looks at the processes every few seconds. */
export class PartsWatch {
  private readonly parts: readonly Part[];
  private readonly samples = new Map<string, Sample[]>();
  private readonly begin = performance.now();
  private readonly timer: NodeJS.Timeout;

  constructor(room: LoadRoom) {
    this.parts = partsOf(room);
    this.look();
    this.timer = setInterval(() => {
      this.look();
    }, SAMPLE_MS);
  }

  stop(): PartFigures[] {
    clearInterval(this.timer);
    this.look();
    return this.parts.map(({ name, judged }) => ({
      part: name,
      judged,
      samples: this.samples.get(name) ?? [],
    }));
  }

  private look(): void {
    const seconds = (performance.now() - this.begin) / 1000;
    for (const part of this.parts) {
      const own = this.samples.get(part.name) ?? [];
      own.push({ seconds, ...part.look() });
      this.samples.set(part.name, own);
    }
  }
}

function partsOf({ api, worker, postmaster }: LoadRoom): Part[] {
  const [working, name] = worker === null ? [api, 'API and worker'] : [worker, 'worker'];
  return [
    ...(worker === null ? [] : [processPart('API', api)]),
    processPart(name, working),
    treePart('engines', working, (command) => command.includes('engine.child.js')),
    treePart('PostgreSQL', postmaster, () => true),
  ];
}

function processPart(name: string, pid: number): Part {
  return {
    name,
    judged: true,
    look: () => ({
      memory: residentMib(pid),
      // Of the process alone: those that it started are other parts.
      cpu: processTree(pid).find((info) => info.pid === pid)?.ownCpuSeconds ?? 0,
    }),
  };
}

function treePart(name: string, root: number, belongs: (command: string) => boolean): Part {
  return {
    name,
    judged: false,
    look: () => {
      const processes = processTree(root).filter(({ command }) => belongs(command));
      return {
        memory: sharedResidentMib(processes),
        cpu: processes.reduce((sum, info) => sum + info.cpuSeconds, 0),
      };
    },
  };
}
