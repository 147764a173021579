import type { RunningService } from '../../support/start-service.js';
import { findEngine, peakRssMib, treeCpuSeconds } from '../measures/process-usage.js';
import { fetchTranscript, submitFile } from '../service-jobs.js';

/** One transcription by the service. */
export interface ServiceRun {
  readonly text: string;
  readonly audio_s: number;
  /** From the moment that a worker has taken the job until its transcript is stored. */
  readonly wall_s: number;
  /** Processor seconds of the engine child. */
  readonly cpu_s: number;
  /** Processor seconds of all other processes of the service (API, probe, database), from the upload to the answer. */
  readonly rest_cpu_s: number;
  /** The most resident memory of the engine child so far. */
  readonly peak_rss_mib: number;
}

export async function runService(
  service: RunningService,
  file: string,
  language: string,
): Promise<ServiceRun> {
  const before = usage(service);
  const submission = await submitFile(service.url, file, { language });
  if ('refused' in submission) throw new Error(`Refused: ${submission.refused.code}`);
  const { job } = submission;
  const transcript = await fetchTranscript(service.url, job);
  const after = usage(service);
  if (after.pid !== before.pid) throw new Error('The engine was replaced in the middle of a measurement');
  const engineSeconds = after.engineSeconds - before.engineSeconds;
  return {
    text: transcript.text,
    audio_s: transcript.duration,
    wall_s: (timeOf(job.completed_at) - timeOf(job.started_at)) / 1000,
    cpu_s: engineSeconds,
    rest_cpu_s: after.treeSeconds - before.treeSeconds - engineSeconds,
    peak_rss_mib: peakRssMib(after.pid),
  };
}

function usage(service: RunningService): { pid: number; engineSeconds: number; treeSeconds: number } {
  const engine = findEngine(service.pid);
  if (engine === null) throw new Error('The service has no engine child');
  return { pid: engine.pid, engineSeconds: engine.cpuSeconds, treeSeconds: treeCpuSeconds(service.pid) };
}

function timeOf(time: string | null): number {
  if (time === null) throw new Error('The job was never begun or has not ended');
  return Date.parse(time);
}
