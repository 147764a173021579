import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import { AppError } from '../errors/app-error.js';
import { sendStream } from './send-stream.js';

export interface SendableBytes {
  readonly sizeBytes: number;
  /** With its quotes. */
  readonly etag: string;
  /** What else the head says of the file; an error has none of it. */
  readonly headers: Readonly<Record<string, string>>;
  read(range?: { readonly start: number; readonly end: number }): Promise<Readable>;
}

/**
 * Answers with bytes that never change: whole, the one range that was asked for (RFC 9110, so that players can jump), or 304 to who has them.
 *
 * @throws AppError range_not_satisfiable; what `read` throws
 */
export async function sendBytes(bytes: SendableBytes, request: Request, response: Response): Promise<void> {
  const { sizeBytes, etag } = bytes;
  const headers = new Map(Object.entries(bytes.headers));
  response.setHeader('etag', etag);
  if (request.fresh) {
    response.status(304).setHeaders(headers).end();
    return;
  }
  // Until the file is there: an error is none of its own.
  response.removeHeader('etag');
  const range = rangeOf(request, sizeBytes, etag, response);
  const content = request.method === 'HEAD' ? null : await bytes.read(range);
  response.setHeaders(headers).setHeader('etag', etag).setHeader('accept-ranges', 'bytes');
  if (range !== undefined) {
    response.status(206).setHeader('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`);
  }
  response.setHeader('content-length', range === undefined ? sizeBytes : range.end - range.start + 1);
  if (content === null) response.end();
  else await sendStream(content, response);
}

/** Undefined: all of it. What asks for several ranges gets all, as RFC 9110 allows. */
function rangeOf(
  request: Request,
  sizeBytes: number,
  etag: string,
  response: Response,
): { start: number; end: number } | undefined {
  const condition = request.get('if-range');
  if (condition !== undefined && condition !== etag) return undefined;
  const ranges = request.range(sizeBytes, { combine: true });
  if (ranges === -1) {
    response.setHeader('content-range', `bytes */${sizeBytes}`);
    throw new AppError('range_not_satisfiable', `The file has ${sizeBytes} bytes.`);
  }
  const isOneRange = Array.isArray(ranges) && ranges.type === 'bytes' && ranges.length === 1;
  return isOneRange ? ranges[0] : undefined;
}
