import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { toUuid } from '../../../platform/runtime/id-generator.js';
import type { FileToZip } from '../../../platform/runtime/zip-files.js';
import type { KnownActor } from '../access/actor.view.js';
import { mayLookAtOthers } from '../access/ownership.policy.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { PersonalDataRegistry, type PersonalTable } from './personal-data.registry.js';
import { pageOf, PersonalRowsRepository, type PersonalRow } from './personal-rows.repository.js';

const READ_ME = 'README.txt';

/** All that is kept about one user, as a person who asks for it (GDPR, articles 15 and 20) should get it. */
@Injectable()
export class PersonalDataService implements OnModuleInit {
  constructor(
    private readonly registry: PersonalDataRegistry,
    private readonly rows: PersonalRowsRepository,
    private readonly users: UsersRepository,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    this.registry.register({
      tables: [
        { table: 'users', ofUser: 't.id = ?', without: ['password_hash'] },
        { table: 'sessions', ofUser: 't.user_id = ?' },
        { table: 'api_keys', ofUser: 't.user_id = ?', without: ['key_hash'] },
        { table: 'known_addresses', ofUser: 't.user_id = ?' },
        { table: 'audit_events', ofUser: 't.actor_id = ?' },
      ],
    });
  }

  /**
   * The files of the export. It is told before the first one is read.
   *
   * @param signal aborted when nobody wants them any more: no other one is begun
   * @throws AppError user_not_found, access_denied
   */
  async export(
    actor: KnownActor,
    userId: string,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<FileToZip, void>> {
    const id = toUuid(userId);
    if (id !== actor.principal.userId) this.assertMayLook(actor);
    await this.unitOfWork.run(async () => {
      if (id === null || (await this.users.find(id)) === null)
        throw new AppError('user_not_found', 'There is no user with this id.');
      await this.audit.record(actor, 'user.data_exported', id, {});
    });
    return this.files(id ?? userId, signal);
  }

  private assertMayLook({ principal }: KnownActor): void {
    if (!mayLookAtOthers(principal, this.config.auth.transcriptAccess))
      throw new AppError('access_denied', 'Administrators do not see here what others have said.');
  }

  private async *files(userId: string, signal: AbortSignal): AsyncGenerator<FileToZip, void> {
    yield { name: READ_ME, content: readMe() };
    for (const { tables, files } of this.registry.list()) {
      for (const table of tables) {
        if (signal.aborted) return;
        yield { name: `${table.table}.jsonl`, content: this.lines(table, userId) };
      }
      if (files === undefined) continue;
      for await (const file of files(userId)) {
        if (signal.aborted) return;
        yield file;
      }
    }
  }

  /** Page by page: between two of them no connection is held, however slow the reader is. */
  private async *lines(table: PersonalTable, userId: string): AsyncGenerator<string, void> {
    let last: PersonalRow | null = null;
    let page: PersonalRow[];
    do {
      const after: PersonalRow | null = last;
      page = await this.unitOfWork.read(() => this.rows.readPage(table, userId, after));
      if (page.length > 0) yield page.map((row) => `${JSON.stringify(row)}\n`).join('');
      last = page.at(-1) ?? null;
    } while (page.length === pageOf(table));
  }
}

function readMe(): string {
  return [
    'This is all that the transcription service keeps about you.',
    '',
    'NAME.jsonl   the rows of one table about you, a JSON object a line; an empty file: there are none',
    'media/       your recordings, byte by byte as you sent them; media_files.jsonl tells of each by its id',
    '',
    'Left out are passwords, keys and secrets, also their hashes. docs/privacy.md of the service explains the rest.',
    '',
  ].join('\n');
}
