import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import { AppError } from '../errors/app-error.js';
import { sendStream } from './send-stream.js';

export interface SendableBytes {
  readonly sizeBytes: number;
  /** With its quotes. */
  readonly etag: string;
  read(range?: { readonly start: number; readonly end: number }): Promise<Readable>;
}

/**
 * Answers with bytes that never change: whole, the one range that was asked for (RFC 9110, so that players can jump), or 304 to who has them.
 *
 * @throws AppError range_not_satisfiable
 */
export async function sendBytes(bytes: SendableBytes, request: Request, response: Response): Promise<void> {
  const { sizeBytes, etag } = bytes;
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('etag', etag);
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  const range = rangeOf(request, sizeBytes, etag, response);
  if (range !== undefined) {
    response.status(206).setHeader('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`);
  }
  response.setHeader('content-length', range === undefined ? sizeBytes : range.end - range.start + 1);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await sendStream(await bytes.read(range), response);
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
