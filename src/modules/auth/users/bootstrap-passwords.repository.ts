import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { BootstrapPassword } from './bootstrap-password.entity.js';

@Injectable()
export class BootstrapPasswordsRepository {
  constructor(private readonly em: EntityManager) {}

  async insert(password: BootstrapPassword): Promise<void> {
    await this.em.insert(BootstrapPassword, password);
  }

  async listHashes(): Promise<string[]> {
    const given = await this.em.find(BootstrapPassword, {}, { disableIdentityMap: true });
    return given.map(({ passwordHash }) => passwordHash);
  }
}
