import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { sendEvents, type ServerSentEvent } from '../../../platform/http/event-stream.js';
import { whenClientGone } from '../../../platform/http/client-gone.js';
import { Shutdown } from '../../../platform/runtime/shutdown.js';
import { CredentialsWatchService } from '../../auth/access/credentials-watch.service.js';
import type { HeldCredentials } from '../../auth/access/held-credentials.view.js';
import { StreamSlots } from './stream-slots.service.js';

/** Answers with streams, each of which ends with its client, with the credentials that opened it, and with the service. */
@Injectable()
export class EventStreams {
  constructor(
    private readonly slots: StreamSlots,
    private readonly credentials: CredentialsWatchService,
    private readonly shutdown: Shutdown,
  ) {}

  /**
   * @param open the events until the signal trips; null: there will be none, which clients that come back by themselves have to be told
   * @throws AppError too_many_streams, streams_exhausted; what `open` throws
   */
  async answer(
    held: HeldCredentials,
    response: Response,
    open: (signal: AbortSignal) => Promise<AsyncIterable<ServerSentEvent> | null>,
  ): Promise<void> {
    const release = this.slots.take(held.principal.userId);
    const watch = this.credentials.watch(held, 'read');
    const stopping = this.shutdown.signal;
    const signal = AbortSignal.any([whenClientGone(response), watch.ended, stopping]);
    try {
      const events = await open(signal);
      if (events === null) response.status(204).end();
      else await sendEvents(events, response, { stopping });
    } finally {
      watch.stop();
      release();
    }
  }
}
