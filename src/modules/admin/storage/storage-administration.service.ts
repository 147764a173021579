import { Injectable } from '@nestjs/common';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { AuditTrail } from '../../auth/audit/audit-trail.service.js';
import { UsersService } from '../../auth/users/users.service.js';
import { InventoryService } from '../../uploads/figures/inventory.service.js';
import type {
  InventoriedMedia,
  InventoriedUpload,
  InventoryPage,
  InventoryRequest,
  StorageFigures,
} from '../../uploads/figures/inventory.view.js';
import { UploadFiguresService } from '../../uploads/figures/upload-figures.service.js';
import type { StoredBytes } from '../../uploads/figures/upload-figures.view.js';
import { MaintenanceService } from '../../uploads/maintenance/maintenance.service.js';

/** By the ids of users. */
export type Names = ReadonlyMap<string, string>;

export interface NamedPage<T> extends InventoryPage<T> {
  readonly names: Names;
}

export interface StorageOverview extends StorageFigures {
  readonly stored: StoredBytes;
  readonly names: Names;
}

/** What everybody keeps, with the names of the owners. */
@Injectable()
export class StorageAdministrationService {
  constructor(
    private readonly inventory: InventoryService,
    private readonly figures: UploadFiguresService,
    private readonly maintenance: MaintenanceService,
    private readonly users: UsersService,
    private readonly audit: AuditTrail,
  ) {}

  async listUploads(request: InventoryRequest): Promise<NamedPage<InventoriedUpload>> {
    const page = await this.inventory.listUploads(request);
    return { ...page, names: await this.namesOf(page.items) };
  }

  async listMedia(request: InventoryRequest): Promise<NamedPage<InventoriedMedia>> {
    const page = await this.inventory.listMedia(request);
    return { ...page, names: await this.namesOf(page.items) };
  }

  /** @throws AppError database_unavailable, storage_unavailable */
  async read(): Promise<StorageOverview> {
    const figures = await this.inventory.readStorage();
    return {
      ...figures,
      stored: await this.figures.sumStoredByKind(),
      names: await this.namesOf(figures.largestUsers),
    };
  }

  /** Has this process clean up now. It goes on when this resolves. */
  async collect(actor: KnownActor): Promise<void> {
    await this.audit.recordAlone(actor, 'storage.collection_started', null, {});
    this.maintenance.startNow();
  }

  private namesOf(owned: readonly { readonly ownerId: string }[]): Promise<Names> {
    return this.users.listNames([...new Set(owned.map(({ ownerId }) => ownerId))]);
  }
}
