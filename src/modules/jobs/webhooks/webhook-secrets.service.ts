import { randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { deriveKey, Seal } from '../../../platform/runtime/seal.js';
import type { WebhookSecret } from './webhook-secret.entity.js';
import { WebhookSecretsRepository } from './webhook-secrets.repository.js';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/**
 * What deliveries are signed with. Targets are webhooks, and users for the callbacks of their jobs. Secrets are sealed under SECRET_KEY and
 * the target, so that a copy of the database signs nothing.
 */
@Injectable()
export class WebhookSecretsService implements OnApplicationBootstrap {
  private readonly logger = new Logger(WebhookSecretsService.name);

  constructor(
    private readonly repository: WebhookSecretsRepository,
    private readonly unitOfWork: UnitOfWork,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /** While keys rotate: what is sealed under the old one has to be readable when that is gone. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.config.auth.secretKeys.length < 2) return;
    for (let page = await this.list(null); page.length > 0; page = await this.list(page.at(-1)?.targetId)) {
      for (const row of page) await this.reseal(row);
    }
  }

  /**
   * Gives a target a new secret, in the transaction that is open. The one before, if there was one, signs too for a while.
   *
   * @returns the secret, which is to be shown this once
   */
  async renew(targetId: string, ownerId: string): Promise<string> {
    const secret = generateSecret();
    const overlapSeconds = this.config.webhooks.overlapMs / 1000;
    await this.repository.replace(targetId, ownerId, this.seal(targetId, secret), overlapSeconds);
    return secret;
  }

  /** In the transaction that is open. */
  delete(targetId: string): Promise<void> {
    return this.repository.delete(targetId);
  }

  /**
   * The secrets that sign now, the newest first. A user who has none gets one: callbacks may be asked for before their secret is.
   *
   * @throws AppError webhook_secret_unreadable
   */
  async getAll(targetId: string, ownerId: string): Promise<readonly string[]> {
    const row = await this.unitOfWork.read(async () => {
      const found = await this.repository.find(targetId);
      if (found !== null || targetId !== ownerId) return found;
      await this.repository.add(targetId, ownerId, this.seal(targetId, generateSecret()));
      return this.repository.find(targetId);
    });
    const secret = this.open(targetId, row?.secret ?? null);
    if (secret === null)
      throw new AppError(
        'webhook_secret_unreadable',
        'No SECRET_KEY opens the secret that signs this. Rotate the secret.',
      );
    const previous = this.open(targetId, row?.previousSecret ?? null);
    return previous === null ? [secret] : [secret, previous];
  }

  private seal(targetId: string, secret: string): Buffer {
    const [seal] = this.sealsOf(targetId);
    if (seal === undefined) throw new Error('There is no SECRET_KEY');
    return seal.seal(secret);
  }

  /** Null where there is nothing, and where no key opens it. */
  private open(targetId: string, sealed: Uint8Array | null): string | null {
    if (sealed === null) return null;
    for (const seal of this.sealsOf(targetId)) {
      const secret = tryToOpen(seal, sealed);
      if (secret !== null) return secret;
    }
    return null;
  }

  private sealsOf(targetId: string): Seal[] {
    return this.config.auth.secretKeys.map((key) => new Seal(deriveKey(key, targetId, 'webhook secret')));
  }

  private list(afterTargetId: string | null | undefined): Promise<WebhookSecret[]> {
    return this.unitOfWork.read(() => this.repository.list(afterTargetId ?? null));
  }

  private async reseal(row: WebhookSecret): Promise<void> {
    const secret = this.open(row.targetId, row.secret);
    const previous = this.open(row.targetId, row.previousSecret);
    if (secret === null) {
      this.logger.warn('A webhook secret cannot be read any more', { target_id: row.targetId });
      return;
    }
    const sealed = {
      secret: this.seal(row.targetId, secret),
      previousSecret: previous === null ? null : this.seal(row.targetId, previous),
    };
    await this.unitOfWork.read(() => this.repository.reseal(row, sealed));
  }
}

function generateSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

function tryToOpen(seal: Seal, sealed: Uint8Array): string | null {
  try {
    return seal.open(sealed);
  } catch {
    return null;
  }
}
