import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { AppError } from '../../../platform/errors/app-error.js';
import { principalOf } from '../access/current-principal.decorator.js';
import { IDEMPOTENT_ROUTE, type IdempotentRoute } from './idempotent.decorator.js';
import { IdempotencyService } from './idempotency.service.js';
import type { KeptAnswer } from './idempotent-attempt.js';

const KEY = /^[!-~]{1,255}$/;
/** Those that tell something of what was created; the others tell of the request at hand. */
const KEPT_HEADERS = [
  'etag',
  'location',
  'preference-applied',
  'upload-concat',
  'upload-expires',
  'upload-offset',
  'x-job-id',
];

/** Answers requests with an `Idempotency-Key` once, on routes that are `@Idempotent()`. Runs behind the guards, which know who asks. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly idempotency: IdempotencyService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const route = this.reflector.get<IdempotentRoute | undefined>(IDEMPOTENT_ROUTE, context.getHandler());
    const key = context.switchToHttp().getRequest<Request>().get('idempotency-key');
    if (route === undefined || key === undefined) return next.handle();
    if (!KEY.test(key))
      throw new AppError(
        'idempotency_key_invalid',
        'An Idempotency-Key has 1 to 255 visible ASCII characters and comes once.',
      );
    return from(this.answer(context, next, route, key));
  }

  private async answer(
    context: ExecutionContext,
    next: CallHandler,
    route: IdempotentRoute,
    key: string,
  ): Promise<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    const response = context.switchToHttp().getResponse<Response>();
    const { answer, replayed } = await this.idempotency.answerOnce(
      {
        principal: principalOf(context),
        key,
        target: [request.method, request.originalUrl.replace(/\/(?=$|\?)/, '')],
        ...(route === 'streamed' ? {} : { body: { json: request.body as unknown } }),
        atomic: route === 'atomic',
      },
      async () => toKeptAnswer(response, await lastValueFrom<unknown>(next.handle())),
    );
    if (replayed) replay(response, answer);
    return answer.body;
  }
}

function toKeptAnswer(response: Response, body: unknown): KeptAnswer {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = response.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { status: response.statusCode, headers: Object.fromEntries(headers), body };
}

function replay(response: Response, { status, headers }: KeptAnswer): void {
  response.status(status).set(headers).set('Idempotency-Replayed', 'true');
}
