import { SetMetadata } from '@nestjs/common';

export const OPEN_TO_ALL = 'http:open-to-all';

/** Marks a route that anybody may call who can reach the port: probes and metrics, which machines ask under other names, and what is the same for everybody. */
export const OpenToAll = (): ClassDecorator & MethodDecorator => SetMetadata(OPEN_TO_ALL, true);
