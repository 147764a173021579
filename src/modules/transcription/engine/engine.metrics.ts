import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';

/** Why an engine gave way to another: it was lost, had grown too much, or another model was asked for. */
export const REPLACEMENT_REASONS = ['lost', 'grown', 'model'] as const;
export type ReplacementReason = (typeof REPLACEMENT_REASONS)[number];

/** Series about the engines of this process. */
@Injectable()
export class EngineMetrics {
  private readonly replacements = new Counter({
    name: 'whisper_engine_restarts_total',
    help: 'Engines that gave way to another: lost, grown too much, or for another model',
    labelNames: ['reason'],
  });

  constructor() {
    for (const reason of REPLACEMENT_REASONS) this.replacements.inc({ reason }, 0);
  }

  countReplacement(reason: ReplacementReason): void {
    this.replacements.inc({ reason });
  }
}
