import { markdownTable, percent } from '../markdown.js';
import { countErrors, errorRate } from '../measures/error-rate.js';
import { median } from '../measures/median.js';
import type { PeerResult } from '../peer/peer-engine.js';
import type { ServiceRun } from './service-run.js';

/** One turn of each engine, one directly after the other. */
export interface Pair {
  readonly own: ServiceRun;
  readonly peer: PeerResult;
}

export interface Comparison {
  /** Name of the recording. */
  readonly name: string;
  readonly reference: string;
  readonly pairs: readonly Pair[];
}

/** A section in Markdown: what each turn took, how many times as much the peer took, and the error rates of both. */
export function renderComparison({ name, reference, pairs }: Comparison): string {
  const wall = pairs.map(({ own, peer }) => peer.wall_s / own.wall_s);
  const cpu = pairs.map(({ own, peer }) => peer.cpu_s / own.cpu_s);
  const rows = pairs.map((pair, index) => turnRow(pair, index, wall[index] ?? 0, cpu[index] ?? 0));
  const last = pairs.at(-1);
  if (last === undefined) throw new Error('Nothing was measured');
  const rest = median(pairs.map(({ own }) => own.rest_cpu_s));
  const spoken = last.own.audio_s;
  return [
    `### \`${name}\` (${(spoken / 60).toFixed(1)} minutes)\n`,
    `Word error rate: **${rateOf(reference, last.own.text)}**, peer ${rateOf(reference, last.peer.text)}. ` +
      `The peer takes **${median(wall).toFixed(2)} times** the wall time and **${median(cpu).toFixed(2)} times** the CPU ` +
      `(medians of the pairs). The fastest turn transcribed ${fastest(pairs, spoken)} seconds of audio a second.\n`,
    markdownTable(['pair', 'wall', 'peer', 'ratio', 'CPU', 'peer', 'ratio', 'peak memory', 'peer'], rows),
    `\nAPI, probe and database took another ${rest.toFixed(1)} s of CPU a job (median).\n`,
  ].join('\n');
}

function turnRow({ own, peer }: Pair, index: number, wall: number, cpu: number): string[] {
  return [
    `${index + 1}`,
    `${own.wall_s.toFixed(1)} s`,
    `${peer.wall_s.toFixed(1)} s`,
    wall.toFixed(2),
    `${own.cpu_s.toFixed(1)} s`,
    `${peer.cpu_s.toFixed(1)} s`,
    cpu.toFixed(2),
    `${own.peak_rss_mib.toFixed(0)} MiB`,
    `${peer.peak_rss_mib.toFixed(0)} MiB`,
  ];
}

function rateOf(reference: string, text: string): string {
  return percent(errorRate([countErrors(reference, text, 'en')]));
}

function fastest(pairs: readonly Pair[], audioSeconds: number): string {
  return (audioSeconds / Math.min(...pairs.map(({ own }) => own.wall_s))).toFixed(0);
}
