import { promisify } from 'node:util';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { json, urlencoded, type Request, type RequestHandler, type Response } from 'express';
import { from, switchMap, type Observable } from 'rxjs';
import { LARGE_BODY } from './takes-large-body.decorator.js';

type Parse = (request: Request, response: Response) => Promise<void>;

const SMALL: readonly Parse[] = [json(), urlencoded({ extended: true })].map(toParse);

function toParse(parser: RequestHandler): Parse {
  return promisify(parser) as Parse;
}

/** Reads small bodies behind the guards: nobody who is refused has one parsed. Files are streams, and read by their routes. */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const limit = this.reflector.get<number | undefined>(LARGE_BODY, context.getHandler());
    const parsers = limit === undefined ? SMALL : [toParse(json({ limit }))];
    return from(parse(http.getRequest<Request>(), http.getResponse<Response>(), parsers)).pipe(
      switchMap(() => next.handle()),
    );
  }
}

async function parse(request: Request, response: Response, parsers: readonly Parse[]): Promise<void> {
  for (const parser of parsers) await parser(request, response);
}
