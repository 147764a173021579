import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { credentialsOf } from './credentials.js';
import { principalOf } from './current-principal.decorator.js';
import type { HeldCredentials } from './held-credentials.view.js';

/** For answers that go on: who asks, and what has to stay good meanwhile. */
export const CurrentCredentials = createParamDecorator(
  (_: unknown, context: ExecutionContext): HeldCredentials => ({
    principal: principalOf(context),
    credentials: credentialsOf(context.switchToHttp().getRequest<Request>()),
  }),
);
