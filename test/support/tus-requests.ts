/** Requests of tus 1.0 by hand, for what its client never does. */
export class TusRequests {
  constructor(
    readonly endpoint: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  create(headers: Readonly<Record<string, string>>, body?: Buffer<ArrayBuffer>): Promise<Response> {
    return this.ask('POST', this.endpoint, headers, body);
  }

  /** @returns its address */
  async begin(length: number, metadata: Readonly<Record<string, string>> = {}): Promise<string> {
    const response = await this.create({ 'upload-length': String(length), ...metadataHeader(metadata) });
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    return this.locationOf(response);
  }

  /** @returns its address */
  async beginWithoutLength(): Promise<string> {
    return this.locationOf(await this.create({ 'upload-defer-length': '1' }));
  }

  append(
    url: string,
    offset: number,
    bytes: Buffer<ArrayBuffer>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return this.ask('PATCH', url, { ...appending(offset), ...headers }, bytes);
  }

  /** The same, without saying how long it is. */
  appendInPieces(url: string, offset: number, bytes: Buffer<ArrayBuffer>): Promise<Response> {
    return fetch(url, {
      method: 'PATCH',
      headers: { 'tus-resumable': '1.0.0', ...this.headers, ...appending(offset) },
      body: new Blob([bytes]).stream(),
      duplex: 'half',
    });
  }

  async offset(url: string): Promise<number> {
    const response = await this.ask('HEAD', url);
    if (response.status !== 200) throw new Error(`${response.status}`);
    return Number(response.headers.get('upload-offset'));
  }

  locationOf(response: Response): string {
    return new URL(response.headers.get('location') ?? '', this.endpoint).href;
  }

  ask(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>> = {},
    body?: Buffer<ArrayBuffer>,
  ): Promise<Response> {
    return fetch(url, {
      method,
      headers: { 'tus-resumable': '1.0.0', ...this.headers, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  }
}

function appending(offset: number): Record<string, string> {
  return { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) };
}

export function metadataHeader(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(metadata).map(
    ([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`,
  );
  return pairs.length === 0 ? {} : { 'upload-metadata': pairs.join(',') };
}
