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

/** Asks without a body. */
export function ask(
  baseUrl: string,
  { path, method }: Operation,
  headers: Readonly<Record<string, string>>,
  id = UNKNOWN_ID,
): Promise<Response> {
  return fetch(baseUrl + path.replace(/\{\w+\}/, id), { method, headers });
}
