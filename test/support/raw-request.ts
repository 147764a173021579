import { readFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { fixturePath } from './api-client.js';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends what fetch would not: paths, header fields and bodies as they are. */
export function send(url: string, options: RequestOptions, body: string | Buffer = ''): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    })
      .on('error', reject)
      .end(body);
  });
}

/** The status of the answer to a request with a `Host` of its own, which `fetch` does not let one choose. */
export async function statusUnderHost(
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: object,
): Promise<number> {
  const method = body === undefined ? 'GET' : 'POST';
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const options = { method, headers: { ...type, ...headers }, setHost: !('host' in headers) };
  return (await send(url, options, JSON.stringify(body))).status;
}

/** A form with a recording of this name, written as an attacker would: without the escapes of a browser. */
export function formWith(filename: string): { contentType: string; body: Buffer } {
  const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: audio/wav\r\n\r\n`;
  const body = Buffer.concat([
    Buffer.from(head),
    readFileSync(fixturePath('clips/fr/bonjour_monde.wav')),
    Buffer.from('\r\n--b--\r\n'),
  ]);
  return { contentType: 'multipart/form-data; boundary=b', body };
}
