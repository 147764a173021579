import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';

const DOCUMENT = new URL('../../docs/api/openapi.json', import.meta.url);
/** Name under which the validator knows the document. */
const ROOT = 'openapi';
const PROBLEM_TYPE = 'application/problem+json';

interface DocumentedResponse {
  readonly description: string;
  readonly content?: Readonly<Record<string, object>>;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

interface Operation extends DocumentedOperation {
  readonly path: string;
  readonly method: string;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
}

/** Holds answers of the service to what its OpenAPI document says of the operation that gave them. */
export class OpenApiContract {
  private readonly operations: readonly Operation[];
  private readonly ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  private readonly seen = new Set<string>();

  constructor() {
    const document = JSON.parse(readFileSync(DOCUMENT, 'utf8'), closeObject) as Document;
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method })),
    );
    ajvFormats.default(this.ajv);
    // What OpenAPI knows and JSON Schema does not: an annotation, and the parts around the schemas.
    this.ajv.addVocabulary(['example', ...Object.keys(document)]);
    this.ajv.addSchema(document, ROOT);
  }

  getOperation(operationId: string): Operation {
    const operation = this.operations.find((candidate) => candidate.operationId === operationId);
    if (operation === undefined) throw new Error(`The document has no operation ${operationId}`);
    return operation;
  }

  /** What is wrong with an answer, one line each; nothing when it is as documented. */
  async findFaults(operationId: string, response: Response): Promise<string[]> {
    const { status } = response;
    const operation = this.getOperation(operationId);
    const documented = operation.responses[status];
    const text = await response.text();
    if (documented === undefined) return [`status ${status} is not documented: ${text.slice(0, 200)}`];
    if (documented.content === undefined) {
      this.seen.add(`${operationId} ${status}`);
      return text === '' ? [] : [`${status} has a body, which is not documented`];
    }
    const type = (response.headers.get('content-type') ?? 'none').split(';', 1)[0] ?? '';
    if (documented.content[type] === undefined) return [`${status} as ${type} is not documented`];
    this.seen.add(`${operationId} ${status}`);
    const body: unknown = /[/+]json$/.test(type) ? JSON.parse(text) : text;
    const faults = this.validate(operation, status, type, body);
    if (type !== PROBLEM_TYPE) return faults;
    const { code } = body as { code: string };
    return documented.description.includes(`\`${code}\``)
      ? faults
      : [...faults, `${status} ${code} is not documented`];
  }

  /** Documented successes that no answer has shown so far. */
  findUnseenSuccesses(isMeant: (tag: string) => boolean): string[] {
    return this.operations
      .filter(({ tags }) => tags.some(isMeant))
      .flatMap(({ operationId, responses }) => Object.keys(responses).map((status) => [operationId, status]))
      .filter(([, status = '']) => status.startsWith('2'))
      .map((pair) => pair.join(' '))
      .filter((success) => !this.seen.has(success));
  }

  private validate(operation: Operation, status: number, type: string, body: unknown): string[] {
    const pointer = [
      'paths',
      operation.path,
      operation.method,
      'responses',
      status,
      'content',
      type,
      'schema',
    ]
      .map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = this.ajv.compile({ $ref: `${ROOT}#/${pointer}` });
    validate(body);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${status} ${type}: body${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
    );
  }
}

/** A schema lets through what it does not name; a field that the document does not name is a fault all the same. */
function closeObject(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const isOpenObject = 'properties' in value && 'type' in value && !('additionalProperties' in value);
  return isOpenObject && value.type === 'object' ? { ...value, additionalProperties: false } : value;
}
