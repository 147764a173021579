import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { KnownActor } from '../auth/access/actor.view.js';
import { AuditTrail } from '../auth/audit/audit-trail.service.js';
import type { ModelView } from '../transcription/models/model.view.js';
import { ModelsService } from '../transcription/models/models.service.js';

type ModelAct = 'model.pull_started' | 'model.pull_cancelled' | 'model.removed';

/** Pulls and removes models on the word of administrators, and tells the audit trail. */
@Injectable()
export class ModelAdministrationService {
  constructor(
    private readonly models: ModelsService,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws AppError model_unknown, hub_offline, shutting_down */
  async startPull(actor: KnownActor, name: string): Promise<ModelView> {
    const start = (): Promise<ModelView> => this.models.startPull(name);
    const model = await this.models.get(name);
    const begun = model.state === 'ready' || model.state === 'downloading';
    return begun ? start() : this.recorded(actor, 'model.pull_started', model, start);
  }

  /** @throws AppError model_unknown, model_busy */
  async cancelPull(actor: KnownActor, name: string): Promise<ModelView> {
    const cancel = (): Promise<ModelView> => this.models.cancelPull(name);
    const model = await this.models.get(name);
    const begun = model.state === 'downloading' || model.state === 'failed';
    return begun ? this.recorded(actor, 'model.pull_cancelled', model, cancel) : cancel();
  }

  /** @throws AppError model_unknown, model_not_ready, model_bundled, model_busy */
  async remove(actor: KnownActor, name: string): Promise<void> {
    const model = await this.models.get(name);
    await this.recorded(actor, 'model.removed', model, () => this.models.remove(name));
  }

  /**
   * The disk takes part in no transaction. So the entry is written first and the act done before that is committed: without an entry
   * there is no act, and an act that is refused takes its entry back.
   */
  private recorded<T>(
    actor: KnownActor,
    action: ModelAct,
    { name, aliasOf }: ModelView,
    act: () => Promise<T>,
  ): Promise<T> {
    return this.unitOfWork.run(async () => {
      await this.audit.record(actor, action, aliasOf ?? name, {});
      return act();
    });
  }
}
