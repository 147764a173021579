import { promisify } from 'node:util';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { json, urlencoded, type Request, type RequestHandler, type Response } from 'express';
import { from, switchMap, type Observable } from 'rxjs';

type Parse = (request: Request, response: Response) => Promise<void>;

const PARSERS: readonly Parse[] = [json(), urlencoded({ extended: true })].map(
  (parser: RequestHandler) => promisify(parser) as unknown as Parse,
);

/** Reads small bodies behind the guards: nobody who is refused has one parsed. Files are streams, and read by their routes. */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    return from(parse(http.getRequest<Request>(), http.getResponse<Response>())).pipe(
      switchMap(() => next.handle()),
    );
  }
}

async function parse(request: Request, response: Response): Promise<void> {
  for (const parser of PARSERS) await parser(request, response);
}
