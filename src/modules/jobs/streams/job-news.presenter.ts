import { Injectable } from '@nestjs/common';
import type { ServerSentEvent } from '../../../platform/http/event-stream.js';
import { toJobProgress } from '../dto/job.response.dto.js';
import { toSegmentResponse } from '../dto/segment.response.dto.js';
import { toJobHistoryEntry } from '../history/job-history.response.dto.js';
import { JobPresenter } from '../job.presenter.js';
import type { StreamNews, OwnJobsNews } from './job-news.view.js';
import { writeEventsPosition, writePosition } from './stream-position.js';

/** Puts news of jobs into the words of the API. */
@Injectable()
export class JobNewsPresenter {
  constructor(private readonly jobs: JobPresenter) {}

  async *present(news: AsyncIterable<StreamNews>): AsyncGenerator<ServerSentEvent> {
    for await (const item of news) yield { id: writePosition(item.position), ...this.toEvent(item) };
  }

  async *presentAll(news: AsyncIterable<OwnJobsNews>): AsyncGenerator<ServerSentEvent> {
    for await (const item of news) {
      const id = writeEventsPosition(item.position);
      if (item.kind === 'begin') yield { id };
      else if (item.kind === 'status') yield { id, event: item.kind, data: toStatus(item.event) };
      else yield { id, event: item.kind, data: { job_id: item.jobId } };
    }
  }

  private toEvent(news: StreamNews): { event: string; data: object } {
    switch (news.kind) {
      case 'status':
        return { event: news.kind, data: toStatus(news.event) };
      case 'progress': {
        const { job, queuePosition } = news;
        return {
          event: news.kind,
          data: Object.assign(toJobProgress(job), { queue_position: queuePosition }),
        };
      }
      case 'segments': {
        const { from, segments } = news.piece;
        const numbered = segments.map((segment, i) => toSegmentResponse(segment, from + i));
        return { event: news.kind, data: { from, segments: numbered } };
      }
      case 'ended':
        return { event: news.job.status, data: this.jobs.summarize(news.job) };
      case 'deleted':
        return { event: news.kind, data: { job_id: news.jobId } };
    }
  }
}

function toStatus(event: Parameters<typeof toJobHistoryEntry>[0]): object {
  return Object.assign({ job_id: event.jobId }, toJobHistoryEntry(event));
}
