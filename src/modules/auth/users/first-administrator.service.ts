import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import { SYSTEM_ACTOR } from '../access/actor.view.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { BootstrapPasswordsRepository } from './bootstrap-passwords.repository.js';
import { newUser } from './new-user.js';
import { generatePassword, hashPassword, isPassword } from './passwords.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';

const FIRST_ADMINISTRATOR = 'admin';

/** Makes the account that makes the others. */
@Injectable()
export class FirstAdministrator implements OnApplicationBootstrap {
  /** To be printed, once; null when it was given, or when there is an administrator already. */
  generatedPassword: string | null = null;

  constructor(
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly users: UsersRepository,
    private readonly passwords: BootstrapPasswordsRepository,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const administrators = await this.unitOfWork.read(() => this.users.listAdministrators());
    if (administrators.length === 0) await this.create();
    else if (administrators.every(({ mustChangePassword }) => mustChangePassword))
      await this.giveAnother(administrators);
  }

  private async create(): Promise<void> {
    const given = this.config.auth.bootstrapPassword;
    const password = given ?? generatePassword();
    const passwordHash = await hashPassword(password);
    const now = this.clock.now();
    const user = newUser(
      { id: this.ids.next(), username: FIRST_ADMINISTRATOR, role: 'admin', passwordHash },
      now,
    );
    const created = await this.unitOfWork.run(async () => {
      if (!(await this.users.insert(user))) return false;
      await this.passwords.insert({ passwordHash, givenAt: now });
      const { id, username } = user;
      await this.audit.record(SYSTEM_ACTOR, 'first_administrator.created', id, { username });
      return true;
    });
    if (created && given === null) this.generatedPassword = password;
  }

  /**
   * Whoever signed in once and lost that session before the password was changed gets in again by a new ADMIN_BOOTSTRAP_PASSWORD. One that
   * was given before does not come back, and nothing is given in place of a password that a person chose or gave.
   */
  private async giveAnother(administrators: readonly User[]): Promise<void> {
    const given = this.config.auth.bootstrapPassword;
    if (given === null) return;
    const before = await this.unitOfWork.read(() => this.passwords.listHashes());
    const holder = administrators.find(({ passwordHash }) => before.includes(passwordHash ?? ''));
    if (holder === undefined) return;
    for (const hash of before) if (await isPassword(given, hash)) return;
    const passwordHash = await hashPassword(given);
    await this.unitOfWork.run(async () => {
      const user = await this.users.lock(holder.id);
      if (user?.passwordHash !== holder.passwordHash) return;
      const now = this.clock.now();
      await this.users.update(user.id, { passwordHash, oneTimeUsedAt: null, updatedAt: now });
      await this.passwords.insert({ passwordHash, givenAt: now });
      await this.audit.record(SYSTEM_ACTOR, 'first_administrator.password_replaced', user.id, {});
    });
  }
}
