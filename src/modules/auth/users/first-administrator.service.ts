import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import { SYSTEM_ACTOR } from '../access/actor.view.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { generatePassword, hashPassword, isPassword } from './passwords.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';

export const FIRST_ADMINISTRATOR = 'admin';

/** Makes the account that makes the others. */
@Injectable()
export class FirstAdministrator implements OnApplicationBootstrap {
  /** To be printed, once; null when it was given, or when there is an administrator already. */
  generatedPassword: string | null = null;

  constructor(
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly users: UsersRepository,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const administrators = await this.unitOfWork.read(() => this.users.listAdministrators());
    const [first] = administrators;
    if (first === undefined) await this.create();
    else if (administrators.every(({ mustChangePassword }) => mustChangePassword))
      await this.giveAnother(first);
  }

  private async create(): Promise<void> {
    const given = this.config.auth.bootstrapPassword;
    const password = given ?? generatePassword();
    const now = this.clock.now();
    const user: User = {
      id: this.ids.next(),
      username: FIRST_ADMINISTRATOR,
      passwordHash: await hashPassword(password),
      role: 'admin',
      mustChangePassword: true,
      oneTimeUsedAt: null,
      disabledAt: null,
      createdAt: now,
      updatedAt: now,
    };
    const created = await this.unitOfWork.run(async () => {
      if (!(await this.users.insert(user))) return false;
      const { id, username } = user;
      await this.audit.record(SYSTEM_ACTOR, 'first_administrator.created', id, { username });
      return true;
    });
    if (created && given === null) this.generatedPassword = password;
  }

  /** Whoever signed in once and lost that session before the password was changed gets in again by a new ADMIN_BOOTSTRAP_PASSWORD. */
  private async giveAnother({ id, passwordHash }: User): Promise<void> {
    const given = this.config.auth.bootstrapPassword;
    if (given === null || (await isPassword(given, passwordHash))) return;
    const changes = {
      passwordHash: await hashPassword(given),
      oneTimeUsedAt: null,
      updatedAt: this.clock.now(),
    };
    await this.unitOfWork.run(async () => {
      await this.users.update(id, changes);
      await this.audit.record(SYSTEM_ACTOR, 'first_administrator.password_replaced', id, {});
    });
  }
}
