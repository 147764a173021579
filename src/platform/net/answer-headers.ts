import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { parse as parseDisposition } from 'content-disposition';
import { toPlainFilename } from '../runtime/plain-filename.js';

/** The announced length of the body; null where its end is known only when it comes. */
export function readLength(headers: IncomingHttpHeaders): number | null {
  const { 'content-length': length, 'transfer-encoding': coding } = headers;
  return length === undefined || coding !== undefined ? null : Number(length);
}

/** Whether the body is the file itself and nothing packed. */
export function isPlain(headers: IncomingHttpHeaders): boolean {
  const { 'content-encoding': content = 'identity', 'transfer-encoding': transfer = 'chunked' } = headers;
  return /^(identity)?$/i.test(content.trim()) && /^chunked$/i.test(transfer.trim());
}

/** In lower case and without parameters; what the other side says, which may be wrong. */
export function readMediaType(headers: IncomingHttpHeaders): string | null {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  const essence = type.trim().toLowerCase();
  return /^[\w.+-]+\/[\w.+-]+$/.test(essence) ? essence : null;
}

/**
 * A name for the file: of Content-Disposition (RFC 6266), else the last part of the path. Without folders and characters that cannot be
 * seen; still a name that somebody else has chosen, so for people and not for paths.
 */
export function readFilename(headers: IncomingHttpHeaders, url: URL): string | null {
  const { filename } = parseDisposition(toText(headers['content-disposition'] ?? '')).parameters;
  return toPlainName(filename ?? '') ?? toPlainName(decodePath(url.pathname));
}

/** Node reads headers as Latin-1; who writes other letters into them mostly means UTF-8. */
export function toText(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : header;
}

function decodePath(pathname: string): string {
  // Before decoding: an encoded slash is part of the name, and goes with all that stands before it.
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function toPlainName(name: string): string | null {
  const plain = toPlainFilename(name);
  return /^\.*$/.test(plain) ? null : plain;
}
