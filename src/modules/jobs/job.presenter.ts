import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../platform/config/app-config.js';
import { toJobResponse, toJobSummary, type JobDto, type JobSummaryDto } from './dto/job.response.dto.js';
import { JobResultRegistry } from './job-result.registry.js';
import type { JobView } from './job.view.js';
import { JobsService } from './jobs.service.js';

/** Gathers what the answer about a job says, for every route that gives one. */
@Injectable()
export class JobPresenter {
  constructor(
    private readonly jobs: JobsService,
    private readonly results: JobResultRegistry,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  async present(job: JobView): Promise<JobDto> {
    const text = job.status === 'completed' ? await this.results.get().findText(job.id) : null;
    const position = await this.jobs.getQueuePosition(job);
    return toJobResponse(job, this.baseUrl, position, text);
  }

  summarize(job: JobView): JobSummaryDto {
    return toJobSummary(job, this.baseUrl);
  }

  private get baseUrl(): string {
    return this.config.http.publicUrl ?? '';
  }
}
