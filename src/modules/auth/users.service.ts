import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { Principal } from './principal.view.js';
import type { User } from './user.entity.js';
import type { UserView } from './user.view.js';
import { UsersRepository } from './users.repository.js';

@Injectable()
export class UsersService {
  constructor(
    private readonly repository: UsersRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async getSelf({ userId }: Principal): Promise<UserView> {
    const user = await this.unitOfWork.read(() => this.repository.find(userId));
    if (user === null) throw new Error('Whoever asks has to exist');
    return toUserView(user);
  }
}

export function toUserView({
  id,
  username,
  role,
  disabledAt,
  mustChangePassword,
  createdAt,
}: User): UserView {
  return { id, username, role, disabledAt, mustChangePassword, createdAt };
}
