import { Injectable } from '@nestjs/common';
import {
  CHANGEABLE_SETTINGS,
  findValueProblem,
  isChangeable,
  type ChangeableSetting,
} from '../../../platform/config/changeable-settings.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError, type FieldError } from '../../../platform/errors/app-error.js';
import { validationFailed } from '../../../platform/http/validation.pipe.js';
import { Clock } from '../../../platform/runtime/clock.js';
import {
  SettingsInForceService,
  type SettingInForce,
} from '../../../platform/settings/settings-in-force.service.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { AuditTrail } from '../../auth/audit/audit-trail.service.js';
import { UsersService } from '../../auth/users/users.service.js';
import { ModelsService } from '../../transcription/models/models.service.js';

type Changes = Readonly<Partial<Record<ChangeableSetting, string | null>>>;

/** A setting, and the name of who changed it; null when that user is gone, or nobody did. */
export interface AdministeredSetting extends SettingInForce {
  readonly changedByName: string | null;
}

/** Changes settings on the word of administrators, and tells the audit trail. */
@Injectable()
export class SettingsAdministrationService {
  constructor(
    private readonly settings: SettingsInForceService,
    private readonly models: ModelsService,
    private readonly users: UsersService,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async list(): Promise<AdministeredSetting[]> {
    const settings = await this.settings.list();
    const ids = settings.flatMap(({ change }) => change?.changedBy ?? []);
    const names = await this.users.listNames(ids);
    return settings.map((setting) => ({
      ...setting,
      changedByName: names.get(setting.change?.changedBy ?? '') ?? null,
    }));
  }

  /**
   * All of it or nothing. In this process it is in force at the end, in others within seconds.
   *
   * @param wanted by name; null: back to the start value
   * @throws AppError validation_failed, model_not_ready
   */
  async change(actor: KnownActor, wanted: Readonly<Record<string, unknown>>): Promise<AdministeredSetting[]> {
    const changes = readChanges(wanted);
    await this.assertModelReady(changes.WHISPER_MODEL ?? null);
    await this.unitOfWork.run(async () => {
      const { userId } = actor.principal;
      const done = await this.settings.save(changes, { changedBy: userId, changedAt: this.clock.now() });
      for (const { name, before, after } of done)
        await this.audit.record(actor, 'setting.changed', name, { before, after });
    });
    await this.settings.refresh();
    return this.list();
  }

  /** Nobody is to find out by the next upload that the default is another one than was said. */
  private async assertModelReady(name: string | null): Promise<void> {
    if (name === null) return;
    const { state } = await this.models.get(name);
    if (state !== 'ready')
      throw new AppError('model_not_ready', `The model "${name}" is not on this machine. Download it first.`);
  }
}

/** @throws AppError validation_failed with all that is wrong */
function readChanges(wanted: Readonly<Record<string, unknown>>): Changes {
  const faults = Object.entries(wanted).flatMap(([name, value]): FieldError[] => {
    const message = findFault(name, value);
    return message === null ? [] : [{ field: `values.${name}`, message }];
  });
  if (faults.length > 0) throw validationFailed(faults);
  return wanted;
}

function findFault(name: string, value: unknown): string | null {
  if (!isChangeable(name)) return `is none of ${CHANGEABLE_SETTINGS.join(', ')}`;
  if (value === null) return null;
  if (typeof value !== 'string') return 'must be text, as it is written in the environment, or null';
  return findValueProblem(name, value);
}
