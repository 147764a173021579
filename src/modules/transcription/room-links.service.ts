import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobsService } from '../jobs/jobs.service.js';
import { StorageUsageRegistry } from '../jobs/usage/storage-usage.registry.js';
import { MediaUsesRegistry } from '../uploads/media/retention/media-uses.registry.js';
import { StorageRoomService } from '../uploads/room/storage-room.service.js';

/** Brings together what jobs and recordings have to know of each other: neither room knows the other one. */
@Injectable()
export class RoomLinksService implements OnModuleInit {
  constructor(
    private readonly jobs: JobsService,
    private readonly room: StorageRoomService,
    private readonly mediaUses: MediaUsesRegistry,
    private readonly storageUsage: StorageUsageRegistry,
  ) {}

  onModuleInit(): void {
    this.mediaUses.register((mediaFileIds) => this.jobs.findMediaInUse(mediaFileIds));
    this.storageUsage.register((userId) => this.room.readUsage({ ownerId: userId }));
  }
}
