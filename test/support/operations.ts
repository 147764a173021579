import { readFileSync } from 'node:fs';

/** One operation of the OpenAPI document. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string }[];
  /** Of the JSON body. */
  readonly optionalFields: readonly string[];
}

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

type DocumentedOperation = Omit<Operation, 'method' | 'path' | 'optionalFields'> & {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
};

/** An id that nothing has. */
export const UNKNOWN_ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';

const DOCUMENT = new URL('../../docs/api/openapi.json', import.meta.url);
const { paths, components } = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as {
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, Schema> };
};

export const operations: readonly Operation[] = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    path,
    method: method.toUpperCase(),
    optionalFields: optionalFieldsOf(operation),
  })),
);

/** Those that name one thing of somebody in their path. The models of the OpenAI API are there for all. */
export const withId = operations.filter(
  ({ path, security = [] }) => path.includes('{') && security.length > 0 && !path.startsWith('/v1/models/'),
);

/** Headers without which an operation is refused for what it is, whoever asks. */
const TUS = { 'tus-resumable': '1.0.0' };
const BYTES = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
const ANY = { 'if-match': '*' };
const NEEDED_HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  createTusUpload: TUS,
  editTranscript: ANY,
  restoreTranscriptVersion: ANY,
  getTusOffset: TUS,
  appendToTusUpload: { ...TUS, ...BYTES },
  terminateTusUpload: TUS,
  overrideTusMethod: { ...TUS, ...BYTES, 'x-http-method-override': 'PATCH' },
};

/** JSON bodies without which it is the same. */
const NEEDED_BODIES: Readonly<Record<string, object>> = {
  changeJob: { priority: 'low' },
  editTranscript: {},
  exportTranscripts: { job_ids: [UNKNOWN_ID] },
  changeWebhook: {},
  renameVoice: { name: 'Ada' },
};

/** Asks with no more than is needed. */
export function ask(
  baseUrl: string,
  { operationId, path, method }: Operation,
  headers: Readonly<Record<string, string>>,
  id = UNKNOWN_ID,
): Promise<Response> {
  const needed = NEEDED_BODIES[operationId];
  const type = needed === undefined ? {} : { 'content-type': 'application/json' };
  return fetch(baseUrl + fillPath(path, id), {
    method,
    headers: { ...type, ...NEEDED_HEADERS[operationId], ...headers },
    body: needed === undefined ? null : JSON.stringify(needed),
  });
}

/** Of two things in the path the second one is a number; versions are counted from 1. */
export function fillPath(path: string, id: string): string {
  return path
    .replace(/\{\w+\}/, id)
    .replace('{version}', '1')
    .replace(/\{\w+\}/, '0');
}

function optionalFieldsOf({ requestBody }: DocumentedOperation): string[] {
  const schema = requestBody?.content['application/json']?.schema;
  const name = schema?.$ref?.split('/').at(-1);
  const { properties = {}, required = [] } = (name === undefined ? schema : components.schemas[name]) ?? {};
  return Object.keys(properties).filter((field) => !required.includes(field));
}
