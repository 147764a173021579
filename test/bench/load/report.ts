import { markdownTable } from '../markdown.js';
import { median } from '../measures/median.js';
import type { PartFigures, Sample } from './parts.js';
import { LISTENERS, type KindFigures, type LoadFigures } from './plan.js';

/** Milliseconds, of `GET /jobs/{id}`. */
const P99_LIMIT_MS = 50;
const JUDGED_KIND = 'one job';
/** How much more memory a process may have in the last fifth than in the middle one: what garbage collection does by itself is below it. */
const GROWTH_LIMIT = 0.1;
const LEAST_LOOKS_AT_TWO = 0.95;
const SECTIONS = 5;

/** What was wanted and is not so, in words; none: all is well. */
export function shortfalls(figures: LoadFigures, parts: readonly PartFigures[]): string[] {
  const { kinds, listeners, looks, looksAtTwoJobs } = figures;
  const found: string[] = [];
  for (const [what, count] of Object.entries(figures.errors)) found.push(`${count} × ${what}`);
  const judged = kinds.find(({ kind }) => kind === JUDGED_KIND);
  if (judged === undefined || judged.p99 > P99_LIMIT_MS)
    found.push(`p99 of ${JUDGED_KIND} is ${(judged?.p99 ?? NaN).toFixed(1)} ms, not at most ${P99_LIMIT_MS}`);
  if (listeners.open !== LISTENERS) found.push(`${listeners.open} of ${LISTENERS} listeners were let in`);
  if (listeners.cut > 0) found.push(`${listeners.cut} streams were cut`);
  if (listeners.missed > 0) found.push(`${listeners.missed} listeners missed events`);
  if (looksAtTwoJobs < looks * LEAST_LOOKS_AT_TWO)
    found.push(`two jobs were at work at ${looksAtTwoJobs} of ${looks} looks only`);
  for (const { part, judged: isJudged, samples } of parts)
    if (isJudged && growthOf(samples) > GROWTH_LIMIT)
      found.push(
        `the memory of ${part} grew by ${(growthOf(samples) * 100).toFixed(0)} % in the second half`,
      );
  return found;
}

export function renderFigures(figures: LoadFigures, parts: readonly PartFigures[], seconds: number): string {
  const { kinds, all, errors, listeners, longJobsCompleted, looks, looksAtTwoJobs } = figures;
  const wrong = Object.values(errors).reduce((sum, count) => sum + count, 0);
  const ofKind = ({ kind, requests, p50, p95, p99 }: KindFigures): string[] => [
    kind,
    String(requests),
    ...[p50, p95, p99].map((ms) => ms.toFixed(1)),
  ];
  const listened = [
    ['requests a second', (all.requests / seconds).toFixed(0)],
    ['errors', String(wrong)],
    ['listeners', String(listeners.open)],
    ['events that they were told', String(listeners.events)],
    ['streams that were cut', String(listeners.cut)],
    ['listeners that missed an event', String(listeners.missed)],
    ['jobs of five minutes that were completed', String(longJobsCompleted)],
    ['looks that saw two jobs at work', `${looksAtTwoJobs} of ${looks}`],
  ];
  return [
    markdownTable(
      ['request', 'how many', 'p50, ms', 'p95, ms', 'p99, ms'],
      [...kinds.toSorted((a, b) => b.requests - a.requests), all].map(ofKind),
    ),
    markdownTable([`in ${seconds} s`, 'value'], listened),
    markdownTable(
      [
        'part',
        'memory at the start',
        'in the middle',
        'at the end',
        'MiB a minute, second half',
        'processors',
      ],
      parts.map(ofPart),
    ),
  ].join('\n\n');
}

function ofPart({ part, samples }: PartFigures): string[] {
  const [start, middle, end] = [0, 2, 4].map((number) => `${memoryIn(samples, number).toFixed(0)} MiB`);
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return [part];
  const processors = (last.cpu - first.cpu) / (last.seconds - first.seconds);
  const slope = slopeOf(samples.slice(Math.floor(samples.length / 2))) * 60;
  return [part, start ?? '', middle ?? '', end ?? '', slope.toFixed(2), processors.toFixed(2)];
}

function growthOf(samples: readonly Sample[]): number {
  return memoryIn(samples, SECTIONS - 1) / memoryIn(samples, 2) - 1;
}

/** The median in one fifth of the time. */
function memoryIn(samples: readonly Sample[], number: number): number {
  const at = (section: number): number => Math.floor((samples.length * section) / SECTIONS);
  return median(samples.slice(at(number), at(number + 1)).map(({ memory }) => memory));
}

/** Of the line that fits best, in MiB a second. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const time = mean(({ seconds }) => seconds);
  const memory = mean((sample) => sample.memory);
  const along = mean((sample) => (sample.seconds - time) * (sample.memory - memory));
  return along / mean(({ seconds }) => (seconds - time) ** 2);
}
