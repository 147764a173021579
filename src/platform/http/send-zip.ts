import { create as contentDisposition } from 'content-disposition';
import type { Response } from 'express';
import { zipFiles, type FileToZip } from '../runtime/zip-files.js';
import { sendStream } from './send-stream.js';

/** Sends files as one ZIP to be saved under this name, as they come. */
export async function sendZip(
  files: AsyncIterable<FileToZip>,
  name: string,
  response: Response,
): Promise<void> {
  response.setHeader('content-type', 'application/zip');
  response.setHeader('content-disposition', contentDisposition(name));
  await sendStream(zipFiles(files), response);
}
