import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { User } from './user.entity.js';

@Injectable()
export class UsersRepository {
  constructor(private readonly em: EntityManager) {}

  find(id: string): Promise<User | null> {
    return this.em.findOne(User, { id }, { disableIdentityMap: true });
  }
}
