import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import { generatePassword, hashPassword, isPassword } from './passwords.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';

export const FIRST_ADMINISTRATOR = 'admin';

/** Makes the account that makes the others. */
@Injectable()
export class FirstAdministrator implements OnApplicationBootstrap {
  private readonly logger = new Logger(FirstAdministrator.name);
  /** To be printed, once; null when it was given, or when there is an administrator already. */
  generatedPassword: string | null = null;

  constructor(
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly users: UsersRepository,
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
    if (!(await this.unitOfWork.read(() => this.users.insert(user)))) return;
    this.logger.log('The first administrator was made', { user_id: user.id });
    if (given === null) this.generatedPassword = password;
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
    await this.unitOfWork.run(() => this.users.update(id, changes));
    this.logger.log('The first administrator has a new password', { user_id: id });
  }
}
