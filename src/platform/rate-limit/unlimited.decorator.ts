import { SetMetadata } from '@nestjs/common';

export const UNLIMITED = 'rate-limit:unlimited';

/** Marks a route that is never refused for being asked too often: a probe that fails for that would have the service restarted. */
export const Unlimited = (): ClassDecorator & MethodDecorator => SetMetadata(UNLIMITED, true);
