import { readFileSync } from 'node:fs';

/** One operation of the OpenAPI document. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string }[];
}

/** An id that nothing has. */
export const UNKNOWN_ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';

const DOCUMENT = new URL('../../libs/client-sdk/openapi.json', import.meta.url);
const { paths } = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as {
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
};

export const operations: readonly Operation[] = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    path,
    method: method.toUpperCase(),
  })),
);

/** Those that name one thing in their path. */
export const withId = operations.filter(({ path }) => path.includes('{'));

/** Headers without which an operation is refused for what it is, whoever asks. */
const TUS = { 'tus-resumable': '1.0.0' };
const BYTES = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
const NEEDED_HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  createTusUpload: TUS,
  getTusOffset: TUS,
  appendToTusUpload: { ...TUS, ...BYTES },
  terminateTusUpload: TUS,
  overrideTusMethod: { ...TUS, ...BYTES, 'x-http-method-override': 'PATCH' },
};

/** Asks without a body. Of two things in the path the second one is a number. */
export function ask(
  baseUrl: string,
  { operationId, path, method }: Operation,
  headers: Readonly<Record<string, string>>,
  id = UNKNOWN_ID,
): Promise<Response> {
  const filled = path.replace(/\{\w+\}/, id).replace(/\{\w+\}/, '0');
  return fetch(baseUrl + filled, { method, headers: { ...NEEDED_HEADERS[operationId], ...headers } });
}
